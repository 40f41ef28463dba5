using Eco.Engines.Abstractions;
using Eco.Engines.Data;
using MathNet.Numerics.Statistics;

namespace Eco.Engines.Online.Learning;

/// <summary>
/// A threshold for anomaly scores: a quantile of the first scores, which are taken to be normal (linear interpolation between order
/// statistics: definition 7 of Hyndman and Fan, The American Statistician 50(4), 1996).
/// </summary>
public sealed class AnomalyThreshold
{
    private readonly int _calibration;
    private readonly double _quantile;
    private readonly List<double> _scores = [];

    /// <summary>Makes a threshold that is not known yet.</summary>
    /// <param name="calibration">How many scores it is made from.</param>
    /// <param name="quantile">Which quantile, 0 to 1.</param>
    public AnomalyThreshold(int calibration = 400, double quantile = 0.99)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(calibration, 1);
        _calibration = calibration;
        _quantile = quantile;
    }

    /// <summary>The threshold; null while it is being calibrated.</summary>
    public double? Value { get; private set; }

    /// <summary>Takes a score while calibrating.</summary>
    /// <param name="score">Finite.</param>
    /// <returns>True where the score was used for calibration; it is not to be judged then.</returns>
    public bool Calibrate(double score)
    {
        if (!double.IsFinite(score))
        {
            throw new PipelineException($"an anomaly score is {score}; it must be finite");
        }

        if (Value is not null)
        {
            return false;
        }

        _scores.Add(score);
        if (_scores.Count == _calibration)
        {
            Value = _scores.QuantileCustom(_quantile, QuantileDefinition.R7);
            _scores.Clear();
        }

        return true;
    }

    internal void Save(StateWriter writer)
    {
        writer.Flag(Value is not null);
        writer.Double(Value ?? 0);
        writer.Doubles(_scores.ToArray());
    }

    internal void Load(ref StateReader reader)
    {
        bool known = reader.Flag();
        double value = reader.Double();
        Value = known ? value : null;
        _scores.Clear();
        _scores.AddRange(reader.Doubles());
        if (_scores.Count >= _calibration)
        {
            throw reader.Damaged($"{_scores.Count} calibration scores, at most {_calibration - 1} can wait");
        }
    }
}
