namespace Eco.Runtime.Persistence.Statistics;

/// <summary>What an agent's buffer holds and has dropped.</summary>
/// <param name="LastSequenceNr">The last number given out: so many rows were recorded.</param>
/// <param name="Traces">Rows of the lowest priority that wait.</param>
/// <param name="Metrics">Rows of the middle priority that wait.</param>
/// <param name="Results">Rows of the highest priority that wait.</param>
/// <param name="Dropped">Rows that were dropped because the buffer was full.</param>
/// <param name="Evicted">Rows of the server's store that were evicted because it was full.</param>
public sealed record StatisticsBuffer(
    long LastSequenceNr, long Traces, long Metrics, long Results, DroppedStatistics Dropped, long Evicted)
{
    /// <summary>Rows that wait.</summary>
    public long Buffered => Traces + Metrics + Results;
}
