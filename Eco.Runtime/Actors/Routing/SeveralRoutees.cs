namespace Eco.Runtime.Actors.Routing;

/// <summary>Several routees, each of which gets the message.</summary>
/// <param name="Members">The routees, in the order in which they get it.</param>
public sealed record SeveralRoutees(IReadOnlyList<Routee> Members) : Routee
{
    /// <inheritdoc/>
    public override void Send(object message, IActorRef? sender)
    {
        foreach (Routee routee in Members)
        {
            routee.Send(message, sender);
        }
    }
}
