using Eco.Runtime.Actors;

namespace Eco.Runtime.Cluster;

/// <summary>
/// The transport port between hosts: bytes in, bytes out. Calls return nothing; outcomes arrive at <c>replyTo</c>.
/// </summary>
/// <remarks>
/// Promises, checked by one test suite on every implementation: the outcome of a send is Confirmed, Unroutable, Blocked or Unknown;
/// delivery is at least once, possibly repeated or reordered; a delivery stays the transport's until it is acknowledged, and comes
/// again on a new subscription; each lane is bounded, and a full control lane answers Blocked, never a drop. The telemetry lane drops
/// its oldest and counts. Receivers restore order (the inbox does).
/// </remarks>
public interface ITransport
{
    /// <summary>
    /// Sends a frame; answers <see cref="TransportOutcome"/> to <paramref name="replyTo"/>, except on the telemetry lane, which is unconfirmed.
    /// </summary>
    void Send(TransportSend send, IActorRef replyTo);

    /// <summary>
    /// Receives what is addressed to a host, as <see cref="TransportDelivery"/> messages, and lets others send to it. A second subscription to the
    /// same address replaces the first and gets all that was not acknowledged again.
    /// </summary>
    void Subscribe(string address, IActorRef receiver);

    /// <summary>Ends a subscription; undelivered and unacknowledged frames wait for the next one.</summary>
    void Unsubscribe(string address, IActorRef receiver);

    /// <summary>Gives a delivery up for good: it was applied, or can never be.</summary>
    void Acknowledge(string address, long deliveryTag);
}

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

    /// <summary>Nobody has ever subscribed to that address.</summary>
    Unroutable,

    /// <summary>The receiver's queue is full; send again later.</summary>
    Blocked,

    /// <summary>It is not known whether the frame arrived; send it again.</summary>
    Unknown,
}

/// <summary>A frame that arrived.</summary>
/// <param name="Address">The subscribed address.</param>
/// <param name="DeliveryTag">Names this delivery in <see cref="ITransport.Acknowledge"/>; 0 on the telemetry lane, which needs none.</param>
/// <param name="Lane">The lane it came on.</param>
/// <param name="Frame">The bytes; the receiver owns them.</param>
public sealed record TransportDelivery(string Address, long DeliveryTag, TransportLane Lane, byte[] Frame);
