using System.Collections.Immutable;

namespace Eco.Host.Benchmarks.Cluster;

/// <summary>What an agent in a process of its own takes.</summary>
/// <param name="Memory">Of each process, after the idle time.</param>
/// <param name="IdleFor">The idle time.</param>
/// <param name="Starts">From the start of a process until its agent was ready, in milliseconds, of each start.</param>
/// <param name="IsReadyToRun">Whether the program holds native code, as a published build does.</param>
internal sealed record AgentFigures(ImmutableArray<ResidentMemory> Memory, TimeSpan IdleFor, ImmutableArray<double> Starts, bool IsReadyToRun)
{
    /// <summary>The median of the processes, in 10^6 bytes.</summary>
    public double ResidentMegabytes => Median(Memory.Select(process => process.Bytes)) / 1e6;

    /// <summary>The median of what is theirs alone, in 10^6 bytes.</summary>
    public double OwnMegabytes => Median(Memory.Select(process => process.OwnBytes)) / 1e6;

    /// <summary>The median.</summary>
    public double ColdStartMilliseconds => Median(Starts);

    private static T Median<T>(IEnumerable<T> values)
    {
        T[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
