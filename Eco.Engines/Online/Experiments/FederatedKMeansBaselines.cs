using System.Collections.Immutable;
using Eco.Engines.Abstractions;
using Eco.Engines.Data;
using Eco.Engines.Online.Learning;

namespace Eco.Engines.Online.Experiments;

/// <summary>
/// What the federation is compared with, and the federation itself as pure computation without actors. Each gives the mean error after the warm-up:
/// the root mean square distance of the true centres to those of the model in use after learning from a batch, mean over batches, then over edges.
/// </summary>
public static class FederatedKMeansBaselines
{
    /// <summary>One learner on the union of all edges' rows.</summary>
    /// <param name="workload">The workload.</param>
    public static double Pooled(FederatedKMeansWorkload workload)
    {
        ArgumentNullException.ThrowIfNull(workload);
        OnlineKMeans learner = new(workload.Learner, workload.Seed);
        double sum = 0;
        for (int batch = 0; batch < workload.Batches; batch++)
        {
            RowBatch union = RowBatch.Concat([.. Enumerable.Range(0, workload.Edges).Select(edge => workload.Batch(edge, batch))]);
            learner.Learn(union);
            sum += Error(learner, union, batch, workload);
        }

        return sum / (workload.Batches - workload.WarmUp);
    }

    /// <summary>Each edge for itself: no merges.</summary>
    /// <param name="workload">The workload.</param>
    public static double Isolated(FederatedKMeansWorkload workload) => Federated(workload, int.MaxValue, 0).MeanError;

    /// <summary>Merge rounds.</summary>
    /// <param name="workload">The workload.</param>
    /// <param name="interval">Batches between an edge's reports.</param>
    /// <param name="delay">Batches that pass between the reports and the use of what was merged from them.</param>
    /// <param name="drift">Whether the others' centres are moved on between merges.</param>
    public static FederatedKMeansOutcome Federated(FederatedKMeansWorkload workload, int interval, int delay, bool drift = true)
    {
        ArgumentNullException.ThrowIfNull(workload);
        OnlineKMeans[] edges = [.. Enumerable.Range(0, workload.Edges).Select(e => new OnlineKMeans(workload.Learner, workload.Seed + (ulong)e, (ulong)e + 1))];
        KMeansMerger merger = new(workload.Seed, drift);
        Queue<(int Due, ModelArtifact Model)> onTheWay = [];
        var errors = ImmutableArray.CreateBuilder<double>(workload.Batches);
        long bytes = 0;
        int rounds = 0;
        for (int batch = 0; batch < workload.Batches; batch++)
        {
            double error = 0;
            for (int e = 0; e < edges.Length; e++)
            {
                RowBatch rows = workload.Batch(e, batch);
                edges[e].Learn(rows);
                error += ErrorOf(edges[e], rows) / edges.Length;
            }

            errors.Add(error);
            if ((batch + 1) % interval == 0)
            {
                ImmutableArray<ModelArtifact> reports = [.. edges.Select(edge => edge.Report()!)];
                ModelArtifact merged = merger.Merge(reports, []);
                onTheWay.Enqueue((batch + delay, merged));
                bytes += reports.Sum(r => (long)r.Content.Length) + ((long)edges.Length * merged.Content.Length);
                rounds++;
            }

            while (onTheWay.TryPeek(out (int Due, ModelArtifact Model) next) && next.Due <= batch)
            {
                Array.ForEach(edges, edge => edge.Apply(next.Model));
                onTheWay.Dequeue();
            }
        }

        return new FederatedKMeansOutcome(errors.Skip(workload.WarmUp).Average(), errors.ToImmutable(), rounds, bytes);
    }

    private static double Error(OnlineKMeans learner, RowBatch rows, int batch, FederatedKMeansWorkload workload)
        => batch < workload.WarmUp ? 0 : ErrorOf(learner, rows);

    private static double ErrorOf(OnlineKMeans learner, RowBatch rows) => learner.Model!.ErrorAgainst(rows.ReferenceCentres);
}
