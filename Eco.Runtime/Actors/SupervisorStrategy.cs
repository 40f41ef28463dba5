namespace Eco.Runtime.Actors;

/// <summary>How an actor answers the failures of its children.</summary>
public abstract class SupervisorStrategy
{
    /// <summary>
    /// Stops a child that could not be created, was killed or broke a death pact, and restarts it, without limit, for anything else.
    /// </summary>
    public static SupervisorStrategy DefaultStrategy { get; } = new OneForOneStrategy(DefaultDecider);

    /// <summary>Stops a child whatever happened.</summary>
    public static SupervisorStrategy StoppingStrategy { get; } = new OneForOneStrategy(static _ => Directive.Stop);

    /// <summary>Whether each decision is logged.</summary>
    public bool IsLoggingEnabled { get; init; } = true;

    /// <summary>The decider of <see cref="DefaultStrategy"/>.</summary>
    public static Directive DefaultDecider(Exception cause) => cause switch
    {
        ActorInitializationException or ActorKilledException or DeathPactException => Directive.Stop,
        _ => Directive.Restart,
    };

    /// <summary>What to do about a cause, before any limit.</summary>
    protected internal abstract Directive Decide(Exception cause);

    internal abstract bool TryRestart(ChildStatistics child, ActorSystem system, out TimeSpan delay);
}
