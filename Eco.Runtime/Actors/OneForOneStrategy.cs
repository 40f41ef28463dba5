namespace Eco.Runtime.Actors;

/// <summary>Decides on the child that failed alone; its siblings go on.</summary>
public sealed class OneForOneStrategy : SupervisorStrategy
{
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
        : base(maxNrOfRetries, withinTimeRange, localOnlyDecider)
    {
    }

    internal override bool ConcernsAllChildren => false;
}
