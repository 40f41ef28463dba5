namespace Eco.Runtime.Actors;

/// <summary>The parent of the guardians: ends the system in order, and when a guardian itself fails.</summary>
internal sealed class RootRef(ActorSystem system, ActorPath path) : IInternalActorRef
{
    public ActorPath Path => path;

    public ActorSystem System => system;

    public void Tell(object message, IActorRef? sender) => system.DeadLetters.Tell(new DeadLetter(message, sender, this), sender);

    public void SendSystem(SystemMessage message)
    {
        switch (message)
        {
            case Failed failed:
                system.OnGuardianFailed(failed.Child, failed.Cause);
                break;
            case DeathWatchNotification notification:
                system.OnGuardianStopped(notification.Actor);
                break;
            default:
                break;
        }
    }

    public int CompareTo(IActorRef? other) => ActorRefComparer.Compare(this, other);

    public bool Equals(IActorRef? other) => ReferenceEquals(this, other);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => 0;

    public override string ToString() => path.Address;
}
