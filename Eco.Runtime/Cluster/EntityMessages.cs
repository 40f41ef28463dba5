using Eco.Runtime.Actors;
using Eco.Runtime.Persistence;

namespace Eco.Runtime.Cluster;

/// <summary>Which delivery of a transport a message came with.</summary>
/// <param name="ConsumerTag">The subscription.</param>
/// <param name="DeliveryTag">The transport's tag.</param>
public sealed record DeliveryTicket(string ConsumerTag, long DeliveryTag);

/// <summary>Partition to entity: a durable message that came in, not yet judged.</summary>
/// <param name="Frame">The frame.</param>
/// <param name="Ticket">The transport's delivery; null where the sender is on the same host.</param>
/// <param name="IsRedelivered">Whether it was handed out before, so that a host may have ended over it.</param>
public sealed record EntityDelivery(Frame Frame, DeliveryTicket? Ticket, bool IsRedelivered);

/// <summary>To an entity: a message that may be lost, with the entity that sent it.</summary>
/// <param name="From">The sending entity.</param>
/// <param name="Message">The decoded message.</param>
public sealed record VolatileDelivery(string From, object Message);

/// <summary>To an entity: a receiver has applied all messages up to a number.</summary>
public sealed record EntityAcknowledged(string Receiver, long UpTo);

/// <summary>To an entity: a receiver misses a number.</summary>
public sealed record EntityGap(string Receiver, long Expected);

/// <summary>To an entity: the transport has confirmed a frame.</summary>
public sealed record EntityFrameConfirmed(string Receiver, long SequenceNr);

/// <summary>Router to entity: the transport did not take a frame: its receiver is not there, or the way to it is cut or full.</summary>
public sealed record EntityFrameRefused(string Receiver);

/// <summary>To an entity whose partition is given up: store a snapshot and stop.</summary>
internal sealed record SnapshotAndStop
{
    public static SnapshotAndStop Instance { get; } = new();
}

/// <summary>Entity to router: send a frame, to this host or another.</summary>
public sealed record PostFrame(Frame Frame);

/// <summary>Entity to router: send a message that may be lost.</summary>
/// <param name="From">The sending entity.</param>
/// <param name="To">The receiving entity.</param>
/// <param name="Message">An instance of a registered type.</param>
public sealed record PostVolatile(string From, string To, object Message);

/// <summary>Partition to router: a frame came to a partition that is not its receiver's.</summary>
internal sealed record ForwardFrame(Frame Frame, TransportLane Lane);

/// <summary>Entity to partition: the transport may forget a delivery.</summary>
internal sealed record DeliveryDone(DeliveryTicket Ticket);

/// <summary>Entity to partition: a message could not be applied; try it again after a while.</summary>
internal sealed record DeliveryFailed(EntityDelivery Delivery, int Attempts);

/// <summary>To a partition: a write was refused; look in the database who owns it.</summary>
internal sealed record CheckOwnership;

/// <summary>Entity to router: tell another host's entity how far its messages are applied.</summary>
/// <param name="Frame">The last of those messages.</param>
/// <param name="Applied">The last applied number of that sender.</param>
/// <param name="Expected">The number to ask for, where one is missing; 0 otherwise.</param>
internal sealed record AcknowledgeFrame(Frame Frame, long Applied, long Expected);

/// <summary>To a partition: a message for an entity that runs; for one that does not run it is dropped.</summary>
internal sealed record TellEntity(string EntityId, object Message);

/// <summary>Host to partition: there are others to share with; store snapshots and stop.</summary>
internal sealed record GivePartitionUp;

/// <summary>Partition to host: it runs, with so many entities that the journal knows.</summary>
internal sealed record PartitionIsActive(int Partition, int Entities);

/// <summary>Partition to host: it does not run here any more, and has no entities any more.</summary>
internal sealed record PartitionIsGone(int Partition);

/// <summary>Partition to host: it cannot be claimed.</summary>
internal sealed record PartitionCannotStart(int Partition, string Reason);

/// <summary>
/// An agent's identity to its host: receive the agent's queue, for this incarnation and no other. Frames for a greater one wait unacknowledged, since the
/// word that it is this installation's may be on its way; those for a smaller one are moot.
/// </summary>
/// <param name="Incarnation">The incarnation; 0 while there is none.</param>
/// <param name="IsConfirmed">Whether the server has just said so: then frames for a greater one are moot too; their sender still has them.</param>
public sealed record ReceiveAs(long Incarnation, bool IsConfirmed);

/// <summary>An agent's identity to its host: another installation is this agent. Its queue is left, and with it all that was not acknowledged.</summary>
public sealed record StandAside
{
    /// <summary>The only one.</summary>
    public static StandAside Instance { get; } = new();
}

/// <summary>Host to an agent's identity: frames have come for an incarnation greater than that which the host receives as; they wait.</summary>
public sealed record GreaterIncarnationSeen(long Incarnation);

/// <summary>To the router: make sure that an entity of this host is awake.</summary>
public sealed record WakeEntity(string EntityId);

/// <summary>
/// To the router: hand a command to an entity of this host; the entity's answer goes to the sender. Where the entity's partition is on its way
/// the command waits; where it is on another host, a command that can travel is carried out there. A <see cref="Status.Failure"/> says why there
/// is no answer.
/// </summary>
public sealed record ToEntity(string EntityId, object Command);

/// <summary>To the host's asker: the partition of an entity runs on another server; have the command carried out there.</summary>
internal sealed record AskElsewhere(string EntityId, object Command, string Owner, IActorRef? Asker);

/// <summary>To the host's asker: another server asks for something.</summary>
internal sealed record HoldAsk(Frame Frame, object Command);

/// <summary>To the host's asker: another server still waits for what it has asked.</summary>
internal sealed record GrantAsk(Frame Frame);

/// <summary>From server to server: an asked command can be carried out; is its answer still waited for?</summary>
public sealed record AskReady;

/// <summary>From server to server: an asked command has no answer.</summary>
/// <param name="IsTimeout">Whether the reason is that something took too long, so that it can be asked again.</param>
/// <param name="Reason">Why.</param>
public sealed record AskFailed(bool IsTimeout, string Reason)
{
    internal static AskFailed Of(Exception cause) => new(cause is TimeoutException, cause.Message);

    internal Status.Failure ToFailure() => new(IsTimeout ? new TimeoutException(Reason) : new InvalidOperationException(Reason));
}

/// <summary>To an entity, local: apply a parked message after all. Answered with <see cref="ParkedSettled"/> or a <see cref="Status.Failure"/>.</summary>
public sealed record ReplayParked(string Sender, long SequenceNr);

/// <summary>To an entity, local: forget a parked message. Answered with <see cref="ParkedSettled"/> or a <see cref="Status.Failure"/>.</summary>
public sealed record DropParked(string Sender, long SequenceNr);

/// <summary>A parked message is parked no more.</summary>
/// <param name="Message">What it was.</param>
/// <param name="Applied">Whether it was applied; otherwise it was dropped.</param>
public sealed record ParkedSettled(ParkedMessage Message, bool Applied);

/// <summary>How an entity type is made.</summary>
/// <param name="Name">For logs: the first elements of its ids.</param>
/// <param name="Matches">Whether an id is of this type.</param>
/// <param name="Props">Makes the actor for an id.</param>
public sealed record EntityType(string Name, Func<string, bool> Matches, Func<string, Props> Props);
