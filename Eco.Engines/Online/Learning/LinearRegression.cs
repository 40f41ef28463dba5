namespace Eco.Engines.Online.Learning;

/// <summary>Linear regression: loss <c>(z − y)²/2</c>, derivative <c>z − y</c> (the least mean squares rule of Widrow and Hoff, 1960).</summary>
/// <param name="options">Parameters.</param>
public sealed class LinearRegression(SgdOptions options) : SgdLearner(LinearWeights.LinearKind, 1, options)
{
    private protected override void CheckLabel(double label)
    {
        // Any finite target fits.
    }

    private protected override double LossAndDerivative(Span<double> outputs, double label)
    {
        outputs[0] -= label;
        return outputs[0] * outputs[0] / 2;
    }
}
