namespace Eco.Host.Benchmarks.Cluster;

/// <summary>How much is measured, for how long.</summary>
internal sealed record ClusterScale
{
    /// <summary>The whole measurement.</summary>
    public static ClusterScale Full { get; } = new();

    /// <summary>Small and short, to see that it works.</summary>
    public static ClusterScale Quick { get; } = new()
    {
        RealAgents = 8,
        AgentsPerProcess = 4,
        IdleForUplink = TimeSpan.FromSeconds(30),
        IdleAgents = 2,
        IdleForMemory = TimeSpan.FromSeconds(10),
        ColdStarts = 1,
        SimulatedAgents = 200,
    };

    /// <summary>Agents of the real cluster.</summary>
    public int RealAgents { get; private init; } = 512;

    /// <summary>How many of them share a process.</summary>
    public int AgentsPerProcess { get; private init; } = 64;

    /// <summary>After all have joined: until nothing is left to be said but heartbeats.</summary>
    public TimeSpan SettleFor { get; private init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long their links are counted.</summary>
    public TimeSpan IdleForUplink { get; private init; } = TimeSpan.FromMinutes(10);

    /// <summary>Agents, each in a process of its own, whose memory is read.</summary>
    public int IdleAgents { get; private init; } = 5;

    /// <summary>How long these are idle before.</summary>
    public TimeSpan IdleForMemory { get; private init; } = TimeSpan.FromMinutes(5);

    /// <summary>How often one of them is started.</summary>
    public int ColdStarts { get; private init; } = 5;

    /// <summary>Agents of the simulated cluster.</summary>
    public int SimulatedAgents { get; private init; } = 10_000;

    /// <summary>Virtual time measured.</summary>
    public TimeSpan SimulatedFor { get; private init; } = TimeSpan.FromSeconds(60);
}
