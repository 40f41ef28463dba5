using Eco.Runtime.Dispatch;

namespace Eco.Runtime.Actors;

/// <summary>All running timers of one system, so that they end with it. A callback never comes early by the monotonic clock.</summary>
/// <remarks>Timers are many and short-lived: they are linked rather than kept in a table, and one gate serves them all.</remarks>
internal sealed class TimerRegistry(TimeProvider timeProvider, BackgroundRunner runner)
{
    private readonly TimeProvider _clock = timeProvider;
    private readonly BackgroundRunner _runner = runner;
    private readonly Lock _gate = new();
    private RegisteredTimer? _first;
    private bool _closed;

    public IDisposable StartOnce(string activity, TimeSpan delay, Action callback) => Start(activity, delay, null, callback);

    public IDisposable StartPeriodic(string activity, TimeSpan delay, TimeSpan interval, Action callback) =>
        Start(activity, delay, interval, callback);

    /// <summary>Ends all timers; later ones never fire.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            while (_first is { } timer)
            {
                timer.Dispose();
            }
        }
    }

    private RegisteredTimer Start(string activity, TimeSpan delay, TimeSpan? interval, Action callback)
    {
        var timer = new RegisteredTimer(this, activity, interval, callback);
        lock (_gate)
        {
            if (!_closed)
            {
                timer.Arm(delay);
            }
        }

        return timer;
    }

    private sealed class RegisteredTimer(TimerRegistry registry, string activity, TimeSpan? interval, Action callback) : IDisposable
    {
        /// <summary>The longest wait that every clock takes; what is left of a longer one is waited for again.</summary>
        private static readonly TimeSpan LongestWait = TimeSpan.FromDays(20);

        private RegisteredTimer? _previous;
        private RegisteredTimer? _next;
        private ITimer? _timer;
        private long _startedAt;

        /// <summary>When it is due, counted from its start, so that a late tick does not delay the next ones.</summary>
        private TimeSpan _due;
        private bool _running;

        private TimeProvider Clock => registry._clock;

        /// <summary>With the gate held.</summary>
        public void Arm(TimeSpan delay)
        {
            _running = true;
            _next = registry._first;
            if (_next is not null)
            {
                _next._previous = this;
            }

            registry._first = this;
            _due = delay;
            _startedAt = Clock.GetTimestamp();
            _timer = Clock.CreateTimer(static state => ((RegisteredTimer)state!).OnClock(), this, Wait(delay), Timeout.InfiniteTimeSpan);
        }

        public void Dispose()
        {
            lock (registry._gate)
            {
                if (_running)
                {
                    Forget();
                    _timer!.Dispose();
                }
            }
        }

        private static TimeSpan Wait(TimeSpan time) => time < LongestWait ? time : LongestWait;

        private void OnClock()
        {
            if (IsDue())
            {
                registry._runner.Run(activity, callback);
            }
        }

        /// <summary>Whether to call back now; arms the clock again for what is left, or for the next tick.</summary>
        private bool IsDue()
        {
            lock (registry._gate)
            {
                if (!_running)
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

                if (interval is { } every)
                {
                    _due = _due + every > elapsed ? _due + every : elapsed + every;
                    _timer!.Change(Wait(_due - elapsed), Timeout.InfiniteTimeSpan);
                    return true;
                }

                // A clock's timer that has fired once is the clock's no more, and needs no disposal.
                Forget();
                return true;
            }
        }

        private void Forget()
        {
            _running = false;
            if (_previous is null)
            {
                registry._first = _next;
            }
            else
            {
                _previous._next = _next;
            }

            if (_next is not null)
            {
                _next._previous = _previous;
            }
        }
    }
}
