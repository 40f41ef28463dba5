using System.Collections.Immutable;
using Eco.Engines.Abstractions;
using Eco.Engines.Online.Components;
using Eco.Engines.Online.Learning;

namespace Eco.Engines.Online.Merging;

/// <summary><c>merge.average</c>: see <see cref="WeightAveraging"/>.</summary>
internal sealed class AverageMerging(ComponentSetup setup) : MergingComponent(setup)
{
    public static readonly ComponentType Type = new(
        new ComponentDescriptor(
            "merge.average",
            [Describe.ModelsIn],
            [Describe.ModelOut, Describe.StatisticsOut],
            [],
            "Mean of linear or softmax models, weighted by the rows behind each since its last merge; emits it"),
        setup => new AverageMerging(setup));

    protected override (ModelArtifact Merged, object Model) Merge(ImmutableArray<ModelArtifact> models, List<string> refusals)
    {
        ModelArtifact merged = WeightAveraging.Merge(models, refusals);
        return (merged, LinearWeights.Decode(merged, merged.Kind, out _));
    }
}
