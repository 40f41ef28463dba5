namespace Eco.Runtime.Actors;

/// <summary>What creates and stops actors: a system (top-level ones) or an actor's context (children).</summary>
public interface IActorRefFactory
{
    /// <summary>Creates an actor. It is usable at once; its constructor and PreStart run on its own first slice.</summary>
    /// <param name="props">What to make.</param>
    /// <param name="name">Unique among its siblings; null for a generated name.</param>
    /// <exception cref="InvalidActorNameException">The name is not allowed or taken.</exception>
    IActorRef ActorOf(Props props, string? name = null);

    /// <summary>The actors at a path; a relative one starts at the actor, or for a system at the root.</summary>
    ActorSelection ActorSelection(string path);

    /// <summary>Stops an actor after the message that it is handling, its children first. What waits in its mailbox goes to dead letters.</summary>
    void Stop(IActorRef actor);
}
