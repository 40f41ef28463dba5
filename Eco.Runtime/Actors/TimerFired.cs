namespace Eco.Runtime.Actors;

/// <summary>A timer is due. Delivered as its own message, unless the timer has been cancelled or replaced.</summary>
internal sealed record TimerFired(TimerScheduler.Entry Entry) : AutoReceivedMessage;
