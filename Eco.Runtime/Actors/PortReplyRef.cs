namespace Eco.Runtime.Actors;

/// <summary>Where a port answers an actor that waits for it: the system lane of one instance.</summary>
internal sealed class PortReplyRef(ActorCell cell, ActorBase incarnation) : IActorRef
{
    public ActorPath Path => cell.Path;

    public void Tell(object message, IActorRef? sender)
    {
        ArgumentNullException.ThrowIfNull(message);
        cell.SendSystem(new PortReply(incarnation, message, sender));
    }

    public int CompareTo(IActorRef? other) => ActorRefComparer.Compare(this, other);

    public bool Equals(IActorRef? other) => ReferenceEquals(this, other);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => cell.GetHashCode();

    public override string ToString() => cell.Path.Address;
}
