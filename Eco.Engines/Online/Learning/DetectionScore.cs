using Eco.Engines.Data;

namespace Eco.Engines.Online.Learning;

/// <summary>
/// How well scores tell anomalies from normal rows. F1 = 2·TP / (2·TP + FP + FN) at the threshold; AUC is the probability that an anomaly scores
/// above a normal row, ties counted half (Mann-Whitney), kept up to date by binary search in the sorted scores of each class. Rows beyond
/// <paramref name="limit"/> count for F1 but no longer for AUC, so that memory stays bounded.
/// </summary>
/// <param name="limit">The greatest number of scores kept.</param>
public sealed class DetectionScore(int limit = 50_000)
{
    private readonly List<double> _positives = [];
    private readonly List<double> _negatives = [];
    private double _wins;
    private long _truePositives;
    private long _falsePositives;
    private long _falseNegatives;

    /// <summary>F1; 1 where there is neither an anomaly nor an alarm.</summary>
    public double F1 => (2 * _truePositives) + _falsePositives + _falseNegatives == 0
        ? 1
        : 2.0 * _truePositives / ((2 * _truePositives) + _falsePositives + _falseNegatives);

    /// <summary>AUC; 0.5 while one of the classes has not been seen.</summary>
    public double Auc => _positives.Count == 0 || _negatives.Count == 0 ? 0.5 : _wins / ((double)_positives.Count * _negatives.Count);

    /// <summary>Counts a row.</summary>
    /// <param name="score">Its score.</param>
    /// <param name="alarm">Whether the score is above the threshold.</param>
    /// <param name="anomaly">Whether it is an anomaly.</param>
    public void Add(double score, bool alarm, bool anomaly)
    {
        _truePositives += alarm && anomaly ? 1 : 0;
        _falsePositives += alarm && !anomaly ? 1 : 0;
        _falseNegatives += !alarm && anomaly ? 1 : 0;
        if (_positives.Count + _negatives.Count >= limit)
        {
            return;
        }

        List<double> others = anomaly ? _negatives : _positives;
        int below = LowerBound(others, score);
        int notAbove = LowerBound(others, Math.BitIncrement(score));
        double ties = 0.5 * (notAbove - below);
        _wins += ties + (anomaly ? below : others.Count - notAbove);
        List<double> own = anomaly ? _positives : _negatives;
        own.Insert(LowerBound(own, score), score);
    }

    internal void Save(StateWriter writer)
    {
        writer.Doubles(_positives.ToArray());
        writer.Doubles(_negatives.ToArray());
        writer.Double(_wins);
        writer.Int64(_truePositives);
        writer.Int64(_falsePositives);
        writer.Int64(_falseNegatives);
    }

    internal void Load(ref StateReader reader)
    {
        _positives.Clear();
        _positives.AddRange(reader.Doubles());
        _negatives.Clear();
        _negatives.AddRange(reader.Doubles());
        _wins = reader.Double();
        _truePositives = reader.Int64();
        _falsePositives = reader.Int64();
        _falseNegatives = reader.Int64();
    }

    private static int LowerBound(List<double> sorted, double value)
    {
        int low = 0;
        int high = sorted.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (sorted[middle] < value)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
