namespace Eco.Engines.Data;

/// <summary>
/// Labelled rows: class means are drawn once, coordinates normal with deviation <see cref="MeanSpread"/>; a row is its class' mean plus unit
/// normal noise. An edge's means are shifted by <see cref="EdgeShift"/>, so that edges differ. A batch is a function of (seed, edge, number).
/// </summary>
public sealed record GaussianClasses
{
    /// <summary>Classes.</summary>
    public int Classes { get; init; } = 3;

    /// <summary>Features of a row.</summary>
    public int Features { get; init; } = 4;

    /// <summary>Standard deviation of the class means' coordinates.</summary>
    public double MeanSpread { get; init; } = 2;

    /// <summary>Standard deviation of an edge's own shift of each mean's coordinates.</summary>
    public double EdgeShift { get; init; }

    /// <summary>Rows in a batch.</summary>
    public int Rows { get; init; } = 100;

    /// <summary>The class means at an edge, class by class.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="edge">From 0.</param>
    public double[] Means(ulong seed, int edge)
    {
        SeededRandom common = new(seed, SeededRandom.Key("means"));
        SeededRandom own = new(seed, SeededRandom.Key("shift"), (ulong)edge);
        double[] means = new double[Classes * Features];
        for (int i = 0; i < means.Length; i++)
        {
            means[i] = (MeanSpread * common.NextGaussian()) + (EdgeShift * own.NextGaussian());
        }

        return means;
    }

    /// <summary>An edge's rows, labelled with their classes.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="edge">From 0.</param>
    /// <param name="batch">From 0.</param>
    public RowBatch Batch(ulong seed, int edge, long batch)
    {
        double[] means = Means(seed, edge);
        SeededRandom random = new(seed, (ulong)edge, (ulong)batch);
        double[] values = new double[Rows * Features];
        double[] labels = new double[Rows];
        for (int r = 0; r < Rows; r++)
        {
            int label = random.NextInt(Classes);
            labels[r] = label;
            for (int f = 0; f < Features; f++)
            {
                values[(r * Features) + f] = means[(label * Features) + f] + random.NextGaussian();
            }
        }

        return new RowBatch(Features, values, labels);
    }
}
