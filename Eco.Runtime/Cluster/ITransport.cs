using System.Collections.Immutable;
using Eco.Runtime.Actors;

namespace Eco.Runtime.Cluster;

/// <summary>
/// The transport port between hosts: bytes in, bytes out. Calls return nothing; outcomes arrive at <c>replyTo</c>.
/// </summary>
/// <remarks>
/// Promises, checked by one test suite on every implementation: the outcome of a send is Confirmed, Unroutable, Blocked or Unknown;
/// delivery is at least once, possibly repeated or reordered; a delivery stays the transport's until it is acknowledged, and comes
/// again on a new subscription, to whichever host that is; each lane is bounded, and a full control lane answers Blocked, never a drop. The telemetry lane drops
/// its oldest and counts. Receivers restore order (the inbox does).
/// </remarks>
public interface ITransport
{
    /// <summary>
    /// Sends a frame; answers <see cref="TransportOutcome"/> to <paramref name="replyTo"/>, except on the telemetry lane, which is unconfirmed.
    /// </summary>
    void Send(TransportSend send, IActorRef replyTo);

    /// <summary>
    /// Receives what is addressed to a queue, as <see cref="TransportDelivery"/> messages, and lets others send to it. What a subscription
    /// ends without having acknowledged is delivered again to the next one. When the transport loses it, <see cref="SubscriptionLost"/> comes.
    /// </summary>
    void Subscribe(TransportSubscription subscription, IActorRef receiver);

    /// <summary>Ends a subscription; undelivered and unacknowledged frames wait for the next one.</summary>
    /// <param name="address">The subscribed address.</param>
    /// <param name="consumerTag">Which subscription; one that was replaced or lost already changes nothing.</param>
    void Unsubscribe(string address, string consumerTag);

    /// <summary>Gives a delivery up for good: it was applied, or can never be.</summary>
    /// <param name="address">The subscribed address.</param>
    /// <param name="consumerTag">The subscription that got it; with another one the tag has no meaning and nothing happens.</param>
    /// <param name="deliveryTag">The delivery.</param>
    void Acknowledge(string address, string consumerTag, long deliveryTag);

    /// <summary>
    /// Lets what is sent to an alias arrive at an address, from now on; a later binding of the same alias replaces it. An agent knows only
    /// aliases (design: exchange <c>eco.up</c>, bound by the server at join to the proxy's partition).
    /// </summary>
    void Bind(string alias, string address);

    /// <summary>Looks how much waits for addresses, for display alone; answers <see cref="QueuesInspected"/>, which may take as long as a request to a broker.</summary>
    void Inspect(InspectQueues request, IActorRef replyTo);
}

/// <summary>Asks how much waits.</summary>
/// <param name="CorrelationId">Comes back with the answer.</param>
/// <param name="Addresses">The addresses, at most 1,000.</param>
public sealed record InspectQueues(long CorrelationId, ImmutableArray<string> Addresses);

/// <summary>How much waits.</summary>
/// <param name="CorrelationId">The request's.</param>
/// <param name="Queues">Those of the asked addresses that could be looked at, in the order of the question.</param>
public sealed record QueuesInspected(long CorrelationId, ImmutableArray<QueueDepth> Queues);

/// <summary>What waits for an address.</summary>
/// <param name="Address">The address.</param>
/// <param name="Exists">Whether anybody has ever subscribed to it.</param>
/// <param name="Waiting">Control frames that no consumer has.</param>
/// <param name="Consumers">Who subscribes to it, active or standing by.</param>
public sealed record QueueDepth(string Address, bool Exists, long Waiting, long Consumers);

/// <summary>How an address is received.</summary>
/// <param name="Address">The address.</param>
/// <param name="ConsumerTag">Names this subscription; never used twice, by any host.</param>
/// <param name="Mode">What happens when there are several.</param>
/// <param name="Prefetch">At most so many unacknowledged control frames are handed over at a time.</param>
public sealed record TransportSubscription(string Address, string ConsumerTag, SubscriptionMode Mode, int Prefetch);

/// <summary>What happens when an address has several subscriptions.</summary>
public enum SubscriptionMode
{
    /// <summary>The newest replaces the one before: the queue of one host identity.</summary>
    Exclusive,

    /// <summary>
    /// The first gets everything, on both lanes; when it ends, the one that waits longest follows. A hint, never a lock: after a network
    /// cut two may be active at once, for more than a minute.
    /// </summary>
    SingleActive,
}

/// <summary>The transport has ended a subscription (a lost connection, a closed channel, a newer exclusive one): subscribe again, with a new tag.</summary>
/// <param name="Address">The subscribed address.</param>
/// <param name="ConsumerTag">The subscription that ended.</param>
/// <param name="Reason">Why.</param>
public sealed record SubscriptionLost(string Address, string ConsumerTag, string Reason);

/// <summary>Which queue a frame takes.</summary>
public enum TransportLane
{
    /// <summary>Durable messages and what keeps them going: never dropped.</summary>
    Control,

    /// <summary>Heartbeats and statistics: bounded, the oldest is dropped and counted.</summary>
    Telemetry,
}

/// <summary>One frame to send.</summary>
/// <param name="CorrelationId">Comes back with the outcome.</param>
/// <param name="From">The sending host's address, for accounting and simulated links.</param>
/// <param name="To">The receiving host's address.</param>
/// <param name="Lane">The lane.</param>
/// <param name="Frame">The bytes; the transport owns them from the call on.</param>
public sealed record TransportSend(long CorrelationId, string From, string To, TransportLane Lane, byte[] Frame);

/// <summary>What became of a send.</summary>
public sealed record TransportOutcome(long CorrelationId, TransportResult Result);

/// <summary>The four outcomes of a send.</summary>
public enum TransportResult
{
    /// <summary>The frame is in the receiver's queue; it may still be delivered more than once.</summary>
    Confirmed,

    /// <summary>Nobody has ever subscribed to that address, or the frame is larger than any transport takes: sending it again changes nothing by itself.</summary>
    Unroutable,

    /// <summary>The receiver's queue is full; send again later.</summary>
    Blocked,

    /// <summary>It is not known whether the frame arrived; send it again.</summary>
    Unknown,
}

/// <summary>A frame that arrived.</summary>
/// <param name="Address">The subscribed address.</param>
/// <param name="ConsumerTag">The subscription that it came by: the channel's generation. What came by an older one than the present is to be dropped.</param>
/// <param name="DeliveryTag">Names this delivery in <see cref="ITransport.Acknowledge"/>; 0 on the telemetry lane, which needs none.</param>
/// <param name="Lane">The lane it came on.</param>
/// <param name="Frame">The bytes; the receiver owns them.</param>
/// <param name="IsRedelivered">Whether it was handed out before, to this or another subscription, and not acknowledged.</param>
public sealed record TransportDelivery(
    string Address, string ConsumerTag, long DeliveryTag, TransportLane Lane, byte[] Frame, bool IsRedelivered = false);
