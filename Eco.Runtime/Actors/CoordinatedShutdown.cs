using System.Collections.Immutable;

namespace Eco.Runtime.Actors;

/// <summary>
/// Ends a system in order: tasks in named phases, each after those that it depends on. The tasks of a phase run together; the next phase
/// starts when all have ended or the phase's time is over. The last one terminates the actor system. It runs once.
/// </summary>
public sealed partial class CoordinatedShutdown
{
    /// <summary>The first phase: before anything is cut off.</summary>
    public const string PhaseBeforeServiceUnbind = "before-service-unbind";

    /// <summary>Stop accepting new connections.</summary>
    public const string PhaseServiceUnbind = "service-unbind";

    /// <summary>Wait for requests under way.</summary>
    public const string PhaseServiceRequestsDone = "service-requests-done";

    /// <summary>Stop services.</summary>
    public const string PhaseServiceStop = "service-stop";

    /// <summary>Before the host leaves those that it works with.</summary>
    public const string PhaseBeforeClusterShutdown = "before-cluster-shutdown";

    /// <summary>Hand over what others are to run.</summary>
    public const string PhaseClusterShardingShutdownRegion = "cluster-sharding-shutdown-region";

    /// <summary>Say good-bye.</summary>
    public const string PhaseClusterLeave = "cluster-leave";

    /// <summary>Wait until it is known.</summary>
    public const string PhaseClusterExiting = "cluster-exiting";

    /// <summary>It is known.</summary>
    public const string PhaseClusterExitingDone = "cluster-exiting-done";

    /// <summary>Stop what spoke with the others.</summary>
    public const string PhaseClusterShutdown = "cluster-shutdown";

    /// <summary>The last moment with actors.</summary>
    public const string PhaseBeforeActorSystemTerminate = "before-actor-system-terminate";

    /// <summary>The actor system ends.</summary>
    public const string PhaseActorSystemTerminate = "actor-system-terminate";

    private readonly ActorSystem _system;
    private readonly IReadOnlyDictionary<string, ShutdownPhase> _phases;
    private readonly ImmutableArray<string> _order;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<ShutdownTask>> _tasks = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Reason? _reason;

    internal CoordinatedShutdown(ActorSystem system, IReadOnlyDictionary<string, ShutdownPhase> phases)
    {
        _system = system;
        _phases = phases;
        _order = ShutdownPhases.InOrder(phases);
        _logger = system.LoggerFactory.CreateLogger(typeof(CoordinatedShutdown).FullName!);
        foreach (string phase in _order)
        {
            _tasks.Add(phase, []);
        }

        AddTask(PhaseActorSystemTerminate, "terminate-system", system.FinalTerminate);
    }

    /// <summary>The phases that a system has where its settings say nothing else: Akka's.</summary>
    public static IReadOnlyDictionary<string, ShutdownPhase> DefaultPhases => ShutdownPhases.Default;

    /// <summary>Why it runs; null before.</summary>
    public Reason? ShutdownReason
    {
        get
        {
            lock (_gate)
            {
                return _reason;
            }
        }
    }

    /// <summary>The time-outs of all phases together: how long it can take at most.</summary>
    public TimeSpan TotalTimeout => _order.Aggregate(TimeSpan.Zero, (sum, name) => sum + (_phases[name].Enabled ? _phases[name].Timeout : TimeSpan.Zero));

    /// <summary>Whether it ended at a phase that may not fail; the system then has to be terminated by other means.</summary>
    internal bool HasFailed => _completion.Task.IsFaulted;

    /// <summary>The shutdown of a system, always the same.</summary>
    public static CoordinatedShutdown Get(ActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        return system.CoordinatedShutdown;
    }

    /// <summary>How long a phase may take.</summary>
    /// <exception cref="ArgumentException">There is no such phase.</exception>
    public TimeSpan Timeout(string phase) => _phases[Known(phase)].Timeout;

    /// <summary>Adds a task. While the shutdown runs, only phases that have not started yet still take one.</summary>
    /// <param name="phase">When to run it.</param>
    /// <param name="taskName">What it is, for the log.</param>
    /// <param name="task">Starts it. In the simulated world it must not need another thread to end.</param>
    /// <exception cref="ArgumentException">There is no such phase.</exception>
    public void AddTask(string phase, string taskName, Func<Task> task)
    {
        ArgumentException.ThrowIfNullOrEmpty(taskName);
        ArgumentNullException.ThrowIfNull(task);
        Known(phase);
        lock (_gate)
        {
            if (_tasks.TryGetValue(phase, out List<ShutdownTask>? tasks))
            {
                tasks.Add(new ShutdownTask(taskName, task));
                return;
            }
        }

        LogTooLate(taskName, phase);
    }

    /// <summary>Adds a task that waits until an actor has stopped.</summary>
    /// <param name="phase">When.</param>
    /// <param name="taskName">What it is, for the log.</param>
    /// <param name="actor">Who is to stop.</param>
    /// <param name="stopMessage">What makes it stop; null if something else does.</param>
    public void AddActorTerminationTask(string phase, string taskName, IActorRef actor, object? stopMessage)
    {
        ArgumentNullException.ThrowIfNull(actor);
        AddTask(phase, taskName, () => TerminationPromise.Of(actor, stopMessage));
    }

