using Eco.Engines.Abstractions;
using Eco.Engines.Data;
using Eco.Engines.Online.Components;
using Eco.Engines.Online.Learning;

namespace Eco.Engines.Online.Merging;

/// <summary><c>merge.kmeans</c>: see <see cref="KMeansMerger"/>.</summary>
internal sealed class KMeansMerging(ComponentSetup setup) : OnlineComponent(setup)
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
            "Sums what edges have seen, cluster by cluster; emits the merged model at each step that has input"),
        setup => new KMeansMerging(setup));

    private readonly KMeansMerger _merger = new(setup.Context.Seed, setup.Flag("drift"), setup.Int("restarts"));

    public override void Step(StepScope scope)
    {
        if (scope.LinkedModels.IsEmpty)
        {
            return;
        }

        List<string> refusals = [];
        ModelArtifact merged = _merger.Merge(scope.LinkedModels, refusals);
        refusals.ForEach(refusal => scope.Notify(PortType.Event, refusal));
        KMeansMerged content = KMeansMerged.Decode(merged);
        scope.Output("model", new CentroidModel(content.Dimensions, [.. content.Centres], [.. content.Masses]));
        scope.Statistics(("models", scope.LinkedModels.Length - refusals.Count), ("refused", refusals.Count), ("contributors", _merger.Contributors), ("weight", merged.Weight));
        scope.Emit(merged);
    }

    public override void Save(StateWriter writer) => _merger.Save(writer);

    public override void Load(ref StateReader reader) => _merger.Load(ref reader);
}
