namespace Eco.Runtime.Actors;

/// <summary>Waiting for an actor's end, from outside of actors.</summary>
public static class GracefulStopExtensions
{
    /// <summary>Sends an actor what makes it stop and waits until it has, with its PostStop done.</summary>
    /// <param name="target">Who is to stop.</param>
    /// <param name="timeout">On the clock of the actor's system; the task then fails with <see cref="TimeoutException"/>.</param>
    /// <param name="stopMessage">Null for <see cref="PoisonPill"/>.</param>
    public static Task GracefulStop(this IActorRef target, TimeSpan timeout, object? stopMessage = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        Task stopped = TerminationPromise.Of(target, stopMessage ?? PoisonPill.Instance);
        return stopped.WaitAsync(timeout, ((IInternalActorRef)target).System.TimeProvider);
    }
}
