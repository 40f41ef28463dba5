using Eco.Runtime.Actors;

namespace Eco.Runtime.Cluster;

/// <summary>What entities of one host share; registered as an extension of the actor system.</summary>
/// <param name="Router">The host's <see cref="EntityRouter"/>.</param>
/// <param name="Options">How messages are resent.</param>
public sealed record EntityServices(IActorRef Router, EntityOptions Options);

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
}
