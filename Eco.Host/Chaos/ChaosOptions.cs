namespace Eco.Host.Chaos;

/// <summary>What a chaos run is made of.</summary>
/// <param name="Minutes">How long faults are injected.</param>
/// <param name="Seed">Decides which faults, when, and on whom.</param>
internal sealed record ChaosOptions(int Minutes, int Seed)
{
    /// <summary>The length that the goals are stated for; shorter runs have to reach their share of counts.</summary>
    public const int GoalMinutes = 12;

    /// <summary>Server hosts.</summary>
    public const int Servers = 2;

    /// <summary>Agents: a cloud, and edges.</summary>
    public const int Agents = 21;

    /// <summary>Agents that share a process, and its end.</summary>
    public const int AgentsPerHost = 4;

    /// <summary>Broker nodes.</summary>
    public const int Brokers = 3;

    /// <summary>IONs that are loaded.</summary>
    public const int Ions = 12;

    /// <summary>Partitions of the server, as by default.</summary>
    public const int Partitions = 16;

    /// <summary>Updates that a round needs.</summary>
    public const int Quorum = 10;

    /// <summary>Milliseconds between the steps of a pipeline.</summary>
    public const int StepMilliseconds = 4_000;

    /// <summary>A share of a goal that is stated for <see cref="GoalMinutes"/>; longer runs have to reach the whole.</summary>
    public double Share(double goal) => Math.Floor(goal * Math.Min(Minutes, GoalMinutes) / GoalMinutes);
}
