using System.Collections.Frozen;
using System.Collections.Immutable;
using Eco.Engines.Online.Evaluation;
using Eco.Engines.Online.Merging;
using Eco.Engines.Online.Sources;
using Eco.Engines.Online.Training;
using Eco.Engines.Online.Transforms;

namespace Eco.Engines.Online.Components;

/// <summary>All component types of the online engine. A new one is added here.</summary>
internal static class ComponentCatalogue
{
    public static readonly ImmutableArray<ComponentType> All =
    [
        MovingClustersSource.Type,
        StandardiseTransform.Type,
        KMeansTraining.Type,
        CentreErrorEvaluation.Type,
        KMeansMerging.Type,
    ];

    public static readonly FrozenDictionary<string, ComponentType> ByName = All.ToFrozenDictionary(type => type.Descriptor.Type);
}
