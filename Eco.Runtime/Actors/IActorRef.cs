namespace Eco.Runtime.Actors;

/// <summary>A handle to an actor in this process. It stays valid when the actor restarts; after its stop messages go to dead letters.</summary>
public interface IActorRef : IEquatable<IActorRef>, IComparable<IActorRef>
{
    /// <summary>The actor's place in the hierarchy.</summary>
    ActorPath Path { get; }

    /// <summary>Sends a message. Never blocks; a full lane turns it into a dead letter (<c>MailboxFull</c>).</summary>
    /// <param name="message">An immutable message.</param>
    /// <param name="sender">Who is to be answered; <see cref="ActorRefs.NoSender"/> for nobody.</param>
    void Tell(object message, IActorRef? sender);
}
