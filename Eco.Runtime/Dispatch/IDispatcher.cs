namespace Eco.Runtime.Dispatch;

/// <summary>Where mailboxes run. The real one is the thread pool; the simulated one is a single thread whose order a seed decides.</summary>
/// <remarks>A work item must not be lost: an implementation that cannot run it throws.</remarks>
public interface IDispatcher
{
    /// <summary>Queues one slice of work (a mailbox run, a port's completion). Never runs it before returning.</summary>
    /// <param name="work">The work; it may queue itself again while it runs.</param>
    void Execute(IThreadPoolWorkItem work);

    /// <summary>Queues the running slice again because it has used up its share; others that wait go first where the order is theirs to keep.</summary>
    /// <param name="work">The work that is running now.</param>
    void Yield(IThreadPoolWorkItem work) => Execute(work);
}
