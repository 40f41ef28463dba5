namespace Eco.Runtime.Actors.Routing;

/// <summary>A pool of which all routees get each message.</summary>
/// <param name="nrOfInstances">How many routees there are at the start.</param>
public sealed class BroadcastPool(int nrOfInstances) : Pool(nrOfInstances)
{
    /// <inheritdoc/>
    protected internal override RoutingLogic CreateLogic(ActorSystem system) => new BroadcastRoutingLogic();
}
