namespace Eco.Runtime.Simulation;

/// <summary>What a simulated host is like.</summary>
public sealed record SimulatedHostOptions
{
    /// <summary>The place it stands at; hosts of one site share a LAN, and their site's card to the others.</summary>
    public string Site { get; init; } = "site";

    /// <summary>Cores for the compute cost model.</summary>
    public double Cores { get; init; } = 4;

    /// <summary>The share of them that others use.</summary>
    public double Load { get; init; }

    /// <summary>How many samples an idle core works off in a second.</summary>
    public double SamplesPerSecondPerCore { get; init; } = 100_000;

    /// <summary>How far the host's date is from the true one at the start.</summary>
    public TimeSpan ClockSkew { get; init; }

    /// <summary>How much faster the host's date runs, in parts per million.</summary>
    public long ClockDriftPartsPerMillion { get; init; }

    /// <summary>How much fits on its disk.</summary>
    public long DiskCapacityBytes { get; init; } = long.MaxValue;

    /// <summary>A database that it shares with other hosts, made by <see cref="SimulatedWorld.AddDatabase"/>; null for its own disk.</summary>
    public SimulatedDatabase? Database { get; init; }

    /// <summary>What the way to a shared database adds to each read and each commit.</summary>
    public TimeSpan DatabaseLatency { get; init; } = TimeSpan.FromMilliseconds(0.5);

    /// <summary>What one step of an actor takes, one after the other on the whole host: a host that is too slow for its work. Zero: nothing.</summary>
    public TimeSpan StepTime { get; init; }
}
