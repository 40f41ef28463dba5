using Eco.Runtime.Persistence.Artifacts;

namespace Eco.Actors.Agents;

/// <summary>How agents and their proxies keep in touch. Five times, and no more.</summary>
/// <param name="JoinEvery">An agent asks to join this often until it is accepted.</param>
/// <param name="HeartbeatEvery">An agent says that it is alive this often.</param>
/// <param name="UnreachableAfter">An agent that was not heard of for so long is unreachable.</param>
/// <param name="StatisticsEvery">Statistics are averaged over, and sent after, this long.</param>
/// <param name="StatusEvery">A proxy asks its agent for its status this often.</param>
/// <param name="CheckpointEverySteps">A pipeline that emits no model is checkpointed after so many steps.</param>
public sealed record AgentOptions(
    TimeSpan JoinEvery,
    TimeSpan HeartbeatEvery,
    TimeSpan UnreachableAfter,
    TimeSpan StatisticsEvery,
    TimeSpan StatusEvery,
    int CheckpointEverySteps)
{
    /// <summary>A pipeline that emits a greater model fails. Default: 256 MiB.</summary>
    public long MaxModelBytes { get; init; } = TransferLimits.DefaultMaximumBytes;

    /// <summary>So many reports of an agent are under way to the server; the rest wait, and of those that say the same of the same only the newest. Default: 512, some 11 MiB at most.</summary>
    public int MaxReportsUnderWay { get; init; } = 512;

    /// <summary>1 s, 5 s, 15 s (papers.md, section 1a: suspect after three missed heartbeats), 2 s, 60 s, 100 steps.</summary>
    public static AgentOptions Default { get; } = new(
        TimeSpan.FromSeconds(1),
        TimeSpan.FromSeconds(5),
        TimeSpan.FromSeconds(15),
        TimeSpan.FromSeconds(2),
        TimeSpan.FromSeconds(60),
        100);
}
