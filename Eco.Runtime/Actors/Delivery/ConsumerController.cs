namespace Eco.Runtime.Actors.Delivery;

/// <summary>
/// The consumer's side of a flow that could exceed a mailbox: grants a window of messages, holds what has come, and hands its consumer one
/// message at a time. See <see cref="ProducerController"/> for the other side.
/// </summary>
/// <remarks>
/// The consumer sends <see cref="Start{T}"/> from its PreStart and answers each <see cref="Delivery{T}"/> with <see cref="Confirmed"/>. When it restarts, its
/// new Start brings the unconfirmed delivery again: a message may be handled more than once, and none is left out. When it stops, so does its
/// controller, and the producer's side waits for another one.
/// </remarks>
public static class ConsumerController
{
    /// <summary>How many messages are granted at most where nothing else is said.</summary>
    public const int DefaultFlowControlWindow = 50;

    /// <summary>How to make one.</summary>
    /// <typeparam name="T">The messages of the flow.</typeparam>
    /// <param name="flowControlWindow">How many unconfirmed messages there may be; at least 1.</param>
    public static Props Create<T>(int flowControlWindow = DefaultFlowControlWindow)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(flowControlWindow, 1);
        return Props.Create(() => new ConsumerControllerActor<T>(flowControlWindow));
    }

    /// <summary>Names the consumer; also after its restart.</summary>
    /// <typeparam name="T">The messages of the flow.</typeparam>
    /// <param name="DeliverTo">The consumer.</param>
    public sealed record Start<T>(IActorRef DeliverTo);

    /// <summary>
    /// Ties this side to a producer controller. While it has one that lives, another is refused with <see cref="Status.Failure"/>; when that
    /// one has stopped, what it sent is delivered first.
    /// </summary>
    /// <typeparam name="T">The messages of the flow.</typeparam>
    /// <param name="ProducerController">The producer's side.</param>
    public sealed record RegisterToProducerController<T>(IActorRef ProducerController);

    /// <summary>One message for the consumer.</summary>
    /// <typeparam name="T">The messages of the flow.</typeparam>
    /// <param name="Message">The message.</param>
    /// <param name="ConfirmTo">Who is to get <see cref="Confirmed"/>.</param>
    /// <param name="ProducerId">Names the flow.</param>
    /// <param name="SeqNr">Its number in the flow, from 1; the same when it is delivered again.</param>
    public sealed record Delivery<T>(T Message, IActorRef ConfirmTo, string ProducerId, long SeqNr);

    /// <summary>The consumer has handled the delivery and wants the next one.</summary>
    public sealed record Confirmed
    {
        private Confirmed()
        {
        }

        /// <summary>The only instance.</summary>
        public static Confirmed Instance { get; } = new();
    }
}
