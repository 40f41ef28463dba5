namespace Eco.Runtime.Actors.Routing;

/// <summary>Decides which routee gets a message. Used by one actor at a time; may remember what it did before.</summary>
public abstract class RoutingLogic
{
    /// <summary>The routee for a message.</summary>
    /// <param name="message">The message, still in its envelope if it has one.</param>
    /// <param name="routees">The routees of now; the same list as long as they are the same.</param>
    /// <returns><see cref="Routee.NoRoutee"/> if none fits.</returns>
    public abstract Routee Select(object message, IReadOnlyList<Routee> routees);
}
