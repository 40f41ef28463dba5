using Eco.Engines.Abstractions;
using Eco.Engines.Online.Components;
using Eco.Engines.Online.Learning;

namespace Eco.Engines.Online.Training;

/// <summary><c>train.softmax</c>: see <see cref="SoftmaxRegression"/>.</summary>
internal sealed class SoftmaxTraining(ComponentSetup setup)
    : SgdTraining(setup, new SoftmaxRegression(setup.Int("classes"), Options(setup)))
{
    public static readonly ComponentType Type = new(
        new ComponentDescriptor(
            "train.softmax",
            [Describe.RowsIn, Describe.MergedIn],
            [Describe.ModelOut, Describe.PriorOut, Describe.StatisticsOut],
            [Describe.Integer("classes", 2, 2, 1000, "Classes; labels are whole numbers from 0"), .. Settings],
            "Multinomial logistic regression by stochastic gradient descent; with 2 classes logistic regression"),
        setup => new SoftmaxTraining(setup));
}
