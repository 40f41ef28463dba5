namespace Eco.Runtime.Actors.Routing;

/// <summary>A pool of which one routee after the other gets a message.</summary>
/// <param name="nrOfInstances">How many routees there are at the start.</param>
public sealed class RoundRobinPool(int nrOfInstances) : Pool(nrOfInstances)
{
    /// <inheritdoc/>
    protected internal override RoutingLogic CreateLogic(ActorSystem system) => new RoundRobinRoutingLogic();
}
