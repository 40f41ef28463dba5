namespace Eco.Runtime.Simulation;

/// <summary>How often the simulated broker has done what it must be survived.</summary>
public sealed record SimulatedBrokerCounters
{
    /// <summary>Frames that were stored without their sender hearing of it.</summary>
    public long ConfirmsLost { get; internal set; }

    /// <summary>Frames that were lost before they were confirmed.</summary>
    public long PublishesLost { get; internal set; }

    /// <summary>Frames that were stored twice.</summary>
    public long Duplicated { get; internal set; }

    /// <summary>Deliveries of a frame that was delivered before.</summary>
    public long Redelivered { get; internal set; }

    /// <summary>Those of them that went to another host.</summary>
    public long RedeliveredToAnotherHost { get; internal set; }

    /// <summary>How often a subscription became active while the one before it did not know yet that it had ended.</summary>
    public long DoublyActive { get; internal set; }

    /// <summary>Frames that a client handed out after their subscription had ended.</summary>
    public long HandedOutLate { get; internal set; }

    /// <summary>Acknowledgements that a dead connection swallowed.</summary>
    public long AcknowledgementsLost { get; internal set; }

    /// <summary>Connections of which one end was declared dead by the other.</summary>
    public long ConnectionsLost { get; internal set; }

    /// <summary>Subscriptions that the broker closed.</summary>
    public long SubscriptionsLost { get; internal set; }

    /// <summary>Control frames that were dropped at the delivery limit.</summary>
    public long DroppedAtLimit { get; internal set; }

    /// <summary>Frames to nobody that were confirmed.</summary>
    public long UnroutableConfirmed { get; internal set; }

    /// <summary>Alarms that began.</summary>
    public long Alarms { get; internal set; }

    /// <summary>Control frames that an alarm turned away.</summary>
    public long TurnedAway { get; internal set; }

    /// <summary>Telemetry frames that a cut connection did not take.</summary>
    public long TelemetryLost { get; internal set; }
}
