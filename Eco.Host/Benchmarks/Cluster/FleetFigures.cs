namespace Eco.Host.Benchmarks.Cluster;

/// <summary>What a real cluster of many agents has shown.</summary>
/// <param name="Joined">Agents that the servers reached, at the beginning and at the end of the counting.</param>
/// <param name="Processes">Processes that held them.</param>
/// <param name="Counted">How long their links were counted.</param>
/// <param name="UplinkBytes">What all of them have sent, with all headers.</param>
/// <param name="DownlinkBytes">What all of them have received.</param>
internal sealed record FleetFigures(int Joined, int Processes, TimeSpan Counted, long UplinkBytes, long DownlinkBytes)
{
    /// <summary>The mean.</summary>
    public double UplinkBitsPerSecondPerAgent => UplinkBytes * 8 / Counted.TotalSeconds / Joined;
}
