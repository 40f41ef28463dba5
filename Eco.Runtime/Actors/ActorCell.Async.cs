namespace Eco.Runtime.Actors;

/// <content>Asynchronous handlers: they resume on this actor, through the system lane.</content>
internal sealed partial class ActorCell
{
    private ActorSynchronizationContext? _asyncContext;

    /// <summary>Runs an asynchronous handler; blocks user messages until its task ends.</summary>
    public void RunTask(Func<Task> start)
    {
        ActorSynchronizationContext context = _asyncContext ??= new ActorSynchronizationContext(this);
        SynchronizationContext? outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(context);
        try
        {
            Task task = start();
            if (task.IsCompleted)
            {
                task.GetAwaiter().GetResult();
                return;
            }

            _awaiting = true;
            task.GetAwaiter().UnsafeOnCompleted(() => CompleteTask(context, task));
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    private void CompleteTask(ActorSynchronizationContext context, Task task)
    {
        if (!ReferenceEquals(context, _asyncContext))
        {
            return;
        }

        _awaiting = false;
        _receiveTimeout?.Touch();
        if (!task.IsCompletedSuccessfully)
        {
            // Thrown here it would end the process: the awaiter passes exceptions of continuations to the thread pool.
            HandleFailure(task.Exception?.InnerException ?? new TaskCanceledException(task), perpetrator: null);
        }
    }

    private void RunContinuation(AsyncContinuation continuation)
    {
        if (!ReferenceEquals(continuation.Context, _asyncContext))
        {
            System.LogLateContinuation(Path.Address);
            return;
        }

        SynchronizationContext? outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(continuation.Context);
        try
        {
            continuation.Callback(continuation.State);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    /// <summary>The instance is gone; what its handler waits for no longer concerns anybody.</summary>
    private void AbandonTask()
    {
        if (_awaiting)
        {
            System.LogAbandonedTask(Path.Address, _message?.GetType().Name ?? "?");
        }

        _awaiting = false;
        _asyncContext = null;
    }
}
