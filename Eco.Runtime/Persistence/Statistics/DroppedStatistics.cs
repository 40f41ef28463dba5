namespace Eco.Runtime.Persistence.Statistics;

/// <summary>How many rows a buffer has dropped since its file was made, exactly, for each priority.</summary>
/// <param name="Traces">Of <see cref="StatisticPriority.Trace"/>.</param>
/// <param name="Metrics">Of <see cref="StatisticPriority.Metric"/>.</param>
/// <param name="Results">Of <see cref="StatisticPriority.Result"/>.</param>
public sealed record DroppedStatistics(long Traces, long Metrics, long Results)
{
    /// <summary>Nothing was dropped.</summary>
    public static DroppedStatistics None { get; } = new(0, 0, 0);

    /// <summary>All of them.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public long Total => Traces + Metrics + Results;
}
