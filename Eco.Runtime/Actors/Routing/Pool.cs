namespace Eco.Runtime.Actors.Routing;

/// <summary>
/// A router whose routees are its children, all made from the same props. One that stops is taken out, and the router stops with the last one.
/// </summary>
public abstract class Pool : RouterConfig
{
    /// <summary>For pools with a logic of their own.</summary>
    /// <param name="nrOfInstances">How many routees there are at the start; 0 or more.</param>
    protected Pool(int nrOfInstances)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(nrOfInstances);
        NrOfInstances = nrOfInstances;
    }

    /// <summary>How many routees there are at the start.</summary>
    public int NrOfInstances { get; }

    /// <summary>
    /// How failures of routees are answered. Null always escalates, so that the router's own supervisor decides as it would for a single
    /// actor; when that restarts the router, all its routees are restarted, none is stopped.
    /// </summary>
    public SupervisorStrategy? SupervisorStrategy { get; init; }

    /// <summary>The props of a router with routees like these.</summary>
    public Props Props(Props routeeProps)
    {
        ArgumentNullException.ThrowIfNull(routeeProps);
        return routeeProps.WithRouter(this);
    }
}
