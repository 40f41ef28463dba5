namespace Eco.Runtime.Persistence.Postgres;

/// <summary>How a <see cref="PostgresJournal"/> works.</summary>
public sealed record PostgresJournalOptions
{
    /// <summary>Where the database is.</summary>
    public required PostgresOptions Database { get; init; }

    /// <summary>The number of partitions that the host is configured for; opening fails when the database was made for another. Null: not checked.</summary>
    public int? PartitionCount { get; init; }

    /// <summary>Writes that may wait; one more is answered <see cref="AppendFailureReason.Overloaded"/>. Default: 16,384.</summary>
    public int QueueCapacity { get; init; } = 16_384;

    /// <summary>Payload bytes of writes that may wait. Default: 64 MiB.</summary>
    public long QueueCapacityBytes { get; init; } = 64L << 20;

    /// <summary>Recoveries and reads that may wait. Default: 65,536.</summary>
    public int ReadQueueCapacity { get; init; } = 65_536;

    /// <summary>Writes that may share one commit. Default: 1,024.</summary>
    public int MaxRequestsPerCommit { get; init; } = 1_024;

    /// <summary>The greatest payload of an event or message. Default: 1 MiB.</summary>
    public int MaxPayloadBytes { get; init; } = 1 << 20;

    /// <summary>The greatest payload of a snapshot. Default: 16 MiB.</summary>
    public int MaxSnapshotBytes { get; init; } = 16 << 20;

    /// <summary>
    /// Hears, on the writer's thread, that the database cannot be reached (false) and that it can be again (true). Meanwhile every request is
    /// answered with a failure and nothing is lost.
    /// </summary>
    public Action<bool>? OnReachable { get; init; }
}
