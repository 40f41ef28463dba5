namespace Eco.Runtime.Simulation;

/// <summary>
/// What the simulated broker does to those who rely on more than it promises. All of it has been seen at, or follows from the
/// documentation of, quorum queues; a run with none of it is a run on a broker that is too good.
/// </summary>
public sealed record SimulatedBrokerFaults
{
    /// <summary>None.</summary>
    public static SimulatedBrokerFaults None { get; } = new();

    /// <summary>The probability that a frame is stored and its confirmation lost: the outcome is Unknown.</summary>
    public double ConfirmLoss { get; init; }

    /// <summary>The probability that a frame reaches the broker and is lost before it is confirmed: the outcome is Unknown.</summary>
    public double PublishLoss { get; init; }

    /// <summary>The probability that a frame is stored twice.</summary>
    public double Duplication { get; init; }

    /// <summary>
    /// The probability, per delivery, that the broker closes the subscription just then. All that it has not acknowledged goes to the next
    /// one, while the old one learns of it up to <see cref="NoticeAtMost"/> later: two are active.
    /// </summary>
    public double SubscriptionLoss { get; init; }

    /// <summary>How long a client may take to see that the broker has closed a subscription.</summary>
    public TimeSpan NoticeAtMost { get; init; } = TimeSpan.FromSeconds(75);

    /// <summary>The soonest that either end sees that the other is cut off, or paused.</summary>
    public TimeSpan DetectionAtLeast { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The latest.</summary>
    public TimeSpan DetectionAtMost { get; init; } = TimeSpan.FromSeconds(75);

    /// <summary>The probability that a crash closes no connection (power, not a process): the broker sees it after the detection time.</summary>
    public double SilentCrash { get; init; }

    /// <summary>A control frame that comes back more often than this is dropped and counted, as by quorum queues; null for no limit.</summary>
    public int? DeliveryLimit { get; init; }

    /// <summary>Whether a frame to an address that nobody has ever declared is confirmed, and dropped.</summary>
    public bool ConfirmsUnroutable { get; init; }

    /// <summary>The probability, per control frame, that an alarm begins: sends are Blocked for a while.</summary>
    public double Alarm { get; init; }

    /// <summary>How long an alarm lasts at most.</summary>
    public TimeSpan AlarmAtMost { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Up to so long a client takes between two frames that it hands to its actor. What it has prefetched it hands out also when the
    /// connection is lost; the subscription's end may be told before the last of it.
    /// </summary>
    public TimeSpan HandOverPause { get; init; }
}
