namespace Eco.Runtime.Simulation;

/// <summary>How long a simulated disk takes, and its limits.</summary>
public sealed record SimulatedStorageOptions
{
    /// <summary>One durable commit (about an SQLite commit under <c>synchronous=FULL</c>).</summary>
    public TimeSpan CommitLatency { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>Up to so much is added to a commit by chance.</summary>
    public TimeSpan CommitJitter { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>One read.</summary>
    public TimeSpan ReadLatency { get; init; } = TimeSpan.FromMilliseconds(0.2);

    /// <summary>What a commit or an artefact adds to its latency.</summary>
    public double BytesPerSecond { get; init; } = 200e6;

    /// <summary>The most requests that share one commit.</summary>
    public int MaximumBatch { get; init; } = 256;

    /// <summary>Writes, and reads, that may wait; one more is refused.</summary>
    public int QueueCapacity { get; init; } = 16_384;

    /// <summary>Rows an agent's statistics buffer holds; then the oldest are dropped and counted.</summary>
    public int StatisticsBufferRows { get; init; } = 100_000;

    /// <summary>The greatest payload of an event or message.</summary>
    public int MaximumPayloadBytes { get; init; } = 1 << 20;

    /// <summary>The greatest payload of a snapshot.</summary>
    public int MaximumSnapshotBytes { get; init; } = 16 << 20;
}
