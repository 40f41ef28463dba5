using Eco.Engines.Abstractions;
using Eco.Engines.Online.Components;
using Eco.Engines.Online.Learning;

namespace Eco.Engines.Online.Inference;

/// <summary><c>infer.anomaly</c>: a row's score is its distance to the nearest centre.</summary>
internal sealed class AnomalyInference(ComponentSetup setup) : InferenceComponent<CentroidModel>(setup)
{
    public static readonly ComponentType Type = new(
        new ComponentDescriptor(
            "infer.anomaly",
            [Describe.RowsIn, Describe.ModelIn],
            [Describe.ScoresOut],
            [],
            "Distance of each row to the nearest centre; feed it train.kmeans' prior output to score before learning"),
        setup => new AnomalyInference(setup));

    protected override int FeaturesOf(CentroidModel model) => model.Dimensions;

    protected override double Infer(CentroidModel model, ReadOnlySpan<double> row) => model.Distance(row);

    protected override CentroidModel Decode(ModelArtifact artifact) => KMeansFormat.DecodeCentres(artifact);
}
