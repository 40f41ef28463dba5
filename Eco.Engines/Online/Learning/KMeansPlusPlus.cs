using Eco.Engines.Data;

namespace Eco.Engines.Online.Learning;

/// <summary>
/// Batch k-means on weighted points: k-means++ seeding (Arthur and Vassilvitskii, SODA 2007) and Lloyd's iterations, restarted several
/// times from one seed; the run of least inertia wins. One seeding in some hundreds puts two centres into one of four well-separated clusters;
/// ten restarts make that negligible.
/// </summary>
internal static class KMeansPlusPlus
{
    private const int Iterations = 50;

    /// <summary>Finds k centres.</summary>
    /// <param name="points">Point by point.</param>
    /// <param name="weights">One per point, not negative, not all 0.</param>
    /// <param name="dimensions">Coordinates of a point.</param>
    /// <param name="clusters">k.</param>
    /// <param name="restarts">How many seedings are tried.</param>
    /// <param name="start">Centres to try as well, winning ties; or empty.</param>
    /// <param name="random">Chance for the seedings.</param>
    public static double[] Cluster(
        ReadOnlySpan<double> points,
        ReadOnlySpan<double> weights,
        int dimensions,
        int clusters,
        int restarts,
        ReadOnlySpan<double> start,
        SeededRandom random)
    {
        double[] best = [];
        double bestInertia = double.PositiveInfinity;
        if (!start.IsEmpty)
        {
            best = start.ToArray();
            bestInertia = Lloyd(points, weights, dimensions, best);
        }

        for (int i = 0; i < restarts; i++)
        {
            double[] centres = Seed(points, weights, dimensions, clusters, random);
            double inertia = Lloyd(points, weights, dimensions, centres);
            if (inertia < bestInertia * (1 - 1e-9))
            {
                bestInertia = inertia;
                best = centres;
            }
        }

        return best;
    }

    /// <summary>The weighted sum of squared distances to the nearest centres.</summary>
    public static double Inertia(ReadOnlySpan<double> points, ReadOnlySpan<double> weights, int dimensions, ReadOnlySpan<double> centres)
    {
        double inertia = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            _ = Centres.Nearest(points.Slice(i * dimensions, dimensions), centres, out double squared);
            inertia += weights[i] * squared;
        }

        return inertia;
    }

    private static double[] Seed(ReadOnlySpan<double> points, ReadOnlySpan<double> weights, int dimensions, int clusters, SeededRandom random)
    {
        double[] centres = new double[clusters * dimensions];
        double[] chance = weights.ToArray();
        double[] nearest = new double[weights.Length];
        Array.Fill(nearest, double.PositiveInfinity);
        for (int c = 0; c < clusters; c++)
        {
            int chosen = Draw(chance, weights, random);
            ReadOnlySpan<double> centre = points.Slice(chosen * dimensions, dimensions);
            centre.CopyTo(centres.AsSpan(c * dimensions));
            for (int i = 0; i < nearest.Length; i++)
            {
                nearest[i] = Math.Min(nearest[i], Centres.SquaredDistance(points.Slice(i * dimensions, dimensions), centre));
                chance[i] = weights[i] * nearest[i];
            }
        }

        return centres;
    }

    private static int Draw(ReadOnlySpan<double> chance, ReadOnlySpan<double> weights, SeededRandom random)
    {
        double total = 0;
        foreach (double c in chance)
        {
            total += c;
        }

        // Fewer distinct points than clusters: every point is a centre already, so any will do.
        ReadOnlySpan<double> used = total > 0 ? chance : weights;
        double left = random.NextDouble() * (total > 0 ? total : Sum(weights));
        int last = 0;
        for (int i = 0; i < used.Length; i++)
        {
            if (used[i] > 0)
            {
                last = i;
                left -= used[i];
                if (left < 0)
                {
                    return i;
                }
            }
        }

        return last;
    }

    private static double Lloyd(ReadOnlySpan<double> points, ReadOnlySpan<double> weights, int dimensions, double[] centres)
    {
        double[] sums = new double[centres.Length];
        double[] masses = new double[centres.Length / dimensions];
        double previous = double.PositiveInfinity;
        for (int iteration = 0; ; iteration++)
        {
            Array.Clear(sums);
            Array.Clear(masses);
            double inertia = 0;
            for (int i = 0; i < weights.Length; i++)
            {
                ReadOnlySpan<double> point = points.Slice(i * dimensions, dimensions);
                int k = Centres.Nearest(point, centres, out double squared);
                inertia += weights[i] * squared;
                masses[k] += weights[i];
                for (int d = 0; d < dimensions; d++)
                {
                    sums[(k * dimensions) + d] += weights[i] * point[d];
                }
            }

            if (inertia >= previous || iteration == Iterations)
            {
                return inertia;
            }

            previous = inertia;
            for (int j = 0; j < centres.Length; j++)
            {
                if (masses[j / dimensions] > 0)
                {
                    centres[j] = sums[j] / masses[j / dimensions];
                }
            }
        }
    }

    private static double Sum(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += value;
        }

        return sum;
    }
}
