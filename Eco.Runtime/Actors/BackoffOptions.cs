namespace Eco.Runtime.Actors;

/// <summary>What a <see cref="BackoffSupervisor"/> starts again, when, and after which wait.</summary>
/// <param name="ChildProps">The child.</param>
/// <param name="ChildName">Its name.</param>
/// <param name="Backoff">The waits.</param>
public sealed record BackoffOptions(Props ChildProps, string ChildName, ExponentialBackoff Backoff)
{
    /// <summary>The count of restarts starts again when the child has lived this long; null for the minimal wait; infinite for never.</summary>
    public TimeSpan? ResetAfter { get; init; }

    /// <summary>After so many restarts in a row the supervisor stops itself; null for no limit.</summary>
    public int? MaxRestarts { get; init; }

    /// <summary>What to do about a failure of the child: Restart and Stop both end it and start it again after the wait; Resume and Escalate are as usual.</summary>
    public Func<Exception, Directive> Decider { get; init; } = SupervisorStrategy.DefaultDecider;
}
