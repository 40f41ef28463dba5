namespace Eco.Host.Benchmarks.Cluster;

/// <summary>What a run of <see cref="SimulatedHeartbeats"/> has found.</summary>
/// <param name="Agents">Agents whose heartbeats were handled.</param>
/// <param name="Heartbeats">Heartbeats measured.</param>
/// <param name="MedianMilliseconds">The median of their way, in virtual time.</param>
/// <param name="P99Milliseconds">The 99th percentile.</param>
/// <param name="LongestMilliseconds">The longest.</param>
/// <param name="Events">Events that the world has handled.</param>
/// <param name="Took">Real time.</param>
internal sealed record HeartbeatFigures(
    int Agents, int Heartbeats, double MedianMilliseconds, double P99Milliseconds, double LongestMilliseconds, long Events, TimeSpan Took);
