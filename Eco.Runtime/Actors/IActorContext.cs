namespace Eco.Runtime.Actors;

/// <summary>What an actor may do to itself and its surroundings. For the actor's own use, from its message handlers only.</summary>
public interface IActorContext : IActorRefFactory
{
    /// <summary>The actor's own reference.</summary>
    IActorRef Self { get; }

    /// <summary>Who sent the message that is being handled; the dead letters if nobody is to be answered.</summary>
    IActorRef Sender { get; }

    /// <summary>The actor that created and supervises this one.</summary>
    IActorRef Parent { get; }

    /// <summary>What the actor was made from.</summary>
    Props Props { get; }

    /// <summary>The actor's system.</summary>
    ActorSystem System { get; }

    /// <summary>A child by name, or <see cref="ActorRefs.Nobody"/>.</summary>
    IActorRef Child(string name);

    /// <summary>The living children, in order of creation where none has stopped.</summary>
    IReadOnlyList<IActorRef> GetChildren();

    /// <summary>Asks for one <see cref="Terminated"/> when an actor stops; at once if it has stopped already.</summary>
    IActorRef Watch(IActorRef subject);

    /// <summary>As <see cref="Watch"/>, with a message of one's own in place of <see cref="Terminated"/>.</summary>
    IActorRef WatchWith(IActorRef subject, object message);

    /// <summary>Takes a watch back; a notification that already waits in the mailbox is not delivered.</summary>
    IActorRef Unwatch(IActorRef subject);

    /// <summary>The time-out that is set, or null.</summary>
    TimeSpan? ReceiveTimeout { get; }

    /// <summary>
    /// Asks for <see cref="Actors.ReceiveTimeout"/> whenever no message has been handled for so long. It stays until another time is set; null
    /// takes it back, also when the message already waits in the mailbox.
    /// </summary>
    /// <param name="timeout">Greater than zero.</param>
    void SetReceiveTimeout(TimeSpan? timeout);

    /// <summary>Replaces the current behaviour.</summary>
    void Become(Receive behavior);

    /// <summary>Puts a behaviour on top of the current one.</summary>
    void BecomeStacked(Receive behavior);

    /// <summary>Goes back to the behaviour below, at last to the actor's first one.</summary>
    void UnbecomeStacked();
}
