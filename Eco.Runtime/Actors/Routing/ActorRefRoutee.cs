namespace Eco.Runtime.Actors.Routing;

/// <summary>One actor.</summary>
/// <param name="Actor">The actor.</param>
public sealed record ActorRefRoutee(IActorRef Actor) : Routee
{
    /// <inheritdoc/>
    public override void Send(object message, IActorRef? sender) => Actor.Tell(message, sender);
}
