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
}
