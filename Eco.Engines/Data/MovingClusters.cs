namespace Eco.Engines.Data;

/// <summary>
/// Clusters in the plane whose centres turn on a circle, with one jump: the demonstration of ECO, figure 4. Edge e draws evenly from
/// clusters e, e+1, ... (<see cref="ClustersPerEdge"/> of them), so that no edge sees all. A batch is a pure function of (seed, edge,
/// batch number).
/// </summary>
public sealed record MovingClusters
{
    /// <summary>How many clusters.</summary>
    public int Clusters { get; init; } = 4;

    /// <summary>How many of them one edge draws from.</summary>
    public int ClustersPerEdge { get; init; } = 2;

    /// <summary>Radius of the circle.</summary>
    public double Radius { get; init; } = 5;

    /// <summary>Standard deviation of a cluster in each coordinate.</summary>
    public double Sigma { get; init; } = 0.5;

    /// <summary>Turn per batch, in radians.</summary>
    public double TurnRadians { get; init; } = 0.01;

    /// <summary>The jump, in radians.</summary>
    public double JumpRadians { get; init; } = 0.3;

    /// <summary>The first batch after the jump.</summary>
    public long JumpBatch { get; init; } = 200;

    /// <summary>Points in a batch of one edge.</summary>
    public int Points { get; init; } = 500;

    /// <summary>The true centres in a batch: x and y, centre by centre.</summary>
    /// <param name="batch">From 0.</param>
    public double[] Centres(long batch)
    {
        double[] centres = new double[2 * Clusters];
        double turned = (TurnRadians * batch) + (batch >= JumpBatch ? JumpRadians : 0);
        for (int c = 0; c < Clusters; c++)
        {
            (double sin, double cos) = Math.SinCos((2 * Math.PI * c / Clusters) + turned);
            centres[2 * c] = Radius * cos;
            centres[(2 * c) + 1] = Radius * sin;
        }

        return centres;
    }

    /// <summary>The points that an edge gets in a batch, with the true centres and, as labels, the cluster numbers.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="edge">From 0.</param>
    /// <param name="batch">From 0.</param>
    public RowBatch Batch(ulong seed, int edge, long batch)
    {
        SeededRandom random = new(seed, (ulong)edge, (ulong)batch);
        double[] centres = Centres(batch);
        double[] values = new double[2 * Points];
        double[] labels = new double[Points];
        for (int i = 0; i < Points; i++)
        {
            int cluster = (edge + (i % ClustersPerEdge)) % Clusters;
            values[2 * i] = centres[2 * cluster] + (Sigma * random.NextGaussian());
            values[(2 * i) + 1] = centres[(2 * cluster) + 1] + (Sigma * random.NextGaussian());
            labels[i] = cluster;
        }

        return new RowBatch(2, values, labels, centres);
    }
}
