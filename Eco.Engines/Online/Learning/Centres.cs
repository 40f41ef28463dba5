namespace Eco.Engines.Online.Learning;

/// <summary>Geometry of centres that lie one after the other in one array.</summary>
internal static class Centres
{
    public static double SquaredDistance(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        // Rows have a handful of features: a plain loop beats a call into vector code.
        double sum = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double difference = x[i] - y[i];
            sum += difference * difference;
        }

        return sum;
    }

    /// <summary>The nearest centre; of equals the first.</summary>
    public static int Nearest(ReadOnlySpan<double> row, ReadOnlySpan<double> centres, out double squaredDistance)
    {
        int dimensions = row.Length;
        int best = 0;
        squaredDistance = double.PositiveInfinity;
        for (int k = 0; k * dimensions < centres.Length; k++)
        {
            double d = SquaredDistance(row, centres.Slice(k * dimensions, dimensions));
            if (d < squaredDistance)
            {
                squaredDistance = d;
                best = k;
            }
        }

        return best;
    }

    /// <summary>For each centre of <paramref name="from"/> its partner in <paramref name="to"/>, at least cost: squared distance times weight.</summary>
    public static int[] Match(ReadOnlySpan<double> from, ReadOnlySpan<double> weights, ReadOnlySpan<double> to, int dimensions)
    {
        int k = from.Length / dimensions;
        double[,] costs = new double[k, k];
        for (int i = 0; i < k; i++)
        {
            for (int j = 0; j < k; j++)
            {
                costs[i, j] = weights[i] * SquaredDistance(from.Slice(i * dimensions, dimensions), to.Slice(j * dimensions, dimensions));
            }
        }

        return AssignmentSolver.Solve(costs);
    }

    /// <summary>Root mean square distance of the true centres to the estimates under the best assignment.</summary>
    public static double RootMeanSquareError(ReadOnlySpan<double> truth, ReadOnlySpan<double> estimates, int dimensions)
    {
        int k = truth.Length / dimensions;
        double[] ones = new double[k];
        Array.Fill(ones, 1.0);
        int[] match = Match(truth, ones, estimates, dimensions);
        double sum = 0;
        for (int i = 0; i < k; i++)
        {
            sum += SquaredDistance(truth.Slice(i * dimensions, dimensions), estimates.Slice(match[i] * dimensions, dimensions));
        }

        return Math.Sqrt(sum / k);
    }
}
