namespace Eco.Runtime.Actors;

/// <summary>Turns the outcome of a task into a message.</summary>
public static class PipeToExtensions
{
    /// <summary>
    /// Sends the result to an actor when the task ends, or <see cref="Status.Failure"/> when it fails. Nothing of the calling actor may be
    /// used in the functions: they run where the task ends.
    /// </summary>
    /// <param name="task">The task.</param>
    /// <param name="recipient">Who gets the outcome.</param>
    /// <param name="sender">The sender to show; null for the calling actor, if any.</param>
    /// <param name="success">Makes the message of a result; null sends the result itself.</param>
    /// <param name="failure">Makes the message of an exception; null sends <see cref="Status.Failure"/>.</param>
    public static void PipeTo<T>(
        this Task<T> task,
        IActorRef recipient,
        IActorRef? sender = null,
        Func<T, object>? success = null,
        Func<Exception, object>? failure = null)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(recipient);
        IActorRef? from = sender ?? ActorCell.Current;
        OnEnd(task, recipient, () => recipient.Tell(Outcome(task, () => success is null ? task.Result : success(task.Result), failure), from));
    }

    /// <summary>As <see cref="PipeTo{T}"/>, for a task without a result: without <paramref name="success"/> nothing is sent when it succeeds.</summary>
    public static void PipeTo(
        this Task task,
        IActorRef recipient,
        IActorRef? sender = null,
        Func<object>? success = null,
        Func<Exception, object>? failure = null)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(recipient);
        IActorRef? from = sender ?? ActorCell.Current;
        OnEnd(task, recipient, () =>
        {
            if (!task.IsCompletedSuccessfully || success is not null)
            {
                recipient.Tell(Outcome(task, () => success!(), failure), from);
            }
        });
    }

    private static object Outcome(Task task, Func<object?> success, Func<Exception, object>? failure)
    {
        Exception cause;
        try
        {
            if (task.IsCompletedSuccessfully)
            {
                return success() ?? throw new InvalidMessageException("a task ended with null, which is no message; give PipeTo a function that makes one");
            }

            cause = task.IsCanceled ? new TaskCanceledException(task) : task.Exception!.InnerException!;
            return failure is null ? new Status.Failure(cause) : failure(cause);
        }
        catch (Exception broken)
        {
            // The function that was to make the message failed; the recipient still has to hear of it.
            return new Status.Failure(broken);
        }
    }

    private static void OnEnd(Task task, IActorRef recipient, Action action) =>
        TaskEnd.Then(task, (recipient as IInternalActorRef)?.System.Runner, "piping the outcome of a task", action);
}
