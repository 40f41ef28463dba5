namespace Eco.Runtime.Persistence.Postgres;

/// <summary>How a <see cref="PostgresStatisticsStore"/> works.</summary>
public sealed record PostgresStatisticsOptions
{
    /// <summary>Where the database is.</summary>
    public required PostgresOptions Database { get; init; }

    /// <summary>Beyond so many rows the oldest are evicted; the newest values stay. Default: 10,000,000.</summary>
    public long MaxStoredRows { get; init; } = 10_000_000;

    /// <summary>Different statistics (ION, node, agent, name) that the database may hold; a request with one more is refused. Default: 1,000,000.</summary>
    public int MaxSeries { get; init; } = 1_000_000;

    /// <summary>Rows of one request. Default: 100,000.</summary>
    public int MaxRowsPerRequest { get; init; } = 100_000;

    /// <summary>Requests that may wait; one more is refused. Default: 4,096.</summary>
    public int QueueCapacity { get; init; } = 4_096;

    /// <summary>Bytes of requests that may wait. Default: 64 MiB.</summary>
    public long QueueCapacityBytes { get; init; } = 64L << 20;
}
