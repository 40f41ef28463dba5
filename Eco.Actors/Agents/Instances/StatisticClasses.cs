using Eco.Actors.Ions;
using Eco.Runtime.Persistence.Statistics;

namespace Eco.Actors.Agents.Instances;

/// <summary>Which priority a statistic has, by what made it. The classes are the runtime's own: an ION need not say anything.</summary>
internal static class StatisticClasses
{
    /// <summary>The statistic of a node that counts its failures in a row.</summary>
    public const string Failures = "node.failures";

    private static readonly string[] MetricGroups = ["evaluate.", "sink.", "merge."];

    /// <summary>The priority of a statistic of a step.</summary>
    /// <param name="deployment">The node; null while there is none.</param>
    /// <param name="name"><c>component.metric</c>.</param>
    public static StatisticPriority Of(DeployNode? deployment, string name)
    {
        if (deployment is null)
        {
            return StatisticPriority.Trace;
        }

        if (deployment.Definition.Run.Kind == RunKind.Event)
        {
            // A merge round's, or another run's: it is done once.
            return StatisticPriority.Result;
        }

        string component = name.Split('.', 2)[0];
        string? type = deployment.Definition.Components.Components.FirstOrDefault(spec => spec.Name == component)?.Type;
        bool isMetric = deployment.StatisticsFrom.Contains(component)
            || (type is not null && MetricGroups.Any(group => type.StartsWith(group, StringComparison.Ordinal)));
        return isMetric ? StatisticPriority.Metric : StatisticPriority.Trace;
    }
}
