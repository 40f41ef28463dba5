namespace Eco.Runtime.Actors;

/// <summary>Decides on the child that failed alone; its siblings go on.</summary>
public sealed class OneForOneStrategy : SupervisorStrategy
{
    private readonly Func<Exception, Directive> _decider;
    private readonly int? _maxNrOfRetries;
    private readonly TimeSpan? _withinTimeRange;

    /// <summary>Without a limit.</summary>
    /// <param name="localOnlyDecider">Maps a cause to a directive.</param>
    public OneForOneStrategy(Func<Exception, Directive> localOnlyDecider)
        : this(null, null, localOnlyDecider)
    {
    }

    /// <summary>With limits; a child past them is stopped.</summary>
    /// <param name="maxNrOfRetries">Restarts that are allowed in the time range; null or negative for no limit, 0 for none.</param>
    /// <param name="withinTimeRange">The window in which restarts are counted; null for the child's whole life.</param>
    /// <param name="localOnlyDecider">Maps a cause to a directive.</param>
    public OneForOneStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, Func<Exception, Directive> localOnlyDecider)
    {
        ArgumentNullException.ThrowIfNull(localOnlyDecider);
        _decider = localOnlyDecider;
        _maxNrOfRetries = maxNrOfRetries is < 0 ? null : maxNrOfRetries;
        _withinTimeRange = withinTimeRange is { } range && (range <= TimeSpan.Zero || range == Timeout.InfiniteTimeSpan) ? null : withinTimeRange;
    }

    /// <summary>
    /// Waits before each restart; the child stays suspended and keeps its mailbox. The count starts again when the child was quiet for longer
    /// than its longest wait. Null restarts at once.
    /// </summary>
    public ExponentialBackoff? RestartBackoff { get; init; }

    /// <inheritdoc/>
    protected internal override Directive Decide(Exception cause) => _decider(cause);

    internal override bool TryRestart(ChildStatistics child, ActorSystem system, out TimeSpan delay)
    {
        delay = TimeSpan.Zero;
        if (!child.RequestRestart(_maxNrOfRetries, _withinTimeRange, system.TimeProvider))
        {
            return false;
        }

        if (RestartBackoff is { } backoff)
        {
            long now = system.TimeProvider.GetTimestamp();
            if (child.ConsecutiveRestarts > 0 && system.TimeProvider.GetElapsedTime(child.LastRestartTimestamp, now) > backoff.Max * 2)
            {
                child.ConsecutiveRestarts = 0;
            }

            delay = backoff.Delay(child.ConsecutiveRestarts++, child.RandomOf(system));
            child.LastRestartTimestamp = now;
        }

        return true;
    }
}
