using System.Collections.Immutable;

namespace Eco.Engines.Online.Learning;

/// <summary>
/// Gaussian naive Bayes: <c>argmax_c ln((n_c + 1)/(n + C)) − ½·Σ_f (ln(2π·v_cf) + (x_f − m_cf)²/v_cf)</c>, <c>v = S/n_c + ε</c> with ε = 1e-9 times the
/// greatest variance (as scikit-learn smooths). Classes without rows are never chosen.
/// </summary>
public sealed class NaiveBayesModel : IClassifier
{
    private readonly ImmutableArray<double> _priors;
    private readonly ImmutableArray<double> _means;
    private readonly ImmutableArray<double> _variances;

    internal NaiveBayesModel(ClassMoments moments)
    {
        Classes = moments.Classes;
        Features = moments.Features;
        double total = moments.Counts.Sum();
        double[] variances = [.. moments.Squares.Select((s, i) => moments.Counts[i / Features] > 0 ? s / moments.Counts[i / Features] : 0)];
        double smoothing = Math.Max(1e-9 * variances.Max(), 1e-300);
        _priors = [.. moments.Counts.Select(n => n > 0 ? Math.Log((n + 1) / (total + Classes)) : double.NegativeInfinity)];
        _means = [.. moments.Means];
        _variances = [.. variances.Select(v => v + smoothing)];
    }

    /// <inheritdoc/>
    public int Classes { get; }

    /// <inheritdoc/>
    public int Features { get; }

    /// <inheritdoc/>
    public int Classify(ReadOnlySpan<double> row)
    {
        int best = 0;
        double greatest = double.NegativeInfinity;
        for (int c = 0; c < Classes; c++)
        {
            double value = LogJoint(row, c);
            if (value > greatest)
            {
                greatest = value;
                best = c;
            }
        }

        return best;
    }

    /// <summary>ln p(class) + ln p(row | class).</summary>
    /// <param name="row">As many numbers as <see cref="Features"/>.</param>
    /// <param name="label">The class.</param>
    public double LogJoint(ReadOnlySpan<double> row, int label)
    {
        double sum = 0;
        for (int f = 0; f < row.Length; f++)
        {
            int i = (label * Features) + f;
            double difference = row[f] - _means[i];
            sum += Math.Log(2 * Math.PI * _variances[i]) + (difference * difference / _variances[i]);
        }

        return _priors[label] - (sum / 2);
    }
}
