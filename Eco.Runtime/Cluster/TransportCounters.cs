using System.Collections.Immutable;

namespace Eco.Runtime.Cluster;

/// <summary>What has been handed to a transport so far.</summary>
/// <param name="Traffic">One row for each sender, receiver and lane, in this order.</param>
/// <param name="Blocked">Control sends that a full queue refused.</param>
/// <param name="Unroutable">Sends to an address that nobody has ever subscribed to.</param>
/// <param name="TelemetryDropped">Telemetry frames that waited and gave way to newer ones.</param>
public sealed record TransportCounters(ImmutableArray<TransportTraffic> Traffic, long Blocked, long Unroutable, long TelemetryDropped)
{
    /// <summary>Bytes that were handed over between different hosts, whatever became of them.</summary>
    public long BytesBetweenHosts => Traffic.Where(row => row.From != row.To).Sum(row => row.Bytes);
}

/// <summary>What one host has sent to another on a lane.</summary>
/// <param name="From">The sender's address.</param>
/// <param name="To">The receiver's address.</param>
/// <param name="Lane">The lane.</param>
/// <param name="Frames">Frames, resent ones included.</param>
/// <param name="Bytes">Bytes of those frames, envelopes included.</param>
public sealed record TransportTraffic(string From, string To, TransportLane Lane, long Frames, long Bytes);
