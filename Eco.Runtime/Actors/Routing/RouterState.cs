namespace Eco.Runtime.Actors.Routing;

/// <summary>What a router keeps over its restarts.</summary>
internal sealed class RouterState(RouterConfig config, Props routeeProps)
{
    public RouterConfig Config => config;

    public Props RouteeProps => routeeProps;

    /// <summary>Null until the router has started.</summary>
    public Router? Router { get; set; }
}
