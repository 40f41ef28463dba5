using System.Collections.Immutable;
using Eco.Engines.Data;
using Eco.Engines.Online.Learning;

namespace Eco.Engines.Online.Experiments;

/// <summary>Anomaly detection over recordings, one per edge: the parameters of <c>eco demo --data</c>.</summary>
public sealed record AnomalyWorkload
{
    /// <summary>One recording per edge.</summary>
    public required ImmutableArray<string> Files { get; init; }

    /// <summary>How they are read.</summary>
    public CsvOptions Csv { get; init; } = new()
    {
        Delimiter = ';',
        Features = ["Accelerometer1RMS", "Accelerometer2RMS", "Current", "Pressure", "Temperature", "Thermocouple", "Voltage", "Volume Flow RateRMS"],
        Label = "anomaly",
    };

    /// <summary>Chance of the learners' seeding.</summary>
    public ulong Seed { get; init; }

    /// <summary>Rows in a batch.</summary>
    public int BatchRows { get; init; } = 10;

    /// <summary>Rows that a sliding mean is taken over before scaling; 1 for none.</summary>
    public int WindowRows { get; init; } = 10;

    /// <summary>Rows after which each edge's scaling stays as it is; 0 for never.</summary>
    public int FreezeAfter { get; init; } = 400;

    /// <summary>Batches between an edge's reports.</summary>
    public int Interval { get; init; } = 10;

    /// <summary>Scores that each edge's threshold is made from.</summary>
    public int Calibration { get; init; } = 400;

    /// <summary>Which quantile of them is the threshold.</summary>
    public double Quantile { get; init; } = 0.99;

    /// <summary>The learners' parameters.</summary>
    public KMeansOptions Learner { get; init; } = new() { Clusters = 4, Decay = 0.99 };
}
