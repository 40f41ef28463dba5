using System.Collections.Immutable;

namespace Eco.Host.Benchmarks.Cluster;

/// <summary>What one agent in a process of its own takes.</summary>
/// <param name="ResidentMegabytes">Its resident memory after the idle time, in 10^6 bytes.</param>
/// <param name="IdleFor">The idle time.</param>
/// <param name="Starts">From the start of the process until the agent was ready, in milliseconds, of each start.</param>
/// <param name="IsReadyToRun">Whether the program holds native code, as a published build does.</param>
internal sealed record AgentFigures(double ResidentMegabytes, TimeSpan IdleFor, ImmutableArray<double> Starts, bool IsReadyToRun)
{
    /// <summary>The median.</summary>
    public double ColdStartMilliseconds => Starts.Order().ElementAt(Starts.Length / 2);
}
