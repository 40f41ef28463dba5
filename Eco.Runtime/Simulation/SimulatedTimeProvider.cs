namespace Eco.Runtime.Simulation;

/// <summary>
/// Virtual time as one host sees it: its date is skewed and drifts, its timestamps and timers are monotonic and true, because
/// time-outs use monotonic time only.
/// </summary>
public sealed class SimulatedTimeProvider : TimeProvider
{
    private const long PartsPerMillion = 1_000_000;
    private readonly SimulationScheduler _scheduler;
    private readonly HostScope _scope;
    private readonly HostClock _clock;

    internal SimulatedTimeProvider(SimulationScheduler scheduler, HostScope scope, HostClock clock)
    {
        _scheduler = scheduler;
        _scope = scope;
        _clock = clock;
    }

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        long elapsed = _scheduler.Clock.ElapsedTicks;
        long drift = (long)((Int128)elapsed * _clock.DriftPartsPerMillion / PartsPerMillion);
        return VirtualClock.Start.AddTicks(elapsed + drift) + _clock.Skew;
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => _scheduler.Clock.ElapsedTicks;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new SimulatedTimer(_scheduler, _scope, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }
}
