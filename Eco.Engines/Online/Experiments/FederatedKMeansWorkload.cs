using Eco.Engines.Data;
using Eco.Engines.Online.Learning;

namespace Eco.Engines.Online.Experiments;

/// <summary>
/// The workload of the demonstration and of <c>eco experiment federated-kmeans</c>: edges that each see a part of moving clusters. What an
/// edge gets in a batch is a function of (seed, edge, batch).
/// </summary>
public sealed record FederatedKMeansWorkload
{
    /// <summary>The seed.</summary>
    public ulong Seed { get; init; }

    /// <summary>Edges.</summary>
    public int Edges { get; init; } = 3;

    /// <summary>Batches per edge.</summary>
    public int Batches { get; init; } = 400;

    /// <summary>Batches left out of the mean error.</summary>
    public int WarmUp { get; init; } = 20;

    /// <summary>The clusters.</summary>
    public MovingClusters Clusters { get; init; } = new();

    /// <summary>The learners' parameters.</summary>
    public KMeansOptions Learner { get; init; } = new() { Clusters = 4, Decay = 0.9 };

    /// <summary>What shipping all points would cost, in bytes: 16 a point.</summary>
    public long RawBytes => 16L * Edges * Batches * Clusters.Points;

    /// <summary>An edge's rows.</summary>
    /// <param name="edge">From 0.</param>
    /// <param name="batch">From 0.</param>
    public RowBatch Batch(int edge, long batch) => Clusters.Batch(Seed, edge, batch);
}
