using System.Collections.Frozen;
using System.Collections.Immutable;
using Eco.Engines.Online.Evaluation;
using Eco.Engines.Online.Inference;
using Eco.Engines.Online.Merging;
using Eco.Engines.Online.Sinks;
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
        CsvSource.Type,
        GaussiansSource.Type,
        LinearSource.Type,
        StandardiseTransform.Type,
        WindowTransform.Type,
        KMeansTraining.Type,
        SoftmaxTraining.Type,
        LinearTraining.Type,
        NaiveBayesTraining.Type,
        AnomalyInference.Type,
        ClassInference.Type,
        RegressionInference.Type,
        CentreErrorEvaluation.Type,
        AnomalyEvaluation.Type,
        AccuracyEvaluation.Type,
        RootMeanSquareEvaluation.Type,
        KMeansMerging.Type,
        AverageMerging.Type,
        NaiveBayesMerging.Type,
        StatisticsSink.Type,
        AlertSink.Type,
    ];

    public static readonly FrozenDictionary<string, ComponentType> ByName = All.ToFrozenDictionary(type => type.Descriptor.Type);
}
