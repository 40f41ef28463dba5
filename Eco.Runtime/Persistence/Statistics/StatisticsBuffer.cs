namespace Eco.Runtime.Persistence.Statistics;

/// <summary>What an agent's buffer holds and has dropped.</summary>
/// <param name="LastSequenceNr">The last number given out: so many rows were recorded.</param>
/// <param name="Buffered">Rows that wait.</param>
/// <param name="Dropped">Rows that were dropped because the buffer was full.</param>
/// <param name="Evicted">Rows of the server's store that were evicted because it was full.</param>
public sealed record StatisticsBuffer(long LastSequenceNr, long Buffered, long Dropped, long Evicted);
