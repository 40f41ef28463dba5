namespace Eco.Runtime.Actors.Routing;

/// <summary>A message in an envelope that a router opens: routees get what is inside.</summary>
/// <param name="Message">What is inside.</param>
public abstract record RouterEnvelope(object Message);

/// <summary>Makes a router, of whatever kind, pass the message to all its routees.</summary>
/// <param name="Message">What each routee gets.</param>
public sealed record Broadcast(object Message) : RouterEnvelope(Message);

/// <summary>A message with its hash key, for those that have none of their own.</summary>
/// <param name="Message">What the routee gets.</param>
/// <param name="ConsistentHashKey">What decides on the routee.</param>
public sealed record ConsistentHashableEnvelope(object Message, object ConsistentHashKey) : RouterEnvelope(Message), IConsistentHashable;

/// <summary>A message to the router itself.</summary>
public abstract record RouterManagementMessage
{
    private protected RouterManagementMessage()
    {
    }
}

/// <summary>Asks a router for <see cref="Routees"/>.</summary>
public sealed record GetRoutees : RouterManagementMessage
{
    private GetRoutees()
    {
    }

    /// <summary>The only instance.</summary>
    public static GetRoutees Instance { get; } = new();
}

/// <summary>Adds a routee; the router watches it and does not supervise it.</summary>
/// <param name="Routee">The new one.</param>
public sealed record AddRoutee(Routee Routee) : RouterManagementMessage;

/// <summary>Takes a routee away. A pool's own child gets a <see cref="PoisonPill"/> behind what it has been sent.</summary>
/// <param name="Routee">The one to go.</param>
public sealed record RemoveRoutee(Routee Routee) : RouterManagementMessage;

/// <summary>Makes a pool larger, or smaller by its newest routees. A group does not handle it.</summary>
/// <param name="Change">By so many.</param>
public sealed record AdjustPoolSize(int Change) : RouterManagementMessage;

/// <summary>The answer to <see cref="GetRoutees"/>.</summary>
/// <param name="Members">The routees of now, in the router's order.</param>
public sealed record Routees(IReadOnlyList<Routee> Members);
