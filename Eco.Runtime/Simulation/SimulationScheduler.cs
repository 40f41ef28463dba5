using Eco.Runtime.Actors;
using Eco.Runtime.Dispatch;

namespace Eco.Runtime.Simulation;

/// <summary>
/// Runs one thing at a time: of all that can run at the present virtual instant the seed picks one; when nothing can, time moves to
/// the next event.
/// </summary>
internal sealed class SimulationScheduler(IRandomSource random, SimulationOptions options)
{
    private readonly Random _pick = random.Stream("schedule");
    private readonly EventQueue _events = new();
    private Runnable[] _runnable = new Runnable[64];
    private int _runnableCount;
    private int _stepsAtThisInstant;
    private int _threadId;
    private BackgroundFailure? _failure;

    public VirtualClock Clock { get; } = new();

    public TraceRecorder Trace { get; } = new(options.TraceTailLength);

    /// <summary>The scope of the world: network, broker, fault scripts.</summary>
    public HostScope World { get; } = new(0, "world");

    public long Steps { get; private set; }

    /// <summary>Messages and answers of ports that actors have handled.</summary>
    public long EventsHandled { get; private set; }

    public ISimulationObserver? Observer { get; set; }

    public int PendingEvents => _events.Count;

    public bool IsIdle => _runnableCount == 0 && _events.Count == 0;

    /// <summary>The due time of the next thing to happen, or null.</summary>
    public long? NextDue => _runnableCount > 0 ? Clock.ElapsedTicks : _events.Peek?.Due;

    public void Execute(HostScope scope, IThreadPoolWorkItem work)
    {
        ArgumentNullException.ThrowIfNull(work);
        RefuseOtherThreads();
        if (!scope.IsAlive)
        {
            return;
        }

        if (scope.Host is { StepTime.Ticks: > 0 } slow && scope.Held is null)
        {
            scope.BusyUntil = Math.Max(scope.BusyUntil, Clock.ElapsedTicks) + slow.StepTime.Ticks;
            Plan(new DelayedWork(scope, work), scope.BusyUntil);
        }
        else
        {
            AddRunnable(scope, work);
        }
    }

    /// <summary>Plans an action. A scope that has ended gets nothing planned.</summary>
    public SimulationEvent At(long dueTicks, HostScope scope, string what, Action action)
    {
        var item = new ActionEvent(scope, what, action);
        Plan(item, dueTicks);
        return item;
    }

    /// <summary>Plans an event that is not planned now.</summary>
    public void Plan(SimulationEvent item, long dueTicks)
    {
        RefuseOtherThreads();
        item.Due = Math.Max(dueTicks, Clock.ElapsedTicks);
        if (item.Scope.IsAlive)
        {
            _events.Add(item);
        }
    }

    public void PlanAfter(SimulationEvent item, TimeSpan delay) => Plan(item, SaturatedAdd(Clock.ElapsedTicks, delay.Ticks));

    /// <summary>Stops a host's work as SIGSTOP would: what becomes due waits.</summary>
    public void Pause(HostScope scope)
    {
        scope.Held ??= [];
        TakeRunnables(scope, scope.Held);
    }

    /// <summary>Lets a stopped host go on: all that has waited comes at once, in its order.</summary>
    public void Resume(HostScope scope)
    {
        List<object> held = scope.Held ?? [];
        scope.Held = null;
        long due = Clock.ElapsedTicks;
        foreach (object work in held)
        {
            Plan(new DelayedWork(scope, work), due++);
        }
    }

    public SimulationEvent After(TimeSpan delay, HostScope scope, string what, Action action) =>
        At(SaturatedAdd(Clock.ElapsedTicks, delay.Ticks), scope, what, action);

    public void Cancel(SimulationEvent item)
    {
        item.IsCancelled = true;
        _events.Remove(item);
    }

    public void EndScope(HostScope scope)
    {
        scope.End();
        scope.Held = null;
        _events.RemoveScope(scope);
        TakeRunnables(scope, taken: null);
    }

