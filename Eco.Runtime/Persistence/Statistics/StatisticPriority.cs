namespace Eco.Runtime.Persistence.Statistics;

/// <summary>
/// What a full buffer gives up first: the lowest of these, and among equals the oldest. The values are stored and sent: they keep their meaning.
/// </summary>
public enum StatisticPriority
{
    /// <summary>How a pipeline works inside: what its sources, transforms and learners say of themselves.</summary>
    Trace = 0,

    /// <summary>How well the application does: evaluations, sinks, and what a link of the ION carries on.</summary>
    Metric = 1,

    /// <summary>What cannot be measured again: what a run or a merge round brought, what a pipeline ended with, failures of a node.</summary>
    Result = 2,
}
