using System.Collections.Immutable;
using Eco.Engines.Abstractions;
using Eco.Engines.Data;
using Eco.Engines.Online.Learning;

namespace Eco.Engines.Online.Experiments;

/// <summary>
/// Streaming anomaly detection without actors. Each edge scales its recording by its own rows and scores a batch before anyone learns from it; the
/// edges advance together, batch by batch. What differs is who learns from whose rows.
/// </summary>
public static class AnomalyBaselines
{
    /// <summary>Each edge learns from its own recording alone.</summary>
    /// <param name="workload">The workload.</param>
    public static AnomalyFigures Local(AnomalyWorkload workload) => Run(workload, Sharing.None);

    /// <summary>One learner gets all edges' rows (scaled as at the edges).</summary>
    /// <param name="workload">The workload.</param>
    public static AnomalyFigures Pooled(AnomalyWorkload workload) => Run(workload, Sharing.Rows);

    /// <summary>Each edge learns from its own recording, and models are merged every <see cref="AnomalyWorkload.Interval"/> batches.</summary>
    /// <param name="workload">The workload.</param>
    public static AnomalyFigures Federated(AnomalyWorkload workload) => Run(workload, Sharing.Models);

    private static AnomalyFigures Run(AnomalyWorkload workload, Sharing sharing)
    {
        ArgumentNullException.ThrowIfNull(workload);
        List<Edge> edges = [];
        try
        {
            OnlineKMeans shared = new(workload.Learner, workload.Seed);
            foreach (string path in workload.Files)
            {
                ulong id = (ulong)edges.Count + 1;
                edges.Add(new Edge(path, workload, sharing == Sharing.Rows ? shared : new OnlineKMeans(workload.Learner, workload.Seed + id, id)));
            }

            KMeansMerger merger = new(workload.Seed);
            for (int step = 1; ; step++)
            {
                ImmutableArray<RowBatch> rows = [.. edges.Select(edge => edge.ReadAndScore()).OfType<RowBatch>()];
                if (rows.IsEmpty)
                {
                    return new AnomalyFigures(edges.Average(e => e.Detection.F1), edges.Average(e => e.Detection.Auc));
                }

                Learn(edges, rows, sharing, shared);
                if (sharing == Sharing.Models && step % workload.Interval == 0)
                {
                    ModelArtifact merged = merger.Merge([.. edges.Select(edge => edge.Learner.Report()!)], []);
                    edges.ForEach(edge => edge.Learner.Apply(merged));
                }
            }
        }
        finally
        {
            edges.ForEach(edge => edge.Dispose());
        }
    }

    private static void Learn(List<Edge> edges, ImmutableArray<RowBatch> rows, Sharing sharing, OnlineKMeans shared)
    {
        if (sharing == Sharing.Rows)
        {
            shared.Learn(RowBatch.Concat(rows));
            return;
        }

        foreach (Edge edge in edges.Where(edge => edge.Rows is not null))
        {
            edge.Learner.Learn(edge.Rows!);
        }
    }

    private enum Sharing
    {
        None,
        Rows,
        Models,
    }

    private sealed class Edge(string path, AnomalyWorkload workload, OnlineKMeans learner) : IDisposable
    {
        private readonly CsvFile _file = new(path, workload.Csv);
        private readonly WindowFeatures _window = new(workload.WindowRows, 1, ["mean"]);
        private readonly Standardiser _standardiser = new(workload.FreezeAfter);
        private readonly AnomalyThreshold _threshold = new(workload.Calibration, workload.Quantile);

        public OnlineKMeans Learner { get; } = learner;

        public DetectionScore Detection { get; } = new();

        public RowBatch? Rows { get; private set; }

        public RowBatch? ReadAndScore()
        {
            RowBatch? read = _file.Read(workload.BatchRows);
            Rows = read is null ? null : _standardiser.Scale(_window.Add(read));
            for (int i = 0; Learner.Model is { } model && i < (Rows?.Count ?? 0); i++)
            {
                double score = model.Distance(Rows!.Row(i));
                if (!_threshold.Calibrate(score))
                {
                    Detection.Add(score, score > _threshold.Value, Rows.Labels![i] != 0);
                }
            }

            return Rows;
        }

        public void Dispose() => _file.Dispose();
    }
}