    /// <summary>Starts it; later calls change nothing.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="fromPhase">Phases before this one are left out; null for all.</param>
    /// <returns>Completes after the last phase; fails when a phase that must not fail did. The same task at each call.</returns>
    public Task Run(Reason reason, string? fromPhase = null)
    {
        ArgumentNullException.ThrowIfNull(reason);
        int start = fromPhase is null ? 0 : _order.IndexOf(Known(fromPhase));
        lock (_gate)
        {
            if (_reason is not null)
            {
                return _completion.Task;
            }

            _reason = reason;
        }

        LogStart(_system.Name, reason);
        RunFrom(start);
        return _completion.Task;
    }

    private string Known(string phase) => phase is not null && _phases.ContainsKey(phase)
        ? phase
        : throw new ArgumentException($"'{phase}' is no phase of the shutdown; there are {string.Join(", ", _order)}", nameof(phase));

    private void RunFrom(int index)
    {
        for (; index < _order.Length; index++)
        {
            string name = _order[index];
            ShutdownPhase phase = _phases[name];
            List<ShutdownTask> tasks = Take(name);
            if (phase.Enabled && tasks.Count > 0)
            {
                LogPhase(name, tasks.Count);
                int next = index + 1;
                new PhaseRun(this, name, phase, cause => Ended(cause, next)).Start(tasks);
                return;
            }
        }

        _completion.TrySetResult();
    }

    /// <summary>The tasks of a phase, which takes no more.</summary>
    private List<ShutdownTask> Take(string phase)
    {
        lock (_gate)
        {
            return _tasks.Remove(phase, out List<ShutdownTask>? tasks) ? tasks : [];
        }
    }

    private void Ended(Exception? cause, int next)
    {
        if (cause is null)
        {
            RunFrom(next);
            return;
        }

        LogGivenUp(cause, _system.Name);
        _completion.TrySetException(cause);
    }

    /// <summary>Why a system is shut down. Derive a record for a reason of one's own.</summary>
    public abstract record Reason;

    /// <summary>Nobody said why.</summary>
    public sealed record UnknownReason : Reason
    {
        private UnknownReason()
        {
        }

        /// <summary>The only instance.</summary>
        public static UnknownReason Instance { get; } = new();
    }

    /// <summary><see cref="ActorSystem.Terminate"/> was called.</summary>
    public sealed record ActorSystemTerminateReason : Reason
    {
        private ActorSystemTerminateReason()
        {
        }

        /// <summary>The only instance.</summary>
        public static ActorSystemTerminateReason Instance { get; } = new();
    }

    /// <summary>The process ends.</summary>
    public sealed record ClrExitReason : Reason
    {
        private ClrExitReason()
        {
        }

        /// <summary>The only instance.</summary>
        public static ClrExitReason Instance { get; } = new();
    }

    private sealed record ShutdownTask(string Name, Func<Task> Start);

    /// <summary>One phase under way.</summary>
    private sealed class PhaseRun(CoordinatedShutdown owner, string name, ShutdownPhase phase, Action<Exception?> ended)
    {
        /// <summary>The tasks that have not ended, and one for starting them.</summary>
        private int _left;
        private int _isOver;
        private ITimer? _timer;

        public void Start(List<ShutdownTask> tasks)
        {
            _left = tasks.Count + 1;
            ActorSystem system = owner._system;
            _timer = system.TimeProvider.CreateTimer(
                _ => system.Runner.Run("the time-out of a phase of the shutdown", OnTimeout), null, phase.Timeout, global::System.Threading.Timeout.InfiniteTimeSpan);
            foreach (ShutdownTask task in tasks)
            {
                Task running;
                try
                {
                    running = task.Start();
                }
                catch (Exception cause)
                {
                    running = Task.FromException(cause);
                }

                TaskEnd.Then(running, system.Runner, "a task of the shutdown", () => OnEnded(task, running));
            }

            OneLess();
        }

        private void OnEnded(ShutdownTask task, Task running)
        {
            if (!running.IsCompletedSuccessfully)
            {
                Exception cause = running.Exception?.InnerException ?? new TaskCanceledException(running);
                owner.LogTaskFailed(cause, task.Name, name);
                if (!phase.Recover)
                {
                    Over(cause);
                }
            }

            OneLess();
        }

        private void OneLess()
        {
            if (Interlocked.Decrement(ref _left) == 0)
            {
                Over(null);
            }
        }

        private void OnTimeout()
        {
            if (Volatile.Read(ref _isOver) == 0)
            {
                owner.LogTimeout(name, phase.Timeout.TotalSeconds, phase.Recover);
                Over(phase.Recover ? null : new TimeoutException($"phase '{name}' of the shutdown did not end within {phase.Timeout}"));
            }
        }

        private void Over(Exception? cause)
        {
            if (Interlocked.Exchange(ref _isOver, 1) == 0)
            {
                _timer?.Dispose();
                ended(cause);
            }
        }
    }
}
