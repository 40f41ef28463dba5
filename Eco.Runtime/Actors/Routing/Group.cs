namespace Eco.Runtime.Actors.Routing;

/// <summary>
/// A router whose routees live elsewhere and are supervised there. It watches them: one that stops is taken out, and the router stops with the last one.
/// </summary>
public abstract class Group : RouterConfig
{
    /// <summary>For groups with a logic of their own.</summary>
    /// <param name="routees">The routees at the start.</param>
    protected Group(IEnumerable<IActorRef> routees)
    {
        ArgumentNullException.ThrowIfNull(routees);
        Routees = [.. routees];
    }

    /// <summary>The routees at the start.</summary>
    public IReadOnlyList<IActorRef> Routees { get; }

    /// <summary>The props of a router to these routees.</summary>
    public Props Props() => Actors.Props.Empty.WithRouter(this);
}
