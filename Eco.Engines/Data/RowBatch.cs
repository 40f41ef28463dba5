namespace Eco.Engines.Data;

/// <summary>Some rows of a stream: what flows through a port of type rows. Whoever receives one does not change it.</summary>
public sealed class RowBatch
{
    /// <summary>Makes a batch; the arrays are kept, not copied.</summary>
    /// <param name="features">Features per row, at least 1.</param>
    /// <param name="values">Row by row; a multiple of <paramref name="features"/>.</param>
    /// <param name="labels">One label or target per row, or null.</param>
    /// <param name="referenceCentres">The true centres behind the rows, centre by centre, where a generator knows them; else null.</param>
    public RowBatch(int features, double[] values, double[]? labels = null, double[]? referenceCentres = null)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        if (values.Length % features != 0)
        {
            throw new ArgumentException($"{values.Length} values are not a whole number of rows of {features} features", nameof(values));
        }

        if (labels is not null && labels.Length != values.Length / features)
        {
            throw new ArgumentException($"{labels.Length} labels for {values.Length / features} rows", nameof(labels));
        }

        Features = features;
        Values = values;
        Labels = labels;
        ReferenceCentres = referenceCentres;
    }

    /// <summary>Features per row.</summary>
    public int Features { get; }

    /// <summary>Rows.</summary>
    public int Count => Values.Length / Features;

    /// <summary>All values, row by row.</summary>
    public double[] Values { get; }

    /// <summary>One label (class number, anomaly flag) or target per row, or null.</summary>
    public double[]? Labels { get; }

    /// <summary>True centres, centre by centre, for evaluation only; or null.</summary>
    public double[]? ReferenceCentres { get; }

    /// <summary>The size as raw data: 8 bytes a feature.</summary>
    public long RawBytes => 8L * Values.Length;

    /// <summary>One row.</summary>
    /// <param name="index">From 0.</param>
    public ReadOnlySpan<double> Row(int index) => Values.AsSpan(index * Features, Features);

    /// <summary>The rows of several batches of equal shape, one after the other; labels only where all have them.</summary>
    /// <param name="batches">At least one.</param>
    public static RowBatch Concat(IReadOnlyList<RowBatch> batches)
    {
        ArgumentNullException.ThrowIfNull(batches);
        double[]? labels = batches.All(b => b.Labels is not null) ? [.. batches.SelectMany(b => b.Labels!)] : null;
        return new RowBatch(batches[0].Features, [.. batches.SelectMany(b => b.Values)], labels, batches[0].ReferenceCentres);
    }
}
