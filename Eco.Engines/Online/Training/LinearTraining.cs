using Eco.Engines.Abstractions;
using Eco.Engines.Online.Components;
using Eco.Engines.Online.Learning;

namespace Eco.Engines.Online.Training;

/// <summary><c>train.linear</c>: see <see cref="LinearRegression"/>.</summary>
internal sealed class LinearTraining(ComponentSetup setup) : SgdTraining(setup, new LinearRegression(Options(setup)))
{
    public static readonly ComponentType Type = new(
        new ComponentDescriptor(
            "train.linear",
            [Describe.RowsIn, Describe.MergedIn],
            [Describe.ModelOut, Describe.PriorOut, Describe.StatisticsOut],
            Settings,
            "Linear regression by stochastic gradient descent; the label is the target"),
        setup => new LinearTraining(setup));
}
