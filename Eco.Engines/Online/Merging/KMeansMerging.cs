using System.Collections.Immutable;
using Eco.Engines.Abstractions;
using Eco.Engines.Data;
using Eco.Engines.Online.Components;
using Eco.Engines.Online.Learning;

namespace Eco.Engines.Online.Merging;

/// <summary><c>merge.kmeans</c>: see <see cref="KMeansMerger"/>.</summary>
internal sealed class KMeansMerging(ComponentSetup setup) : MergingComponent(setup)
{
    public static readonly ComponentType Type = new(
        new ComponentDescriptor(
            "merge.kmeans",
            [Describe.ModelsIn],
            [Describe.ModelOut, Describe.StatisticsOut],
            [
                Describe.Flag("drift", true, "Estimate how centres move, so that edges can move them on between merges"),
                Describe.Integer("restarts", 20, 1, 1000, "k-means++ seedings tried when edges have no numbering of clusters in common"),
            ],
            "Sums what edges have seen, cluster by cluster, absent edges' last reports aged; emits the merged model"),
        setup => new KMeansMerging(setup));

    private readonly KMeansMerger _merger = new(setup.Context.Seed, setup.Flag("drift"), setup.Int("restarts"));

    public override void Save(StateWriter writer) => _merger.Save(writer);

    public override void Load(ref StateReader reader) => _merger.Load(ref reader);

    protected override (ModelArtifact Merged, object Model) Merge(ImmutableArray<ModelArtifact> models, List<string> refusals)
    {
        ModelArtifact merged = _merger.Merge(models, refusals);
        KMeansMerged content = KMeansMerged.Decode(merged);
        return (merged, new CentroidModel(content.Dimensions, [.. content.Centres], [.. content.Masses]));
    }
}
