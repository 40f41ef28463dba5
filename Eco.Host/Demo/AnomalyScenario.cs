using System.Collections.Immutable;
using System.Globalization;
using Eco.Actors.Console;
using Eco.Engines.Abstractions;
using Eco.Engines.Online.Experiments;
using Eco.Host.Commands;
using Eco.Host.Composition.Hosting;
using Eco.Host.Output;
using Eco.Schedulers.Placement;

namespace Eco.Host.Demo;

/// <summary>
/// The demo over recordings (<c>eco demo --data DIR</c>): one valve recording per edge, anomaly scores before learning, models merged in the cloud.
/// Each edge also keeps a model of its own alone, and the pooled learner is computed afterwards from the same files.
/// </summary>
/// <param name="folder">The folder of the recordings.</param>
/// <param name="files">Their names, one per edge.</param>
internal sealed class AnomalyScenario(string folder, ImmutableArray<string> files) : IDemoScenario
{
    private const string Pattern = "valve1_*.csv";
    private const int BytesPerNumber = 8;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);
    private readonly AnomalyWorkload _workload = new() { Files = [.. files.Select(file => Path.Combine(folder, file))] };

    public string Prefix => "valve-anomalies";

    public string Title =>
        $"{files.Length} edges score their valve recordings before they learn from them; models, never rows, are merged in the cloud";

    public ImmutableArray<LocalAgent> Agents =>
    [
        new(new AgentProfile("cloud-1", "cloud", "cloud", ImmutableSortedDictionary<string, string>.Empty, [], ["online"]), folder),
        .. files.Select((file, edge) => new LocalAgent(
            new AgentProfile(
                string.Create(CultureInfo.InvariantCulture, $"edge-{edge + 1}"),
                string.Create(CultureInfo.InvariantCulture, $"site-{edge + 1}"),
                "edge",
                ImmutableSortedDictionary<string, string>.Empty.Add("edge", edge.ToString(CultureInfo.InvariantCulture)).Add("recording", file),
                [],
                ["online"]),
            folder)),
    ];

    public string StepStatistic => "learn.batches";

    public ImmutableArray<(string Heading, string Statistic)> Shown => [("F1", "judge.f1"), ("ALONE", "alone-judge.f1"), ("AUC", "judge.auc")];

    public ImmutableArray<string> Final => ["judge.f1", "judge.auc", "alone-judge.f1", "alone-judge.auc"];

    /// <summary>Finds the recordings.</summary>
    /// <exception cref="CommandException">Code <c>not-found</c>: the folder holds none.</exception>
    public static AnomalyScenario Of(string folder)
    {
        ImmutableArray<string> files =
            [.. Directory.EnumerateFiles(folder, Pattern).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
        return files.Length < 2
            ? throw new CommandException(
                ConsoleErrorCodes.NotFound,
                $"'{folder}' holds {files.Length} recordings named {Pattern}, and federated learning needs two",
                "name the folder of the SKAB valve recordings with --data DIR")
            : new AnomalyScenario(Path.GetFullPath(folder), files);
    }

    public string ToHocon(string id) => string.Create(CultureInfo.InvariantCulture, $$"""
        ion {
          id = {{id}}
          title = "Anomalies in {{files.Length}} valve recordings"
          nodes {
            edge {
              engine = online
              on { role = edge }
              run { continuous { every = {{Pace.TotalMilliseconds}}ms } }
              components {
                source {
                  type = source.csv
                  paths = ["label:recording"]
                  delimiter = "{{_workload.Csv.Delimiter}}"
                  label = {{_workload.Csv.Label}}
                  features = [{{string.Join(", ", _workload.Csv.Features.Select(feature => $"\"{feature}\""))}}]
                  batch = {{_workload.BatchRows}}
                }
                smooth { type = transform.window, from = source, rows = {{_workload.WindowRows}}, step = 1, features = [mean] }
                scale { type = transform.standardise, from = smooth, freeze-after = {{_workload.FreezeAfter}} }
                learn { type = train.kmeans, from = scale, clusters = {{_workload.Learner.Clusters}}, decay = {{_workload.Learner.Decay}}, emit-every = {{_workload.Interval}} }
                score { type = infer.anomaly, from { rows = scale, model = learn.prior } }
                judge { type = evaluate.anomaly, from { rows = scale, scores = score }, calibration = {{_workload.Calibration}}, quantile = {{_workload.Quantile}} }
                alone { type = train.kmeans, from = scale, clusters = {{_workload.Learner.Clusters}}, decay = {{_workload.Learner.Decay}} }
                alone-score { type = infer.anomaly, from { rows = scale, model = alone.prior } }
                alone-judge { type = evaluate.anomaly, from { rows = scale, scores = alone-score }, calibration = {{_workload.Calibration}}, quantile = {{_workload.Quantile}} }
              }
            }
            merge {
              engine = online
              on { role = cloud, limit = 1 }
              run { event { signal = model } }
              rounds { quorum = 2, deadline = 2s, late = fold }
              components { combine { type = merge.kmeans } }
            }
          }
          links = [
            { from = edge.learn, to = merge.combine, signal = model }
            { from = merge.combine, to = edge.learn, signal = model }
          ]
        }
        """);

    public long RawBytes(long steps) => steps * _workload.BatchRows * _workload.Csv.Features.Length * BytesPerNumber;

    public FiguresReport Report(DemoOutcome outcome)
    {
        AnomalyFigures pooled = Pooled();
        return new FiguresReport(
            "demo --data",
            [(long)_workload.Seed],
            [
                ("demo-seconds", Figure.AtMost(outcome.Seconds, "s", 60)),
                ("rounds", Figure.Plain(outcome.Rounds, "rounds")),
                ("f1-local", Figure.Plain(outcome.Mean("alone-judge.f1"), "1")),
                ("f1-federated", Figure.Plain(outcome.Mean("judge.f1"), "1")),
                ("f1-pooled", Figure.Plain(pooled.F1, "1")),
                ("auc-local", Figure.Plain(outcome.Mean("alone-judge.auc"), "1")),
                ("auc-federated", Figure.Plain(outcome.Mean("judge.auc"), "1")),
                ("auc-pooled", Figure.Plain(pooled.Auc, "1")),
                ("bytes-moved-fraction", Figure.Plain(outcome.BytesMoved / (double)RawBytes(Math.Max(1, outcome.StepsHere)), "1")),
            ],
            [.. outcome.Statistics.Where(entry => entry.Value.ContainsKey(StepStatistic)).Select(entry =>
                ImmutableArray.Create<(string, object?)>(
                    [
                        ("agent", entry.Key),
                        .. Final.Select(statistic => (statistic, (object?)entry.Value.GetValueOrDefault(statistic, double.NaN))),
                    ]))]);
    }

    private AnomalyFigures Pooled()
    {
        try
        {
            return AnomalyBaselines.Pooled(_workload);
        }
        catch (PipelineException e)
        {
            throw new CommandException(ConsoleErrorCodes.Invalid, e.Message, "correct the recording", e);
        }
    }
}
