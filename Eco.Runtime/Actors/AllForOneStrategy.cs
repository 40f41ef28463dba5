namespace Eco.Runtime.Actors;

/// <summary>
/// Restarts or stops all children when one of them fails: for children that depend on each other so much that none can go on without
/// the others. Resume concerns only the child that failed.
/// </summary>
public sealed class AllForOneStrategy : SupervisorStrategy
{
    /// <summary>Without a limit.</summary>
    /// <param name="localOnlyDecider">Maps a cause to a directive.</param>
    public AllForOneStrategy(Func<Exception, Directive> localOnlyDecider)
        : this(null, null, localOnlyDecider)
    {
    }

    /// <summary>With limits, which hold for each child; when one is past them all are stopped.</summary>
    /// <param name="maxNrOfRetries">Restarts that are allowed in the time range; null or negative for no limit, 0 for none.</param>
    /// <param name="withinTimeRange">The window in which restarts are counted; null for a child's whole life.</param>
    /// <param name="localOnlyDecider">Maps a cause to a directive.</param>
    public AllForOneStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, Func<Exception, Directive> localOnlyDecider)
        : base(maxNrOfRetries, withinTimeRange, localOnlyDecider)
    {
    }

    internal override bool ConcernsAllChildren => true;
}
