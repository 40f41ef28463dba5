namespace Eco.Runtime.Dispatch;

/// <summary>Runs mailboxes on the .NET thread pool.</summary>
/// <remarks>
/// Work goes to the current worker's own queue, which is cheap and keeps a conversation in one cache. That queue is last in, first out and
/// is served before the common one, so two actors that answer each other would keep everybody else out; therefore every 64th item, and
/// every slice that has used up its share, goes to the common queue.
/// </remarks>
public sealed class ThreadPoolDispatcher : IDispatcher
{
    private const uint CommonQueueMask = 63;

    [ThreadStatic]
    private static uint t_queued;

    /// <summary>The dispatcher; it has no state.</summary>
    public static ThreadPoolDispatcher Instance { get; } = new();

    private ThreadPoolDispatcher()
    {
    }

    /// <inheritdoc/>
    public void Execute(IThreadPoolWorkItem work) =>
        ThreadPool.UnsafeQueueUserWorkItem(work, preferLocal: (++t_queued & CommonQueueMask) != 0);

    /// <inheritdoc/>
    public void Yield(IThreadPoolWorkItem work) => ThreadPool.UnsafeQueueUserWorkItem(work, preferLocal: false);
}
