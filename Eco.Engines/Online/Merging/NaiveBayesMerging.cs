using System.Collections.Immutable;
using Eco.Engines.Abstractions;
using Eco.Engines.Data;
using Eco.Engines.Online.Components;
using Eco.Engines.Online.Learning;

namespace Eco.Engines.Online.Merging;

/// <summary><c>merge.naive-bayes</c>: see <see cref="NaiveBayesMerger"/>.</summary>
internal sealed class NaiveBayesMerging(ComponentSetup setup) : MergingComponent(setup)
{
    public static readonly ComponentType Type = new(
        new ComponentDescriptor(
            "merge.naive-bayes",
            [Describe.ModelsIn],
            [Describe.ModelOut, Describe.StatisticsOut],
            [],
            "Joins the class moments of all edges, absent ones' last reports included; emits the merged model"),
        setup => new NaiveBayesMerging(setup));

    private readonly NaiveBayesMerger _merger = new();

    public override void Save(StateWriter writer) => _merger.Save(writer);

    public override void Load(ref StateReader reader) => _merger.Load(ref reader);

    protected override (ModelArtifact Merged, object Model) Merge(ImmutableArray<ModelArtifact> models, List<string> refusals)
    {
        ModelArtifact merged = _merger.Merge(models, refusals);
        return (merged, new NaiveBayesModel(NaiveBayesArtifact.Decode(merged).Moments));
    }
}
