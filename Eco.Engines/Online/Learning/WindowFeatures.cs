using System.Collections.Immutable;
using Eco.Engines.Data;

namespace Eco.Engines.Online.Learning;

/// <summary>
/// Turns windows of rows into rows of features: for each input feature in turn the wanted ones of mean, std (of the population), min, max. A window of
/// <c>rows</c> rows is given out after every <c>step</c> rows: step = rows makes them tumble, a smaller one slide. Its label is that of its last row.
/// </summary>
public sealed class WindowFeatures
{
    private readonly int _rows;
    private readonly int _step;
    private readonly ImmutableArray<string> _features;
    private double[] _ring = [];
    private int _dimensions;
    private long _seen;

    /// <summary>Makes an empty window.</summary>
    /// <param name="rows">Rows of a window.</param>
    /// <param name="step">Rows from one window to the next.</param>
    /// <param name="features">Which of mean, std, min and max.</param>
    public WindowFeatures(int rows, int step, ImmutableArray<string> features)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        if (features.IsDefaultOrEmpty || features.Any(f => f is not ("mean" or "std" or "min" or "max")))
        {
            throw new ArgumentException("at least one of mean, std, min, max is wanted, and nothing else", nameof(features));
        }

        _rows = rows;
        _step = step;
        _features = features;
    }

    /// <summary>Takes rows.</summary>
    /// <param name="batch">Finite rows.</param>
    /// <returns>The windows that they complete, possibly none.</returns>
    public RowBatch Add(RowBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        RowChecks.Finite(batch, "window");
        if (_dimensions == 0)
        {
            _dimensions = batch.Features;
            _ring = new double[_rows * _dimensions];
        }

        RowChecks.Features(batch, _dimensions, "window");
        List<double> values = [];
        List<double> labels = [];
        for (int r = 0; r < batch.Count; r++)
        {
            batch.Row(r).CopyTo(_ring.AsSpan((int)(_seen % _rows) * _dimensions));
            _seen++;
            if (_seen >= _rows && (_seen - _rows) % _step == 0)
            {
                Append(values);
                labels.Add(batch.Labels?[r] ?? 0);
            }
        }

        return new RowBatch(_dimensions * _features.Length, [.. values], batch.Labels is null ? null : [.. labels]);
    }

    internal void Save(StateWriter writer)
    {
        writer.Int64(_seen);
        writer.Int32(_dimensions);
        writer.Doubles(_ring);
    }

    internal void Load(ref StateReader reader)
    {
        _seen = reader.Int64();
        _dimensions = reader.Int32();
        double[] ring = reader.Doubles();
        _ring = _seen >= 0 && _dimensions >= 0 && ring.Length == (long)_dimensions * _rows
            ? ring
            : throw reader.Damaged($"{ring.Length} numbers for a window of {_rows} rows of {_dimensions} features after {_seen} rows");
    }

    private void Append(List<double> values)
    {
        for (int d = 0; d < _dimensions; d++)
        {
            double sum = 0;
            double least = double.PositiveInfinity;
            double greatest = double.NegativeInfinity;
            for (int i = d; i < _ring.Length; i += _dimensions)
            {
                sum += _ring[i];
                least = Math.Min(least, _ring[i]);
                greatest = Math.Max(greatest, _ring[i]);
            }

            double mean = sum / _rows;
            foreach (string feature in _features)
            {
                values.Add(feature switch { "mean" => mean, "std" => Deviation(d, mean), "min" => least, _ => greatest });
            }
        }
    }

    private double Deviation(int dimension, double mean)
    {
        double squares = 0;
        for (int i = dimension; i < _ring.Length; i += _dimensions)
        {
            squares += (_ring[i] - mean) * (_ring[i] - mean);
        }

        return Math.Sqrt(squares / _rows);
    }
}
