using System.Numerics.Tensors;

namespace Eco.Engines.Online.Learning;

/// <summary>
/// Multinomial logistic regression: <c>p = softmax(z)</c>, loss <c>−ln p_label</c>, derivative <c>p − onehot(label)</c> (Bishop, Pattern Recognition and
/// Machine Learning, 4.3.4). With two classes it is logistic regression.
/// </summary>
/// <param name="classes">At least 2.</param>
/// <param name="options">Parameters.</param>
public sealed class SoftmaxRegression(int classes, SgdOptions options) : SgdLearner(LinearWeights.SoftmaxKind, classes, options)
{
    private readonly int _classes = classes;

    private protected override void CheckLabel(double label) => RowChecks.Class(label, _classes, LinearWeights.SoftmaxKind);

    private protected override double LossAndDerivative(Span<double> outputs, double label)
    {
        double greatest = TensorPrimitives.Max<double>(outputs);
        double chosen = outputs[(int)label];
        TensorPrimitives.Subtract(outputs, greatest, outputs); // exp must not overflow
        TensorPrimitives.Exp(outputs, outputs);
        double sum = TensorPrimitives.Sum<double>(outputs);
        TensorPrimitives.Divide(outputs, sum, outputs);
        outputs[(int)label] -= 1;
        return Math.Log(sum) - (chosen - greatest);
    }
}
