namespace Eco.Runtime.Simulation;

/// <summary>A timer on virtual time; it dies with its host.</summary>
internal sealed class SimulatedTimer(SimulationScheduler scheduler, HostScope scope, TimerCallback callback, object? state) : ITimer
{
    private SimulationEvent? _pending;
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
            _pending = scheduler.After(dueTime, scope, "timer", Fire);
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
        _pending = _period > TimeSpan.Zero ? scheduler.After(_period, scope, "timer", Fire) : null;
        callback(state);
    }

    private void CancelPending()
    {
        if (_pending is { } pending)
        {
            scheduler.Cancel(pending);
            _pending = null;
        }
    }
}
