namespace Eco.Engines.Online.Learning;

/// <summary>How a merged model enters a learner's state.</summary>
internal static class MergedModelApplication
{
    /// <summary>Below this fraction of the merged mass, what is left after subtracting the own report is rounding of single precision.</summary>
    private const double RoundingFraction = 1e-5;

    public static void Apply(KMeansState state, KMeansMerged merged, ulong contributor, List<KMeansReport> reports, double decay)
    {
        IncludedReport? included = null;
        foreach (IncludedReport candidate in merged.Included)
        {
            if (candidate.Contributor == contributor)
            {
                included = candidate;
            }
        }

        KMeansReport? report = included is { } found ? reports.Find(r => r.Batch == found.Batch) : null;
        AdvanceClock(state, merged, included, decay);
        if (state.Basis != merged.Basis)
        {
            Renumber(state, merged);
        }

        (double[] masses, double[] sums) = OwnPartOf(state, merged, included, report, decay);
        for (int k = 0; k < state.Clusters; k++)
        {
            if (merged.Masses[k] <= 0)
            {
                continue; // nobody in the merge knows this cluster: what is known here stays
            }

            double others = merged.Masses[k] - masses[k];
            bool any = others > RoundingFraction * merged.Masses[k];
            state.OthersMasses[k] = any ? others * Math.Pow(decay, merged.Clock - state.OthersClock) : 0;
            for (int i = k * state.Dimensions; i < (k + 1) * state.Dimensions; i++)
            {
                state.OthersCentres[i] = any ? ((merged.Masses[k] * merged.Centres[i]) - sums[i]) / others : merged.Centres[i];
                state.Velocities[i] = merged.Velocities[i];
            }
        }
    }

    private static void AdvanceClock(KMeansState state, KMeansMerged merged, IncludedReport? included, double decay)
    {
        // Since the merge's time, not since the report: the merge has aged the report by the batches between the two.
        long since = included is { } report ? Math.Max(0, state.Batch - report.Batch - report.Age) : 0;
        long clock = Math.Max(state.Clock, merged.Clock + since);
        if (state.Basis != 0 && clock > state.Clock)
        {
            state.AgeOwn(Math.Pow(decay, clock - state.Clock));
        }

        // A newcomer's batches are as fresh as anyone's: its clock is set, not caught up.
        state.Clock = clock;
        state.Sequence = merged.Sequence;
        if (state.OthersClock != merged.Clock)
        {
            Rebase(state, merged.Clock, decay);
        }
    }

    /// <summary>Expresses what is known of the others at another time, for the clusters that the merged model leaves as they are.</summary>
    private static void Rebase(KMeansState state, long clock, double decay)
    {
        long by = clock - state.OthersClock;
        double factor = Math.Pow(decay, by);
        double moved = Math.Clamp(by, -OnlineKMeans.Horizon, OnlineKMeans.Horizon);
        for (int i = 0; i < state.OthersCentres.Length; i++)
        {
            state.OthersCentres[i] += state.Velocities[i] * moved;
        }

        for (int k = 0; k < state.Clusters; k++)
        {
            state.OthersMasses[k] *= factor;
        }

        state.OthersClock = clock;
    }

    /// <summary>Goes over to the merged numbering: each own part joins the nearest merged centre; several may join one.</summary>
    private static void Renumber(KMeansState state, KMeansMerged merged)
    {
        double[] masses = (double[])state.OwnMasses.Clone();
        double[] sums = (double[])state.OwnSums.Clone();
        double[] inertias = (double[])state.Inertias.Clone();
        Array.Clear(state.OwnMasses);
        Array.Clear(state.OwnSums);
        Array.Clear(state.Inertias);
        Array.Clear(state.OthersMasses);
        Array.Clear(state.Velocities);
        int d = state.Dimensions;
        double[] mean = new double[d];
        for (int k = 0; k < state.Clusters; k++)
        {
            if (masses[k] <= 0)
            {
                continue;
            }

            for (int i = 0; i < d; i++)
            {
                mean[i] = sums[(k * d) + i] / masses[k];
            }

            int target = Centres.Nearest(mean, merged.Centres, out _);
            state.OwnMasses[target] += masses[k];
            state.Inertias[target] += inertias[k];
            for (int i = 0; i < d; i++)
            {
                state.OwnSums[(target * d) + i] += sums[(k * d) + i];
            }
        }

        merged.Centres.CopyTo(state.Centres, 0);
        state.Basis = merged.Basis;
    }

    /// <summary>What of the merged sums came from here: the report in it, numbered, aged and moved as the merge did.</summary>
    private static (double[] Masses, double[] Sums) OwnPartOf(
        KMeansState state, KMeansMerged merged, IncludedReport? included, KMeansReport? report, double decay)
    {
        double[] masses = new double[state.Clusters];
        double[] sums = new double[state.Centres.Length];
        if (included is not { } inMerge)
        {
            return (masses, sums);
        }

        if (report is null)
        {
            // The report was made before this learner went back to an older checkpoint. The present own part is the best estimate of it.
            for (int k = 0; k < state.Clusters; k++)
            {
                masses[k] = Math.Min(state.OwnMasses[k], merged.Masses[k]);
                for (int i = k * state.Dimensions; i < (k + 1) * state.Dimensions; i++)
                {
                    sums[i] = masses[k] * merged.Centres[i];
                }
            }

            return (masses, sums);
        }

        ReportProjection.Add(report, report.Basis == merged.Basis, merged.Centres, merged.Velocities, inMerge.Age, decay, masses, sums);
        return (masses, sums);
    }
}
