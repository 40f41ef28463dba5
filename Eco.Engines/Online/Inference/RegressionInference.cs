using Eco.Engines.Abstractions;
using Eco.Engines.Online.Components;
using Eco.Engines.Online.Learning;

namespace Eco.Engines.Online.Inference;

/// <summary><c>infer.regress</c>: the predicted target of each row.</summary>
internal sealed class RegressionInference(ComponentSetup setup) : InferenceComponent<IRegressor>(setup)
{
    public static readonly ComponentType Type = new(
        new ComponentDescriptor(
            "infer.regress",
            [Describe.RowsIn, Describe.ModelIn],
            [Describe.ScoresOut],
            [],
            "Predicted target of each row, by a linear model"),
        setup => new RegressionInference(setup));

    protected override int FeaturesOf(IRegressor model) => model.Features;

    protected override double Infer(IRegressor model, ReadOnlySpan<double> row) => model.Predict(row);

    protected override IRegressor Decode(ModelArtifact artifact) => LinearWeights.Decode(artifact, LinearWeights.LinearKind, out _);
}
