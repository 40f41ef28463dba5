namespace Eco.Runtime.Actors;

/// <summary>
/// Messages to oneself after a time, on the system's clock. A key names a timer; starting it again replaces it, and a message of a timer
/// that was cancelled or replaced is never delivered, even if it waits in the mailbox already.
/// </summary>
public interface ITimerScheduler
{
    /// <summary>Sends a message once.</summary>
    void StartSingleTimer(object key, object message, TimeSpan timeout);

    /// <summary>Sends a message every interval, first after one interval. While one tick waits in the mailbox no other is added.</summary>
    void StartPeriodicTimer(object key, object message, TimeSpan interval);

    /// <summary>Sends a message every interval, first after an initial delay.</summary>
    void StartPeriodicTimer(object key, object message, TimeSpan initialDelay, TimeSpan interval);

    /// <summary>Whether a timer is started and has not ended.</summary>
    bool IsTimerActive(object key);

    /// <summary>Ends a timer; nothing happens if there is none.</summary>
    void Cancel(object key);

    /// <summary>Ends all timers.</summary>
    void CancelAll();
}
