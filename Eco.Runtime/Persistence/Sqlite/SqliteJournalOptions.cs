namespace Eco.Runtime.Persistence.Sqlite;

/// <summary>How a <see cref="SqliteJournal"/> works.</summary>
public sealed record SqliteJournalOptions
{
    /// <summary>The database file, usually <c>journal.db</c> in the host identity's folder.</summary>
    public required string Path { get; init; }

    /// <summary>The number of partitions that the host is configured for; opening fails when the file was made for another. Null: not checked.</summary>
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

    /// <summary>The greatest size of the database without its log; beyond it an append is a storage fault like a full disk. Null: the disk is the limit.</summary>
    public long? SizeLimitBytes { get; init; }

    /// <summary>
    /// A file of at most so many bytes is checked page by page at opening, which takes time in proportion. A greater one is held to its
    /// digests alone, and <c>eco audit verify</c> checks its pages. Default: 16 MiB.
    /// </summary>
    public long CheckWholeUpToBytes { get; init; } = 16L << 20;

    /// <summary>Written payload after which the log is copied into the database. Default: 4 MiB.</summary>
    public long CheckpointAfterBytes { get; init; } = 4L << 20;

    /// <summary>
    /// Disk space kept in a file beside the journal, freed when the disk is full so that the host can give up its other work in order. 0: none.
    /// Default: 8 MiB.
    /// </summary>
    public long ReserveBytes { get; init; } = 8L << 20;

    /// <summary>
    /// Hears, on the writer's thread or at opening, that the disk is full (true: the journal lives on its reserve, take no more work) and that there is
    /// room again (false).
    /// </summary>
    public Action<bool>? OnFull { get; init; }

    /// <summary>
    /// Hears once, on the writer's thread, of the fault after which the journal refuses everything. The host must stop and start anew.
    /// </summary>
    public Action<Exception>? OnStorageFault { get; init; }
}
