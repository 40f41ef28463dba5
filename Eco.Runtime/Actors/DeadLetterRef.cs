namespace Eco.Runtime.Actors;

/// <summary>Where messages go that nobody can get: the event stream.</summary>
internal sealed class DeadLetterRef(ActorSystem system, ActorPath path) : IInternalActorRef
{
    public ActorPath Path => path;

    public ActorSystem System => system;

    public void Tell(object message, IActorRef? sender)
    {
        if (message is null)
        {
            throw new InvalidMessageException($"null was sent to {path}; a message is an object");
        }

        AllDeadLetters letter = message as AllDeadLetters ?? new DeadLetter(message, sender, this);
        if (letter.Message is Identify identify)
        {
            // Who asks whether somebody is there gets an answer from nobody, too.
            letter.Sender?.Tell(new ActorIdentity(identify.MessageId, null), this);
            return;
        }

        system.OnDeadLetter(letter);
    }

    public void SendSystem(SystemMessage message)
    {
        if (message is Watch watch)
        {
            watch.Watcher.SendSystem(new DeathWatchNotification(this, existenceConfirmed: false));
        }
    }

    public int CompareTo(IActorRef? other) => ActorRefComparer.Compare(this, other);

    public bool Equals(IActorRef? other) => ReferenceEquals(this, other);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => 1;

    public override string ToString() => path.Address;
}
