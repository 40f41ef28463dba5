namespace Eco.Runtime.Actors.Delivery;

/// <summary>
/// The producer's side of a flow that could exceed a mailbox: it asks its producer for a message only when the consumer's side has granted
/// one, numbers it, and keeps it until it is confirmed. See <see cref="ConsumerController"/> for the other side.
/// </summary>
/// <remarks>
/// The producer sends <see cref="Start{T}"/> and answers each <see cref="RequestNext{T}"/> with exactly one message. What the consumer has not
/// confirmed is delivered again when another consumer controller registers. When the producer stops, so does its controller.
/// </remarks>
public static class ProducerController
{
    /// <summary>How to make one.</summary>
    /// <typeparam name="T">The messages of the flow.</typeparam>
    /// <param name="producerId">Names the flow in deliveries and errors.</param>
    public static Props Create<T>(string producerId)
    {
        ArgumentException.ThrowIfNullOrEmpty(producerId);
        return Props.Create(() => new ProducerControllerActor<T>(producerId));
    }

    /// <summary>Names the producer; from now on it gets <see cref="RequestNext{T}"/>.</summary>
    /// <typeparam name="T">The messages of the flow.</typeparam>
    /// <param name="Producer">The producer.</param>
    public sealed record Start<T>(IActorRef Producer);

    /// <summary>Ties a consumer controller to this one; it is told so.</summary>
    /// <typeparam name="T">The messages of the flow.</typeparam>
    /// <param name="ConsumerController">The consumer's side.</param>
    public sealed record RegisterConsumer<T>(IActorRef ConsumerController);

    /// <summary>Asks the producer for one message.</summary>
    /// <typeparam name="T">The messages of the flow.</typeparam>
    /// <param name="ProducerId">Names the flow.</param>
    /// <param name="CurrentSeqNr">The number that the message will get.</param>
    /// <param name="ConfirmedSeqNr">Up to here the consumer has confirmed.</param>
    /// <param name="SendNextTo">Where to send one message.</param>
    public sealed record RequestNext<T>(string ProducerId, long CurrentSeqNr, long ConfirmedSeqNr, IActorRef SendNextTo);
}
