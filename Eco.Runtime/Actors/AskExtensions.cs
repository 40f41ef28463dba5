namespace Eco.Runtime.Actors;

/// <summary>Asking from outside of actors: for the host and for tests. Actors send, and get the answer as a message.</summary>
public static class AskExtensions
{
    /// <summary>
    /// Sends a message and gives the first answer. Fails with <see cref="AskTimeoutException"/> when none comes in time (on the clock of
    /// the receiver's system), with <see cref="MailboxFullException"/> when the receiver's lane is full, with the cause of a
    /// <see cref="Status.Failure"/>, and with <see cref="ArgumentException"/> when the answer has another type.
    /// </summary>
    public static Task<T> Ask<T>(this IActorRef target, object message, TimeSpan timeout)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(message);
        if (target is not IInternalActorRef receiver)
        {
            throw new ArgumentException($"{target.Path} belongs to no actor system and cannot be asked", nameof(target));
        }

        var promise = new AskPromise<T>(receiver.System, target, message, timeout);
        promise.StartTimer();
        receiver.Tell(message, promise);
        return promise.Task;
    }

    /// <summary>As <see cref="Ask{T}"/>, for any answer.</summary>
    public static Task<object> Ask(this IActorRef target, object message, TimeSpan timeout) => target.Ask<object>(message, timeout);
}
