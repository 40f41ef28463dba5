namespace Eco.Engines.Online.Learning;

/// <summary>
/// Adds a report to sums in a merge's numbering. The merge and the learner that takes its own report out again both call this, so that
/// the difference is exactly the others' part.
/// </summary>
internal static class ReportProjection
{
    public static void Add(
        KMeansReport report,
        bool sameBasis,
        ReadOnlySpan<double> basisCentres,
        ReadOnlySpan<double> velocities,
        int age,
        double decay,
        Span<double> masses,
        Span<double> sums)
    {
        int d = report.Dimensions;
        double factor = Math.Pow(decay, age);
        int moved = Math.Min(age, OnlineKMeans.Horizon);
        for (int k = 0; k < report.Masses.Length; k++)
        {
            double mass = report.Masses[k] * factor;
            if (mass <= 0)
            {
                continue;
            }

            ReadOnlySpan<double> mean = report.Means.AsSpan(k * d, d);
            int target = sameBasis ? k : Centres.Nearest(mean, basisCentres, out _);
            masses[target] += mass;
            for (int i = 0; i < d; i++)
            {
                sums[(target * d) + i] += mass * (mean[i] + (velocities[(target * d) + i] * moved));
            }
        }
    }
}
