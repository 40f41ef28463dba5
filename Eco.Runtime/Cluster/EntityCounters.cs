namespace Eco.Runtime.Cluster;

/// <summary>What a host's message layer has counted since its start. Safe for use by many threads.</summary>
public sealed class EntityCounters
{
    private long _staleEpoch;
    private long _duplicateIgnored;
    private long _framesGivenUp;
    private long _staleDeliveries;
    private long _parked;
    private long _foreignFrames;

    /// <summary>Messages that were dropped because their sender's claim is older than one already seen.</summary>
    public long StaleEpoch => Interlocked.Read(ref _staleEpoch);

    /// <summary>Messages that were applied before and were only acknowledged again.</summary>
    public long DuplicateIgnored => Interlocked.Read(ref _duplicateIgnored);

    /// <summary>Frames that can never be applied.</summary>
    public long FramesGivenUp => Interlocked.Read(ref _framesGivenUp);

    /// <summary>Deliveries of a subscription that is over, dropped without an acknowledgement.</summary>
    public long StaleDeliveries => Interlocked.Read(ref _staleDeliveries);

    /// <summary>Frames that came for another incarnation of an agent and were not applied.</summary>
    public long ForeignFrames => Interlocked.Read(ref _foreignFrames);

    /// <summary>Messages that were parked.</summary>
    public long Parked => Interlocked.Read(ref _parked);

    internal void CountStaleEpoch() => Interlocked.Increment(ref _staleEpoch);

    internal void CountDuplicate() => Interlocked.Increment(ref _duplicateIgnored);

    internal long CountGivenUp() => Interlocked.Increment(ref _framesGivenUp);

    internal void CountStaleDelivery() => Interlocked.Increment(ref _staleDeliveries);

    internal void CountForeign() => Interlocked.Increment(ref _foreignFrames);

    internal void CountParked() => Interlocked.Increment(ref _parked);
}
