using Eco.Runtime.Dispatch;

namespace Eco.Runtime.Actors;

/// <summary>
/// Runs an action where a task ends. A plain continuation would go to the thread pool when the task was made to complete asynchronously,
/// which the simulated world must not do; a context of our own keeps it in place.
/// </summary>
internal static class TaskEnd
{
    /// <param name="task">The task.</param>
    /// <param name="runner">Guards the action where the task has not ended yet: nobody else would see it fail.</param>
    /// <param name="activity">What the action is, for the runner.</param>
    /// <param name="action">Called once, at once if the task has ended.</param>
    public static void Then(Task task, BackgroundRunner? runner, string activity, Action action)
    {
        if (task.IsCompleted)
        {
            action();
            return;
        }

        Action guarded = runner is null ? action : () => runner.Run(activity, action);
        SynchronizationContext? outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(InPlaceContext.Instance);
        try
        {
            task.GetAwaiter().UnsafeOnCompleted(guarded);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    private sealed class InPlaceContext : SynchronizationContext
    {
        public static readonly InPlaceContext Instance = new();

        public override void Post(SendOrPostCallback d, object? state) => d(state);

        public override SynchronizationContext CreateCopy() => this;
    }
}
