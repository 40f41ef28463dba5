namespace Eco.Runtime.Persistence.Statistics;

/// <summary>
/// How the bytes that a statistics file may take are shared out, so that file and log together stay below them at every moment: between two
/// commits the file may grow by the headroom, and the log by what a commit writes.
/// </summary>
internal sealed class StatisticsLimits
{
    /// <summary>The least cap: below it there is no room for a log beside rows.</summary>
    public const long LeastBytes = 1L << 20;

    private const long SharedMemoryBytes = 64L << 10;
    private const int PageBytes = 4_096;

    public StatisticsLimits(StatisticsStoreOptions options)
    {
        if (options.MaxBytes < LeastBytes)
        {
            throw new ArgumentOutOfRangeException(
                nameof(options), options.MaxBytes, FormattableString.Invariant($"a statistics file needs at least {LeastBytes} bytes"));
        }

        LogBytes = Math.Clamp(options.MaxBytes / 8, 256L << 10, 4L << 20);
        DatabaseBytes = options.MaxBytes - LogBytes - SharedMemoryBytes;
        long headroom = Math.Clamp(options.MaxBytes / 16, 64L << 10, 1L << 20);
        UsedBytes = DatabaseBytes - headroom;
        CheckpointBytes = Math.Min(options.CheckpointAfterBytes, LogBytes / 4);
        LastCommitAtLogBytes = LogBytes / 2;
        RowsPerCommit = (int)(LogBytes / 4 / PageBytes);
        Series = (int)Math.Min(options.MaxSeries, options.MaxBytes / 1_024);
        FreeBytes = Math.Min(256L << 10, DatabaseBytes / 4);
    }

    /// <summary>The log never takes more.</summary>
    public long LogBytes { get; }

    /// <summary>The database file never takes more: SQLite itself refuses to go beyond.</summary>
    public long DatabaseBytes { get; }

    /// <summary>Rows are dropped until no more than this is in use at the end of a commit.</summary>
    public long UsedBytes { get; }

    /// <summary>New rows that share a commit: if each touched a page of its own, they would take a quarter of the log.</summary>
    public int RowsPerCommit { get; }

    /// <summary>The log is copied into the database from this length on.</summary>
    public long CheckpointBytes { get; }

    /// <summary>Where the log has this length although it should have been copied (somebody reads the file), nothing more is written.</summary>
    public long LastCommitAtLogBytes { get; }

    /// <summary>Different statistics.</summary>
    public int Series { get; }

    /// <summary>Free pages up to this are kept for what comes next; more are given back to the disk.</summary>
    public long FreeBytes { get; }
}
