using Eco.Runtime.Dispatch;

namespace Eco.Runtime.Actors;

/// <summary>All running timers of one system, so that they end with it. A callback never comes early by the monotonic clock.</summary>
internal sealed class TimerRegistry(TimeProvider timeProvider, BackgroundRunner runner)
{
    private readonly TimeProvider _clock = timeProvider;
    private readonly BackgroundRunner _runner = runner;
    private readonly Lock _gate = new();
    private readonly HashSet<RegisteredTimer> _running = [];
    private bool _closed;

    public IDisposable StartOnce(string activity, TimeSpan delay, Action callback) => Start(activity, delay, null, callback);

    public IDisposable StartPeriodic(string activity, TimeSpan delay, TimeSpan interval, Action callback) =>
        Start(activity, delay, interval, callback);

    /// <summary>Ends all timers; later ones never fire.</summary>
    public void Close()
    {
        RegisteredTimer[] timers;
        lock (_gate)
        {
            _closed = true;
            timers = [.. _running];
            _running.Clear();
        }

        foreach (RegisteredTimer timer in timers)
        {
            timer.Dispose();
        }
    }

    private RegisteredTimer Start(string activity, TimeSpan delay, TimeSpan? interval, Action callback)
    {
        var timer = new RegisteredTimer(this, activity, interval, callback);
        lock (_gate)
        {
            if (_closed)
            {
                timer.Dispose();
                return timer;
            }

            _running.Add(timer);
        }

        timer.Arm(delay);
        return timer;
    }

    private void Forget(RegisteredTimer timer)
    {
        lock (_gate)
        {
            _running.Remove(timer);
        }
    }

    private sealed class RegisteredTimer : IDisposable
    {
        /// <summary>The longest wait that every clock takes; what is left of a longer one is waited for again.</summary>
        private static readonly TimeSpan LongestWait = TimeSpan.FromDays(20);

        private readonly TimerRegistry _registry;
        private readonly string _activity;
        private readonly TimeSpan? _interval;
        private readonly Action _callback;
        private readonly Lock _gate = new();
        private ITimer? _timer;
        private long _startedAt;

        /// <summary>When it is due, counted from its start, so that a late tick does not delay the next ones.</summary>
        private TimeSpan _due;
        private bool _disposed;

        public RegisteredTimer(TimerRegistry registry, string activity, TimeSpan? interval, Action callback)
        {
            _registry = registry;
            _activity = activity;
            _interval = interval;
            _callback = callback;
        }

        private TimeProvider Clock => _registry._clock;

        public void Arm(TimeSpan delay)
        {
            lock (_gate)
            {
                if (!_disposed)
                {
                    _due = delay;
                    _startedAt = Clock.GetTimestamp();
                    _timer = Clock.CreateTimer(static state => ((RegisteredTimer)state!).OnClock(), this, Wait(delay), Timeout.InfiniteTimeSpan);
                }
            }
        }

        public void Dispose()
        {
            lock (_gate)
            {
                if (_disposed)
                {
                    return;
                }

                _disposed = true;
                _timer?.Dispose();
            }

            _registry.Forget(this);
        }

        private static TimeSpan Wait(TimeSpan time) => time < LongestWait ? time : LongestWait;

        private void OnClock()
        {
            if (IsDue())
            {
                _registry._runner.Run(_activity, _callback);
            }
        }

        /// <summary>Whether to call back now; arms the clock again for what is left, or for the next tick.</summary>
        private bool IsDue()
        {
            lock (_gate)
            {
                if (_disposed)
                {
                    return false;
                }

                TimeSpan elapsed = Clock.GetElapsedTime(_startedAt);
                if (elapsed < _due)
                {
                    // Clocks cut a wait to whole milliseconds; rounding up keeps the rest from being cut again.
                    _timer!.Change(Wait(TimeSpan.FromMilliseconds(Math.Ceiling((_due - elapsed).TotalMilliseconds))), Timeout.InfiniteTimeSpan);
                    return false;
                }

                if (_interval is { } interval)
                {
                    _due = _due + interval > elapsed ? _due + interval : elapsed + interval;
                    _timer!.Change(Wait(_due - elapsed), Timeout.InfiniteTimeSpan);
                    return true;
                }
            }

            Dispose();
            return true;
        }
    }
}
