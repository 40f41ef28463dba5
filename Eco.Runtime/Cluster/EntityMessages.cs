using Eco.Runtime.Actors;

namespace Eco.Runtime.Cluster;

/// <summary>Router to entity: a durable message that came in, not yet judged.</summary>
/// <param name="Frame">The frame.</param>
/// <param name="DeliveryTag">The transport's tag; 0 where the sender is on the same host.</param>
public sealed record EntityDelivery(Frame Frame, long DeliveryTag);

/// <summary>Router to entity: a message that may be lost, with the entity that sent it.</summary>
/// <param name="From">The sending entity.</param>
/// <param name="Message">The decoded message.</param>
public sealed record VolatileDelivery(string From, object Message);

/// <summary>Router to entity: a receiver has applied all messages up to a number.</summary>
public sealed record EntityAcknowledged(string Receiver, long UpTo);

/// <summary>Router to entity: a receiver misses a number.</summary>
public sealed record EntityGap(string Receiver, long Expected);

/// <summary>Router to entity: the transport has confirmed a frame.</summary>
public sealed record EntityFrameConfirmed(string Receiver, long SequenceNr);

/// <summary>Router to entity: the transport did not take a frame: its receiver is not there, or the way to it is cut or full.</summary>
public sealed record EntityFrameRefused(string Receiver);

/// <summary>Entity to router: send a frame, to this host or another.</summary>
public sealed record PostFrame(Frame Frame);

/// <summary>Entity to router: send a message that may be lost.</summary>
/// <param name="From">The sending entity.</param>
/// <param name="To">The receiving entity.</param>
/// <param name="Message">An instance of a registered type.</param>
public sealed record PostVolatile(string From, string To, object Message);

/// <summary>Entity to router: a delivery is settled.</summary>
/// <param name="Frame">The frame that was delivered.</param>
/// <param name="DeliveryTag">The transport's tag.</param>
/// <param name="Applied">The last applied number of that sender; acknowledged to it.</param>
/// <param name="Expected">The number to ask for, where one is missing; 0 otherwise.</param>
public sealed record DeliverySettled(Frame Frame, long DeliveryTag, long Applied, long Expected);

/// <summary>To the router: make sure that an entity of this host is awake.</summary>
public sealed record WakeEntity(string EntityId);

/// <summary>To the router: hand a command to an entity of this host; the entity's answer goes to the sender.</summary>
public sealed record ToEntity(string EntityId, object Command);

/// <summary>To the router: wake all entities that the journal knows; answered with <see cref="EntitiesAwake"/> or a failure.</summary>
public sealed record WakeAll;

/// <summary>The entities that the journal knows are starting.</summary>
public sealed record EntitiesAwake(int Count);

/// <summary>How an entity type is made.</summary>
/// <param name="Name">For logs: the first elements of its ids.</param>
/// <param name="Matches">Whether an id is of this type.</param>
/// <param name="Props">Makes the actor for an id.</param>
public sealed record EntityType(string Name, Func<string, bool> Matches, Func<string, Props> Props);

/// <summary>On the event stream: a frame that can never be applied was given up.</summary>
/// <param name="Address">The host that it came to.</param>
/// <param name="Reason">What is wrong with it.</param>
/// <param name="Total">How many the host has given up since its start.</param>
public sealed record FrameGivenUp(string Address, string Reason, long Total);
