namespace Eco.Runtime.Actors;

/// <summary>An actor that uses timers. The runtime sets the property after the constructor, before PreStart.</summary>
public interface IWithTimers
{
    /// <summary>The actor's timers; cancelled when it restarts or stops.</summary>
    ITimerScheduler Timers { get; set; }
}
