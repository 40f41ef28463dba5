namespace Eco.Engines.Data;

/// <summary>
/// Rows with standard normal features and the target <c>y = w·x + b + noise</c>; weights and bias are standard normal, drawn once from the seed. A batch is a
/// function of (seed, edge, number).
/// </summary>
public sealed record LinearTarget
{
    /// <summary>Features of a row.</summary>
    public int Features { get; init; } = 4;

    /// <summary>Standard deviation of the noise.</summary>
    public double Noise { get; init; } = 0.1;

    /// <summary>Rows in a batch.</summary>
    public int Rows { get; init; } = 100;

    /// <summary>The true weights, then the bias.</summary>
    /// <param name="seed">The seed.</param>
    public double[] Weights(ulong seed)
    {
        SeededRandom random = new(seed, SeededRandom.Key("weights"));
        double[] weights = new double[Features + 1];
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = random.NextGaussian();
        }

        return weights;
    }

    /// <summary>An edge's rows, labelled with their targets.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="edge">From 0.</param>
    /// <param name="batch">From 0.</param>
    public RowBatch Batch(ulong seed, int edge, long batch)
    {
        double[] weights = Weights(seed);
        SeededRandom random = new(seed, (ulong)edge, (ulong)batch);
        double[] values = new double[Rows * Features];
        double[] targets = new double[Rows];
        for (int r = 0; r < Rows; r++)
        {
            double target = weights[Features];
            for (int f = 0; f < Features; f++)
            {
                double x = random.NextGaussian();
                values[(r * Features) + f] = x;
                target += weights[f] * x;
            }

            targets[r] = target + (Noise * random.NextGaussian());
        }

        return new RowBatch(Features, values, targets);
    }
}
