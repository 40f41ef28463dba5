namespace Eco.Runtime.Actors;

/// <summary>How an actor answers the failures of its children: <see cref="OneForOneStrategy"/> or <see cref="AllForOneStrategy"/>.</summary>
public abstract class SupervisorStrategy
{
    private readonly Func<Exception, Directive> _decider;
    private readonly int? _maxNrOfRetries;
    private readonly TimeSpan? _withinTimeRange;

    private protected SupervisorStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, Func<Exception, Directive> decider)
    {
        ArgumentNullException.ThrowIfNull(decider);
        _decider = decider;
        _maxNrOfRetries = maxNrOfRetries is < 0 ? null : maxNrOfRetries;
        _withinTimeRange = withinTimeRange is { } range && (range <= TimeSpan.Zero || range == Timeout.InfiniteTimeSpan) ? null : withinTimeRange;
    }

    /// <summary>
    /// Stops a child that could not be created, was killed or broke a death pact, and restarts it, without limit, for anything else.
    /// </summary>
    public static SupervisorStrategy DefaultStrategy { get; } = new OneForOneStrategy(DefaultDecider);

    /// <summary>Stops a child whatever happened.</summary>
    public static SupervisorStrategy StoppingStrategy { get; } = new OneForOneStrategy(static _ => Directive.Stop);

    /// <summary>Whether each decision is logged.</summary>
    public bool IsLoggingEnabled { get; init; } = true;

    /// <summary>
    /// Waits before each restart; who is to be restarted stays suspended and keeps its mailbox. The count starts again when the child was
    /// quiet for longer than its longest wait. Null restarts at once.
    /// </summary>
    public ExponentialBackoff? RestartBackoff { get; init; }

    /// <summary>Whether a restart or stop concerns the siblings of the child that failed, too.</summary>
    internal abstract bool ConcernsAllChildren { get; }

    /// <summary>The decider of <see cref="DefaultStrategy"/>.</summary>
    public static Directive DefaultDecider(Exception cause) => cause switch
    {
        ActorInitializationException or ActorKilledException or DeathPactException => Directive.Stop,
        _ => Directive.Restart,
    };

    /// <summary>What to do about a cause, before any limit.</summary>
    protected internal Directive Decide(Exception cause) => _decider(cause);

    /// <summary>Counts a restart of these children if the limits of each allow it.</summary>
    /// <param name="failed">The child that failed.</param>
    /// <param name="concerned">All that would be restarted.</param>
    /// <param name="system">Whose clock and chance count.</param>
    /// <param name="delay">How long to wait first.</param>
    internal bool TryRestart(ActorCell failed, IReadOnlyList<ActorCell> concerned, ActorSystem system, out TimeSpan delay)
    {
        delay = TimeSpan.Zero;
        foreach (ActorCell child in concerned)
        {
            if (!StatisticsOf(child).RequestRestart(_maxNrOfRetries, _withinTimeRange, system.TimeProvider))
            {
                return false;
            }
        }

        if (RestartBackoff is { } backoff)
        {
            delay = StatisticsOf(failed).NextDelay(backoff, system);
        }

        return true;
    }

    private static ChildStatistics StatisticsOf(ActorCell child) => child.Statistics ??= new ChildStatistics(child);
}
