namespace Eco.Runtime.Persistence.Statistics;

/// <summary>How a <see cref="StatisticsStore"/> works.</summary>
public sealed record StatisticsStoreOptions
{
    /// <summary>The file, usually <c>statistics.db</c> in the host identity's folder.</summary>
    public required string Path { get; init; }

    /// <summary>An agent's buffer: beyond so many rows some are dropped and counted, as beyond <see cref="MaxBytes"/>. Default: 10,000,000.</summary>
    public long MaxBufferedRows { get; init; } = 10_000_000;

    /// <summary>The server's store: beyond so many rows the oldest are evicted and counted; the newest values stay. Default: 10,000,000.</summary>
    public long MaxStoredRows { get; init; } = 10_000_000;

    /// <summary>
    /// What the file and its log may take on the disk together, at every moment; at least 1 MiB. Before it is reached, rows are dropped, the
    /// lowest priority first and of it the oldest. Default: 1 GiB.
    /// </summary>
    public long MaxBytes { get; init; } = 1L << 30;

    /// <summary>Different statistics (ION, node, agent, name) that the file may hold (fewer where bytes are few); a request with one more is refused. Default: 100,000.</summary>
    public int MaxSeries { get; init; } = 100_000;

    /// <summary>Rows of one request. Default: 100,000.</summary>
    public int MaxRowsPerRequest { get; init; } = 100_000;

    /// <summary>Requests that may wait; one more is refused. Default: 4,096.</summary>
    public int QueueCapacity { get; init; } = 4_096;

    /// <summary>Bytes of requests that may wait. Default: 64 MiB.</summary>
    public long QueueCapacityBytes { get; init; } = 64L << 20;

    /// <summary>Written bytes after which the log is copied into the database. Default: 4 MiB.</summary>
    public long CheckpointAfterBytes { get; init; } = 4L << 20;

    /// <summary>Hears once, on the store's thread, of the fault after which the store refuses everything.</summary>
    public Action<Exception>? OnStorageFault { get; init; }
}
