namespace Eco.Runtime.Actors.Delivery;

/// <summary>
/// What the two sides say to each other. Never more than the window is on its way, so none of it is refused for a full lane: between living
/// actors of one process nothing gets lost, and no message needs to be repeated but at a change of sides.
/// </summary>
internal static class DeliveryProtocol
{
    /// <summary>Sends what the credit bounds.</summary>
    public static void TellBounded(this IActorRef receiver, object message, IActorRef? sender)
    {
        if (receiver is ActorCell cell)
        {
            cell.TellOwn(message, sender);
        }
        else
        {
            receiver.Tell(message, sender);
        }
    }

    /// <summary>From the consumer's side: it wants to get this flow.</summary>
    public sealed record Register;

    /// <summary>To the consumer's side: the flow is its own from this number on.</summary>
    public sealed record Registered(string ProducerId, long FirstSeqNr);

    /// <summary>From the consumer's side: confirmed up to one number, granted up to another.</summary>
    public sealed record Request(long ConfirmedSeqNr, long RequestUpToSeqNr);

    /// <summary>From the consumer, by the delivery's own reference.</summary>
    public sealed record ConfirmedSeqNr(long SeqNr);

    /// <summary>To the consumer's side.</summary>
    public sealed record SequencedMessage<T>(long SeqNr, T Message);
}
