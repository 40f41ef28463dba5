namespace Eco.Runtime.Actors.Routing;

/// <summary>All routees.</summary>
public sealed class BroadcastRoutingLogic : RoutingLogic
{
    /// <inheritdoc/>
    public override Routee Select(object message, IReadOnlyList<Routee> routees)
    {
        ArgumentNullException.ThrowIfNull(routees);
        return routees.Count == 0 ? Routee.NoRoutee : new SeveralRoutees(routees);
    }
}
