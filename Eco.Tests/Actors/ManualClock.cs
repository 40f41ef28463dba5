namespace Eco.Tests.Actors;

/// <summary>A clock that moves when the test moves it; timers fire on the test's thread, in order of their times.</summary>
internal sealed class ManualClock : TimeProvider
{
    private readonly List<ManualTimer> _timers = [];
    private long _nowTicks = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;
    private long _order;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public int ActiveTimers => _timers.Count(t => t.DueTicks is not null);

    public override DateTimeOffset GetUtcNow() => new(_nowTicks, TimeSpan.Zero);

    public override long GetTimestamp() => _nowTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        _timers.Add(timer);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves on; <paramref name="afterEach"/> runs after each timer, so that actors react at the right time.</summary>
    public void Advance(TimeSpan time, Action? afterEach = null)
    {
        long end = _nowTicks + time.Ticks;
        while (_timers.Where(t => t.DueTicks <= end).MinBy(t => (t.DueTicks, t.Order)) is { } next)
        {
            _nowTicks = Math.Max(_nowTicks, next.DueTicks!.Value);
            next.Fire();
            afterEach?.Invoke();
        }

        _nowTicks = end;
        afterEach?.Invoke();
    }

    private sealed class ManualTimer(ManualClock clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;

        public long? DueTicks { get; private set; }

        public long Order { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _period = period;
            DueTicks = dueTime == Timeout.InfiniteTimeSpan ? null : clock._nowTicks + dueTime.Ticks;
            Order = clock._order++;
            return true;
        }

        public void Fire()
        {
            DueTicks = _period > TimeSpan.Zero ? DueTicks + _period.Ticks : null;
            callback(state);
        }

        public void Dispose()
        {
            DueTicks = null;
            clock._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
