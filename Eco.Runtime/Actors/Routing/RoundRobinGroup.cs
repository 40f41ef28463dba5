namespace Eco.Runtime.Actors.Routing;

/// <summary>A group of which one routee after the other gets a message.</summary>
/// <param name="routees">The routees at the start.</param>
public sealed class RoundRobinGroup(params IEnumerable<IActorRef> routees) : Group(routees)
{
    /// <inheritdoc/>
    protected internal override RoutingLogic CreateLogic(ActorSystem system) => new RoundRobinRoutingLogic();
}
