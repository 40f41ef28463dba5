using Eco.Engines.Data;

namespace Eco.Engines.Online.Learning;

/// <summary>
/// A centre whose mass has fallen below a small fraction of the greatest is of no use where it is. It moves next to the centre with the most
/// inertia of own rows: the two stand 1e-3 standard deviations apart, on both sides of the old place along its rows' principal axis, with half the
/// mass each. The learner then leaves the shared numbering, so that the next merge clusters anew.
/// </summary>
internal static class DyingCentres
{
    private const int PowerIterations = 20;
    private const double Separation = 1e-3;

    public static void Replace(KMeansState state, RowBatch batch, KMeansOptions options)
    {
        // The others' part counts as it was at the merge: a lost link must not make a learner forget what only others see.
        double[] masses = [.. state.OwnMasses.Zip(state.OthersMasses, (own, others) => own + others)];
        int dying = Array.FindIndex(masses, mass => mass < options.DyingFraction * masses.Max());
        if (dying < 0)
        {
            return;
        }

        int donor = Array.IndexOf(state.Inertias, state.Inertias.Max());
        if (donor == dying || state.OwnMasses[donor] < 2 || state.Inertias[donor] <= 0)
        {
            return; // nothing here is worth splitting
        }

        double[] axis = PrincipalAxis(state, batch, donor, out double deviation);
        int d = state.Dimensions;
        state.OwnMasses[donor] /= 2;
        state.Inertias[donor] /= 2;
        state.OwnMasses[dying] = state.OwnMasses[donor];
        state.Inertias[dying] = state.Inertias[donor];
        state.OthersMasses[dying] = 0;
        for (int i = 0; i < d; i++)
        {
            double shift = Separation * deviation * axis[i] * state.OwnMasses[donor];
            double half = state.OwnSums[(donor * d) + i] / 2;
            state.OwnSums[(donor * d) + i] = half - shift;
            state.OwnSums[(dying * d) + i] = half + shift;
        }

        state.Basis = 0;
        state.Refresh(options.Decay);
    }

    private static double[] PrincipalAxis(KMeansState state, RowBatch batch, int centre, out double deviation)
    {
        int d = state.Dimensions;
        ReadOnlySpan<double> middle = state.Centres.AsSpan(centre * d, d);
        double[] axis = new double[d];
        double[] next = new double[d];
        Array.Fill(axis, 1 / Math.Sqrt(d));
        double variance = 0;
        for (int iteration = 0; iteration < PowerIterations; iteration++)
        {
            Array.Clear(next);
            int rows = 0;
            for (int r = 0; r < batch.Count; r++)
            {
                ReadOnlySpan<double> row = batch.Row(r);
                if (Centres.Nearest(row, state.Centres, out _) != centre)
                {
                    continue;
                }

                rows++;
                double along = 0;
                for (int i = 0; i < d; i++)
                {
                    along += (row[i] - middle[i]) * axis[i];
                }

                for (int i = 0; i < d; i++)
                {
                    next[i] += (row[i] - middle[i]) * along;
                }
            }

            double length = Math.Sqrt(Centres.SquaredDistance(next, new double[d]));
            if (rows == 0 || length <= 0)
            {
                break; // no row of this batch is here: any axis does
            }

            variance = length / rows;
            for (int i = 0; i < d; i++)
            {
                axis[i] = next[i] / length;
            }
        }

        deviation = Math.Sqrt(variance > 0 ? variance : state.Inertias[centre] / state.OwnMasses[centre]);
        return axis;
    }
}
