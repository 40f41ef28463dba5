using System.Collections.Immutable;
using System.Globalization;
using Eco.Engines.Online.Experiments;
using Eco.Host.Composition.Hosting;
using Eco.Host.Output;

namespace Eco.Host.Demo;

/// <summary>The default demo: the paper's Figure 4.</summary>
/// <param name="workload">The data.</param>
/// <param name="pace">Time between the batches of an edge.</param>
/// <param name="isStandard">Whether this is the run that the goals are meant for, and no shorter or slower one.</param>
internal sealed class FederatedKMeansScenario(FederatedKMeansWorkload workload, TimeSpan pace, bool isStandard) : IDemoScenario
{
    /// <summary>Lets all batches pass in about half a minute.</summary>
    public static TimeSpan DefaultPace { get; } = TimeSpan.FromMilliseconds(75);

    /// <summary>The demo with other numbers than its own, where they are given.</summary>
    public static FederatedKMeansScenario Of(int? batches, TimeSpan? pace)
    {
        var standard = new FederatedKMeansWorkload { Seed = 1 };
        int length = batches ?? standard.Batches;
        return new FederatedKMeansScenario(
            standard with { Batches = length, WarmUp = Math.Min(standard.WarmUp, length / 2) },
            pace ?? DefaultPace,
            batches is null && pace is null);
    }

    public string Prefix => "federated-kmeans";

    public string Title =>
        $"{workload.Edges} edges and a cloud learn {workload.Clusters.Clusters} moving clusters together; each edge sees {workload.Clusters.ClustersPerEdge} of them, and no data leaves it";

    public ImmutableArray<LocalAgent> Agents =>
        [.. FederatedKMeansIon.Agents(workload.Edges).Select(profile => new LocalAgent(profile, "."))];

    public string StepStatistic => FederatedKMeansIon.Batches;

    public ImmutableArray<(string Heading, string Statistic)> Shown =>
    [
        ("CENTRE ERROR", FederatedKMeansIon.Error),
        ("ALONE IT WOULD BE", FederatedKMeansIon.AloneError),
    ];

    public ImmutableArray<string> Final => ["error.mean-centre-error", "alone-error.mean-centre-error"];

    public string ToHocon(string id) => new FederatedKMeansIon(id, workload, pace, FederatedKMeansIon.DefaultEmitEvery).ToHocon();

    public long RawBytes(long steps) => steps * workload.Clusters.Points * 16;

    public FiguresReport Report(DemoOutcome outcome) => new(
        "demo",
        [(long)workload.Seed],
        [
            ("demo-seconds", Judged(isStandard, outcome.Seconds, "s", 60)),
            ("rounds", Figure.Plain(outcome.Rounds, "rounds")),
            ("centre-error-final", Figure.Plain(outcome.Mean(FederatedKMeansIon.Error), "distance")),
            ("bytes-moved-fraction", Judged(
                isStandard && !outcome.Resumed, outcome.BytesMoved / (double)RawBytes(Math.Max(1, outcome.StepsHere)), "1", 0.05)),
        ],
        [.. outcome.Statistics.Where(entry => entry.Value.ContainsKey(StepStatistic)).Select(entry => ImmutableArray.Create<(string, object?)>(
            ("agent", entry.Key),
            ("batches", Round(entry.Value, StepStatistic)),
            ("centre-error", Value(entry.Value, FederatedKMeansIon.Error)),
            ("alone", Value(entry.Value, FederatedKMeansIon.AloneError)),
            ("mean-centre-error", Value(entry.Value, Final[0])),
            ("mean-alone", Value(entry.Value, Final[1]))))]);

    /// <summary>The rest of a run that was cut off, or a shorter one, says nothing about a goal for a whole one.</summary>
    private static Figure Judged(bool judge, double value, string unit, double goal) =>
        judge ? Figure.AtMost(value, unit, goal) : Figure.Plain(value, unit);

    private static object? Value(ImmutableSortedDictionary<string, double> values, string statistic) =>
        values.TryGetValue(statistic, out double value) ? value : null;

    private static string Round(ImmutableSortedDictionary<string, double> values, string statistic) =>
        values.GetValueOrDefault(statistic).ToString("F0", CultureInfo.InvariantCulture);
}
