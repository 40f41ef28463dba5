namespace Eco.Runtime.Cluster.RabbitMq;

/// <summary>What happened between a host and the broker.</summary>
/// <param name="Host">The host.</param>
public abstract record BrokerEvent(string Host);

/// <summary>A connection stands.</summary>
/// <param name="Host">The host.</param>
/// <param name="Connection">Which of the host's connections.</param>
/// <param name="Endpoint">To which node.</param>
/// <param name="Reconnects">How many there were before it.</param>
public sealed record BrokerConnected(string Host, string Connection, RabbitMqEndpoint Endpoint, long Reconnects) : BrokerEvent(Host);

/// <summary>A connection was lost or given up, and another is sought.</summary>
/// <param name="Host">The host.</param>
/// <param name="Connection">Which of the host's connections.</param>
/// <param name="Endpoint">To which node it was.</param>
/// <param name="Reason">Why.</param>
public sealed record BrokerReconnect(string Host, string Connection, RabbitMqEndpoint Endpoint, string Reason) : BrokerEvent(Host);

/// <summary>No node can be reached, said once until one can be.</summary>
/// <param name="Host">The host.</param>
/// <param name="Connection">Which of the host's connections.</param>
/// <param name="Reason">What the last attempt met.</param>
public sealed record BrokerUnreachable(string Host, string Connection, string Reason) : BrokerEvent(Host);

/// <summary>The broker takes no more (an alarm for memory or disk), or takes again.</summary>
/// <param name="Host">The host.</param>
/// <param name="IsBlocked">Whether it refuses.</param>
/// <param name="Reason">The broker's words; empty at the end.</param>
public sealed record BrokerBlocked(string Host, bool IsBlocked, string Reason) : BrokerEvent(Host);

/// <summary>Control frames of which nobody knows whether the broker has them. Their senders send them again.</summary>
/// <param name="Host">The host.</param>
/// <param name="Frames">How many.</param>
/// <param name="Reason">Why.</param>
public sealed record PublishUnknown(string Host, int Frames, string Reason) : BrokerEvent(Host);

/// <summary>A frame above the limit was not sent, or was not handed over; the connection is kept.</summary>
/// <param name="Host">The host.</param>
/// <param name="Address">The address that it was for.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Limit">The limit.</param>
public sealed record FrameTooLarge(string Host, string Address, long Bytes, long Limit) : BrokerEvent(Host);

/// <summary>The broker refuses what the transport needs: a right is missing, or a queue exists with other arguments. It is tried again.</summary>
/// <param name="Host">The host.</param>
/// <param name="What">What was asked for.</param>
/// <param name="Reason">The broker's words.</param>
public sealed record BrokerRefused(string Host, string What, string Reason) : BrokerEvent(Host);
