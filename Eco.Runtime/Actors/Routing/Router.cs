namespace Eco.Runtime.Actors.Routing;

/// <summary>
/// Routees and the logic that picks among them. Immutable but for what the logic remembers; for actors that route themselves. Where an actor
/// need do nothing else, <see cref="Props.WithRouter"/> makes it a router.
/// </summary>
/// <param name="logic">Picks.</param>
/// <param name="routees">Who may be picked.</param>
public sealed class Router(RoutingLogic logic, IReadOnlyList<Routee> routees)
{
    /// <summary>A router over actors.</summary>
    public Router(RoutingLogic logic, params IActorRef[] routees)
        : this(logic, [.. routees.Select(Routee.FromActorRef)])
    {
    }

    /// <summary>Picks.</summary>
    public RoutingLogic RoutingLogic => logic;

    /// <summary>Who may be picked.</summary>
    public IReadOnlyList<Routee> Routees => routees;

    /// <summary>Sends a message to the routee that the logic picks, or a <see cref="Broadcast"/> to all; opens envelopes. Keeps the sender.</summary>
    public void Route(object message, IActorRef? sender)
    {
        if (message is Broadcast broadcast)
        {
            Routee all = routees.Count == 0 ? Routee.NoRoutee : new SeveralRoutees(routees);
            all.Send(broadcast.Message, sender);
            return;
        }

        logic.Select(message, routees).Send(message is RouterEnvelope envelope ? envelope.Message : message, sender);
    }

    /// <summary>With other routees.</summary>
    public Router WithRoutees(params Routee[] members) => new(logic, members);

    /// <summary>With one routee more, at the end.</summary>
    public Router AddRoutee(Routee routee) => new(logic, [.. routees, routee]);

    /// <summary>With one actor more, at the end.</summary>
    public Router AddRoutee(IActorRef routee) => AddRoutee(Routee.FromActorRef(routee));

    /// <summary>Without a routee; the others keep their order.</summary>
    public Router RemoveRoutee(Routee routee) => new(logic, [.. routees.Where(member => !member.Equals(routee))]);

    /// <summary>Without an actor; the others keep their order.</summary>
    public Router RemoveRoutee(IActorRef routee) => RemoveRoutee(Routee.FromActorRef(routee));
}
