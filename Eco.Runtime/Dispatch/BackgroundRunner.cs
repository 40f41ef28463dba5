using Microsoft.Extensions.Logging;

namespace Eco.Runtime.Dispatch;

/// <summary>
/// The one place where loops, timer callbacks and continuations run outside an actor's message handler. Whatever they throw is logged,
/// counted and escalated; nothing fails in silence.
/// </summary>
public sealed partial class BackgroundRunner
{
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private Action<BackgroundFailure>[] _escalations = [];
    private long _failures;

    /// <summary>Makes a runner that logs with the given factory.</summary>
    public BackgroundRunner(ILoggerFactory loggerFactory)
    {
        ArgumentNullException.ThrowIfNull(loggerFactory);
        _logger = loggerFactory.CreateLogger<BackgroundRunner>();
    }

    /// <summary>How many activities have failed so far.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>Adds somebody who is told of every failure, such as an actor system or a process supervisor.</summary>
    public void EscalateTo(Action<BackgroundFailure> supervisor)
    {
        ArgumentNullException.ThrowIfNull(supervisor);
        lock (_gate)
        {
            _escalations = [.. _escalations, supervisor];
        }
    }

    /// <summary>Runs an action here and now; a failure is reported, not thrown.</summary>
    /// <returns>Whether it succeeded.</returns>
    public bool Run(string activity, Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        try
        {
            action();
            return true;
        }
        catch (Exception cause)
        {
            Report(activity, cause);
            return false;
        }
    }

    /// <summary>As <see cref="Run(string, Action)"/>, without a closure.</summary>
    public bool Run<TState>(string activity, Action<TState> action, TState state)
    {
        ArgumentNullException.ThrowIfNull(action);
        try
        {
            action(state);
            return true;
        }
        catch (Exception cause)
        {
            Report(activity, cause);
            return false;
        }
    }

    /// <summary>Queues an action on a dispatcher; a failure is reported.</summary>
    public void Queue(string activity, IDispatcher dispatcher, Action action)
    {
        ArgumentNullException.ThrowIfNull(dispatcher);
        ArgumentNullException.ThrowIfNull(action);
        dispatcher.Execute(new GuardedWork(this, activity, action));
    }

    /// <summary>Starts a loop of a real adapter on the thread pool. The task ends when the loop does, and never faults.</summary>
    /// <param name="activity">What it does, for the log.</param>
    /// <param name="loop">The loop; its end by cancellation of <paramref name="cancellationToken"/> is no failure.</param>
    /// <param name="cancellationToken">Ends the loop.</param>
    public Task RunLoop(string activity, Func<CancellationToken, Task> loop, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(loop);
        return Task.Factory.StartNew(
            () => GuardLoop(activity, loop, cancellationToken),
            CancellationToken.None,
            TaskCreationOptions.DenyChildAttach,
            TaskScheduler.Default).Unwrap();
    }

    /// <summary>Watches over a task that nobody awaits. The returned task ends with it, and never faults.</summary>
    public async Task Observe(string activity, Task task)
    {
        ArgumentNullException.ThrowIfNull(task);
        try
        {
            await task.ConfigureAwait(false);
        }
        catch (Exception cause)
        {
            Report(activity, cause);
        }
    }

    /// <summary>Makes a timer whose callback is guarded.</summary>
    public ITimer CreateTimer(string activity, TimeProvider timeProvider, Action callback, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(timeProvider);
        ArgumentNullException.ThrowIfNull(callback);
        return timeProvider.CreateTimer(
            static state =>
            {
                var work = (GuardedWork)state!;
                work.Execute();
            },
            new GuardedWork(this, activity, callback),
            dueTime,
            period);
    }

    /// <summary>Logs, counts and escalates a failure that the caller has caught.</summary>
    public void Report(string activity, Exception cause)
    {
        ArgumentNullException.ThrowIfNull(cause);
        Interlocked.Increment(ref _failures);
        LogFailure(cause, activity);
        var failure = new BackgroundFailure(activity, cause);
        foreach (Action<BackgroundFailure> escalate in Volatile.Read(ref _escalations))
        {
            try
            {
                escalate(failure);
            }
            catch (Exception second)
            {
                // Reporting it again could go on for ever; the log and the count are what is left.
                Interlocked.Increment(ref _failures);
                LogEscalationFailure(second, activity);
            }
        }
    }

    private async Task GuardLoop(string activity, Func<CancellationToken, Task> loop, CancellationToken cancellationToken)
    {
        try
        {
            await loop(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            LogLoopEnded(activity);
        }
        catch (Exception cause)
        {
            Report(activity, cause);
        }
    }

    private sealed class GuardedWork(BackgroundRunner runner, string activity, Action action) : IThreadPoolWorkItem
    {
        public void Execute() => runner.Run(activity, action);
    }
}
