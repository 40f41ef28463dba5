namespace Eco.Runtime.Persistence.Statistics;

/// <summary>What a buffer takes and has given up.</summary>
/// <param name="Rows">Rows that wait.</param>
/// <param name="Bytes">What its file and the file's log take on the disk.</param>
/// <param name="MaxBytes">What they may take together.</param>
/// <param name="Dropped">Rows that were dropped because there was no room.</param>
public sealed record StatisticsUsage(long Rows, long Bytes, long MaxBytes, DroppedStatistics Dropped);
