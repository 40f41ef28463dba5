namespace Eco.Runtime.Actors.Routing;

/// <summary>One routee after the other, in their order.</summary>
public sealed class RoundRobinRoutingLogic : RoutingLogic
{
    private int _next;

    /// <inheritdoc/>
    public override Routee Select(object message, IReadOnlyList<Routee> routees)
    {
        ArgumentNullException.ThrowIfNull(routees);
        if (routees.Count == 0)
        {
            return Routee.NoRoutee;
        }

        int index = _next < routees.Count ? _next : 0;
        _next = index + 1;
        return routees[index];
    }
}
