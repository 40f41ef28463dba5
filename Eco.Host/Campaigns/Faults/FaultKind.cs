namespace Eco.Host.Campaigns.Faults;

/// <summary>What a campaign does to a cluster. The number in each text is the row of the fault matrix that it belongs to.</summary>
internal enum FaultKind
{
    /// <summary>1, 16: an agent is killed and starts again after a while, perhaps in the middle of a round.</summary>
    AgentCrash,

    /// <summary>2: a server host is killed and starts again after a while.</summary>
    ServerCrash,

    /// <summary>1, 2: a host is killed at one of its commits or acknowledgements.</summary>
    CrashPoint,

    /// <summary>1: an agent loses its disk and is installed again.</summary>
    Reinstall,

    /// <summary>4: a host's disk is full for a while.</summary>
    DiskFull,

    /// <summary>5: a host's disk fails for a while; the host ends and starts again.</summary>
    DiskError,

    /// <summary>5, 24: a commit's outcome is lost; the host ends and starts again.</summary>
    LostOutcome,

    /// <summary>6: a host's date jumps.</summary>
    ClockJump,

    /// <summary>6: a host's date runs fast or slow.</summary>
    ClockDrift,

    /// <summary>7: a host is cut off from all others for a while.</summary>
    Cut,

    /// <summary>7: one direction of a link is cut for a while.</summary>
    CutOneWay,

    /// <summary>7: a link is cut and mended every two seconds.</summary>
    Flapping,

    /// <summary>7, 8: links of several hosts are stopped and restarted in random order.</summary>
    Swizzle,

    /// <summary>9: frames are lost.</summary>
    Loss,

    /// <summary>9: frames arrive twice.</summary>
    Duplication,

    /// <summary>9: frames overtake each other.</summary>
    Reordering,

    /// <summary>10: a host's link is slow.</summary>
    SlowLink,

    /// <summary>10: a host takes long for each step.</summary>
    SlowHost,

    /// <summary>21: a host is stopped for a while, and goes on without knowing.</summary>
    Pause,

    /// <summary>3, 18: the broker closes a host's connection, and gives what it had to the next consumer.</summary>
    Disconnect,

    /// <summary>3, 9, 18: for a while the broker loses frames and confirmations, repeats, and closes subscriptions.</summary>
    BadBroker,

    /// <summary>4, 10: for a while the broker takes no frames.</summary>
    Alarm,

    /// <summary>11: a message arrives that nobody can apply.</summary>
    Poison,

    /// <summary>12: bytes that are no frame, or one that is too large, arrive at a host's queue.</summary>
    Malformed,

    /// <summary>13: an ION that does not pass is submitted.</summary>
    BadIon,

    /// <summary>19: frames that were recorded before are sent again.</summary>
    Replay,
}
