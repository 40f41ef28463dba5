namespace Eco.Runtime.Simulation;

/// <summary>A timer on virtual time; it dies with its host.</summary>
internal sealed class SimulatedTimer(SimulationScheduler scheduler, HostScope scope, TimerCallback callback, object? state) : ITimer
{
    private Firing? _firing;
    private bool _isPending;
    private TimeSpan _period;
    private bool _isDisposed;

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        RefuseNegative(dueTime, nameof(dueTime));
        RefuseNegative(period, nameof(period));
        if (_isDisposed)
        {
            return false;
        }

        CancelPending();
        _period = period;
        if (dueTime != Timeout.InfiniteTimeSpan)
        {
            Plan(dueTime);
        }

        return true;
    }

    public void Dispose()
    {
        _isDisposed = true;
        CancelPending();
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private static void RefuseNegative(TimeSpan value, string name)
    {
        if (value < TimeSpan.Zero && value != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(name, value, "a timer needs zero, a positive time, or Timeout.InfiniteTimeSpan");
        }
    }

    private void Fire()
    {
        // Planned again before the callback runs, so that the callback may change or dispose the timer. A zero period means once.
        _isPending = false;
        if (_period > TimeSpan.Zero)
        {
            Plan(_period);
        }

        callback(state);
    }

    private void Plan(TimeSpan delay)
    {
        _firing ??= new Firing(this, scope);
        _isPending = true;
        scheduler.PlanAfter(_firing, delay);
    }

    private void CancelPending()
    {
        if (!_isPending)
        {
            return;
        }

        _isPending = false;
        bool isWaiting = _firing!.HeapIndex >= 0;
        scheduler.Cancel(_firing);
        if (isWaiting)
        {
            _firing.IsCancelled = false;
        }
        else
        {
            _firing = null; // it is due and about to be skipped: the next one must not be taken for it
        }
    }

    private sealed class Firing(SimulatedTimer timer, HostScope scope) : SimulationEvent(scope, "timer")
    {
        public override void Run() => timer.Fire();
    }
}
