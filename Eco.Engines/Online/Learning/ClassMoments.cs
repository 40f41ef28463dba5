using Eco.Engines.Data;

namespace Eco.Engines.Online.Learning;

/// <summary>
/// Count, means and sums of squared deviations of each class' features. Sets are joined and parted exactly (Chan, Golub and LeVeque, The American
/// Statistician 37(3), 1983): <c>n = n_a + n_b</c>, <c>δ = m_b − m_a</c>, <c>m = m_a + δ·n_b/n</c>, <c>S = S_a + S_b + δ²·n_a·n_b/n</c>.
/// </summary>
internal sealed class ClassMoments(int classes, int features)
{
    public int Classes { get; } = classes;

    public int Features { get; } = features;

    public double[] Counts { get; } = new double[classes];

    public double[] Means { get; } = new double[classes * features];

    public double[] Squares { get; } = new double[classes * features];

    public void Add(ReadOnlySpan<double> row, int label)
    {
        Counts[label]++;
        for (int f = 0; f < row.Length; f++)
        {
            int i = (label * Features) + f;
            double difference = row[f] - Means[i];
            Means[i] += difference / Counts[label];
            Squares[i] += difference * (row[f] - Means[i]);
        }
    }

    public void Join(ClassMoments other)
    {
        for (int c = 0; c < Classes; c++)
        {
            double n = Counts[c] + other.Counts[c];
            if (other.Counts[c] <= 0)
            {
                continue;
            }

            for (int i = c * Features; i < (c + 1) * Features; i++)
            {
                double difference = other.Means[i] - Means[i];
                Means[i] += difference * other.Counts[c] / n;
                Squares[i] += other.Squares[i] + (difference * difference * Counts[c] * other.Counts[c] / n);
            }

            Counts[c] = n;
        }
    }

    /// <summary>Takes a part out again that was joined before.</summary>
    public void Part(ClassMoments part)
    {
        for (int c = 0; c < Classes; c++)
        {
            double left = Counts[c] - part.Counts[c];
            for (int i = c * Features; i < (c + 1) * Features; i++)
            {
                if (left <= 0)
                {
                    (Means[i], Squares[i]) = (0, 0);
                    continue;
                }

                double mean = ((Counts[c] * Means[i]) - (part.Counts[c] * part.Means[i])) / left;
                double difference = part.Means[i] - mean;
                Squares[i] = Math.Max(0, Squares[i] - part.Squares[i] - (difference * difference * part.Counts[c] * left / Counts[c]));
                Means[i] = mean;
            }

            Counts[c] = Math.Max(0, left);
        }
    }

    public ClassMoments Copy()
    {
        ClassMoments copy = new(Classes, Features);
        copy.Join(this);
        return copy;
    }

    public void Write(StateWriter writer)
    {
        writer.UInt16((ushort)Classes);
        writer.UInt16((ushort)Features);
        for (int c = 0; c < Classes; c++)
        {
            writer.Double(Counts[c]);
            for (int i = c * Features; i < (c + 1) * Features; i++)
            {
                writer.Double(Means[i]);
                writer.Double(Squares[i]);
            }
        }
    }

    public static ClassMoments Read(ref StateReader reader)
    {
        int classes = reader.UInt16();
        int features = reader.UInt16();
        if (classes == 0 || features == 0 || 8L * classes * (1 + (2L * features)) > reader.Remaining)
        {
            throw reader.Damaged($"{classes} classes of {features} features do not fit {reader.Remaining} bytes");
        }

        ClassMoments moments = new(classes, features);
        for (int c = 0; c < classes; c++)
        {
            moments.Counts[c] = NotNegative(ref reader);
            for (int i = c * features; i < (c + 1) * features; i++)
            {
                moments.Means[i] = reader.Double();
                moments.Squares[i] = NotNegative(ref reader);
            }
        }

        return moments;
    }

    private static double NotNegative(ref StateReader reader)
    {
        double value = reader.Double();
        return value >= 0 ? value : throw reader.Damaged($"{value} stands where a number of at least 0 belongs");
    }
}
