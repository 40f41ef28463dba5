namespace Eco.Runtime.Actors.Routing;

/// <summary>A group of which all routees get each message.</summary>
/// <param name="routees">The routees at the start.</param>
public sealed class BroadcastGroup(params IEnumerable<IActorRef> routees) : Group(routees)
{
    /// <inheritdoc/>
    protected internal override RoutingLogic CreateLogic(ActorSystem system) => new BroadcastRoutingLogic();
}
