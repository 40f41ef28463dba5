namespace Eco.Runtime.Cluster;

/// <summary>How durable messages are sent and acknowledged.</summary>
/// <param name="Window">How many messages to one receiver may be on their way at once.</param>
/// <param name="ResendAfter">A message that nobody has confirmed is sent again after this long, doubling.</param>
/// <param name="ResendAtMost">The longest pause between two sends of the same message.</param>
/// <param name="AcknowledgeAfter">An acknowledgement to another host waits this long for a message to ride on.</param>
/// <param name="SnapshotEvery">A snapshot is taken after so many events.</param>
public sealed record EntityOptions(
    int Window,
    TimeSpan ResendAfter,
    TimeSpan ResendAtMost,
    TimeSpan AcknowledgeAfter,
    int SnapshotEvery)
{
    /// <summary>64 messages, 2 s to 30 s, 100 ms, 500 events.</summary>
    public static EntityOptions Default { get; } = new(
        64, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(100), 500);

    /// <summary>So many unacknowledged control frames of a partition's queue are handed over at a time.</summary>
    public int Prefetch { get; init; } = 256;

    /// <summary>A message whose handling has failed so often is parked.</summary>
    public int MaximumAttempts { get; init; } = 3;

    /// <summary>A message whose handling failed is tried again after this long, doubling.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// An event may be deleted when a snapshot that contains it is older than this, on the host's date; null: no event is ever deleted for
    /// its age.
    /// </summary>
    public TimeSpan? KeepEvents { get; init; }

    /// <summary>A handler that runs longer is reported.</summary>
    public TimeSpan HandlerLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How partitions are taken over and balanced.</summary>
    public PartitionOptions Partitions { get; init; } = PartitionOptions.Default;
}

/// <summary>How partitions are taken over and balanced.</summary>
/// <param name="TickEvery">A host that stands by for a partition sends itself a tick so often.</param>
/// <param name="AnnounceEvery">A host says in the database so often that it is alive, and reads who owns what.</param>
/// <param name="LiveWithin">A host that has said so within this time counts as alive.</param>
/// <param name="SurplusAfter">A host that owns more than its share for so long gives partitions up, one after the other.</param>
/// <param name="SnapshotWithin">A partition that is given up waits so long for its snapshots.</param>
/// <param name="LookEvery">A host that has lost a partition looks so often whether it has a new owner.</param>
/// <param name="StandByAfter">It stands by again after this time if nobody has taken the partition.</param>
/// <param name="AskAtMost">A command to a partition that is not active yet waits at most so long.</param>
public sealed record PartitionOptions(
    TimeSpan TickEvery,
    TimeSpan AnnounceEvery,
    TimeSpan LiveWithin,
    TimeSpan SurplusAfter,
    TimeSpan SnapshotWithin,
    TimeSpan LookEvery,
    TimeSpan StandByAfter,
    TimeSpan AskAtMost)
{
    /// <summary>500 ms, 1 s, 5 s, 10 s, 5 s, 250 ms, 10 s, 10 s.</summary>
    public static PartitionOptions Default { get; } = new(
        TimeSpan.FromMilliseconds(500),
        TimeSpan.FromSeconds(1),
        TimeSpan.FromSeconds(5),
        TimeSpan.FromSeconds(10),
        TimeSpan.FromSeconds(5),
        TimeSpan.FromMilliseconds(250),
        TimeSpan.FromSeconds(10),
        TimeSpan.FromSeconds(10));
}