    /// <summary>Does the next thing that is due by a time.</summary>
    /// <returns>False when nothing is; the clock then stands at that time.</returns>
    public bool RunOne(long untilTicks)
    {
        while (true)
        {
            MoveDueEvents();
            if (_runnableCount == 0)
            {
                if (_events.Peek is not { } next || next.Due > untilTicks)
                {
                    return false;
                }

                Clock.AdvanceTo(next.Due);
                _stepsAtThisInstant = 0;
                continue;
            }

            int index = _runnableCount == 1 ? 0 : _pick.Next(_runnableCount);
            Runnable chosen = _runnable[index];
            _runnable[index] = _runnable[--_runnableCount];
            _runnable[_runnableCount] = default;
            if (chosen.Work is SimulationEvent { IsCancelled: true })
            {
                continue;
            }

            Step(chosen);
            return true;
        }
    }

    /// <summary>Ends the run after this step.</summary>
    public void Fail(BackgroundFailure failure) => _failure ??= failure;

    public void EnterThread() => _threadId = Environment.CurrentManagedThreadId;

    public void LeaveThread() => _threadId = 0;

    private static long SaturatedAdd(long ticks, long delay) => delay > long.MaxValue - ticks ? long.MaxValue : ticks + delay;

    private void Step(Runnable chosen)
    {
        Steps++;
        if (++_stepsAtThisInstant > options.MaximumStepsAtOneInstant)
        {
            throw new InvalidOperationException(
                $"more than {options.MaximumStepsAtOneInstant} steps at one instant: actors send to each other for ever without a delay");
        }

        Trace.Fold((ulong)_runnableCount);
        if (chosen.Work is SimulationEvent item)
        {
            Trace.Step(Clock.ElapsedTicks, chosen.Scope, item.What);
            item.Run();
        }
        else
        {
            Trace.Step(Clock.ElapsedTicks, chosen.Scope, chosen.Work);
            Execute(chosen);
        }

        if (_failure is { } failure)
        {
            _failure = null;
            throw new InvalidOperationException($"{failure.Activity} failed: {failure.Cause.Message}", failure.Cause);
        }
    }

    private void Execute(Runnable chosen)
    {
        if (chosen.Work is not ActorCell cell)
        {
            ((IThreadPoolWorkItem)chosen.Work).Execute();
            return;
        }

        long before = cell.HandledWithAnswers;
        ((IThreadPoolWorkItem)cell).Execute();
        if (cell.HandledWithAnswers > before)
        {
            EventsHandled += cell.HandledWithAnswers - before;
            Observer?.Handled(chosen.Scope.Host!, cell);
        }
    }

    private void MoveDueEvents()
    {
        while (_events.Peek is { } next && next.Due <= Clock.ElapsedTicks)
        {
            _events.Pop();
            AddRunnable(next.Scope, next is DelayedWork delayed ? delayed.Work : next);
        }
    }

    private void TakeRunnables(HostScope scope, List<object>? taken)
    {
        int kept = 0;
        for (int i = 0; i < _runnableCount; i++)
        {
            if (_runnable[i].Scope == scope)
            {
                taken?.Add(_runnable[i].Work);
            }
            else
            {
                _runnable[kept++] = _runnable[i];
            }
        }

        Array.Clear(_runnable, kept, _runnableCount - kept);
        _runnableCount = kept;
    }

    private void AddRunnable(HostScope scope, object work)
    {
        if (scope.Held is { } held)
        {
            held.Add(work);
            return;
        }

        if (_runnableCount == _runnable.Length)
        {
            Array.Resize(ref _runnable, _runnableCount * 2);
        }

        _runnable[_runnableCount++] = new Runnable(scope, work);
    }

    private void RefuseOtherThreads()
    {
        if (_threadId != 0 && _threadId != Environment.CurrentManagedThreadId)
        {
            throw new InvalidOperationException(
                "the simulated world was entered from a second thread: something in it started a task or awaited outside its actor");
        }
    }

    private readonly record struct Runnable(HostScope Scope, object Work);
}
