namespace Eco.Runtime.Actors.Routing;

/// <summary>
/// What makes an actor a router: a <see cref="Pool"/>, which creates and supervises its routees, or a <see cref="Group"/>, whose routees live elsewhere.
/// </summary>
public abstract class RouterConfig
{
    private protected RouterConfig()
    {
    }

    /// <summary>The logic of one router.</summary>
    protected internal abstract RoutingLogic CreateLogic(ActorSystem system);

    /// <summary>The props of the router's own actor.</summary>
    internal Props RouterProps(Props routeeProps)
    {
        // Outlives the instances: a restarted router goes on with the routees that it has.
        var state = new RouterState(this, routeeProps);
        return Props.Create(() => new RouterActor(state));
    }
}
