using Eco.Engines.Data;

namespace Eco.Engines.Online.Learning;

/// <summary>
/// Brings each feature to mean 0 and standard deviation 1 by the rows seen so far, with Welford's recurrence (Technometrics 4(3), 1962):
/// <c>m ← m + (x − m)/n</c>, <c>S ← S + (x − m_old)(x − m_new)</c>, deviation <c>√(S/n)</c>. A batch is counted before it is scaled. A feature that
/// has not varied is only centred. After <paramref name="freezeAfter"/> rows (0: never) the scale stays.
/// </summary>
/// <param name="freezeAfter">Rows until the scale stays; 0 for never.</param>
public sealed class Standardiser(long freezeAfter)
{
    private long _rows;
    private double[] _means = [];
    private double[] _squares = [];

    /// <summary>Rows that the scale comes from.</summary>
    public long Rows => _rows;

    /// <summary>Means of the features.</summary>
    public IReadOnlyList<double> Means => _means;

    /// <summary>Standard deviation (of the population) of a feature.</summary>
    /// <param name="feature">From 0.</param>
    public double Deviation(int feature) => _rows == 0 ? 0 : Math.Sqrt(_squares[feature] / _rows);

    /// <summary>Counts a batch and scales it.</summary>
    /// <param name="batch">Finite rows.</param>
    public RowBatch Scale(RowBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        RowChecks.Finite(batch, "standardisation");
        if (_means.Length == 0)
        {
            _means = new double[batch.Features];
            _squares = new double[batch.Features];
        }

        RowChecks.Features(batch, _means.Length, "standardisation");
        for (int r = 0; r < batch.Count && (freezeAfter == 0 || _rows < freezeAfter); r++)
        {
            Count(batch.Row(r));
        }

        double[] scaled = new double[batch.Values.Length];
        for (int f = 0; f < batch.Features; f++)
        {
            double deviation = Deviation(f);
            double factor = deviation > 1e-12 * Math.Abs(_means[f]) && deviation > 0 ? 1 / deviation : 1;
            for (int i = f; i < scaled.Length; i += batch.Features)
            {
                scaled[i] = (batch.Values[i] - _means[f]) * factor;
            }
        }

        return new RowBatch(batch.Features, scaled, batch.Labels);
    }

    internal void Save(StateWriter writer)
    {
        writer.Int64(_rows);
        writer.Doubles(_means);
        writer.Doubles(_squares);
    }

    internal void Load(ref StateReader reader)
    {
        _rows = reader.Int64();
        _means = reader.Doubles();
        _squares = new double[_means.Length];
        reader.DoublesInto(_squares);
    }

    private void Count(ReadOnlySpan<double> row)
    {
        _rows++;
        for (int f = 0; f < row.Length; f++)
        {
            double difference = row[f] - _means[f];
            _means[f] += difference / _rows;
            _squares[f] += difference * (row[f] - _means[f]);
        }
    }
}
