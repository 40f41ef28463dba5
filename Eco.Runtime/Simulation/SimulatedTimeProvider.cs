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

    internal SimulatedTimeProvider(SimulationScheduler scheduler, HostScope scope)
    {
        _scheduler = scheduler;
        _scope = scope;
    }

    /// <summary>How far the host's date is from the true one; may be set at any time, and then the date jumps.</summary>
    public TimeSpan Skew { get; set; }

    /// <summary>How much faster (or, below zero, slower) the host's date runs, in parts per million.</summary>
    public long DriftPartsPerMillion { get; set; }

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        long elapsed = _scheduler.Clock.ElapsedTicks;
        long drift = (long)((Int128)elapsed * DriftPartsPerMillion / PartsPerMillion);
        return VirtualClock.Start.AddTicks(elapsed + drift) + Skew;
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
