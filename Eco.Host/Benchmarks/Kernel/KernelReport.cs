using System.Collections.Immutable;
using Eco.Host.Output;

namespace Eco.Host.Benchmarks.Kernel;

/// <summary>From the values of all runs to figures and rows.</summary>
/// <param name="pinned">By run: what was measured on one processor, by name.</param>
/// <param name="unpinned">The same on all processors.</param>
internal sealed class KernelReport(
    IReadOnlyList<IReadOnlyDictionary<string, double>> pinned, IReadOnlyList<IReadOnlyDictionary<string, double>> unpinned)
{
    /// <summary>On all processors no workload may fall below a third of its rate on one, wherever its threads happen to run.</summary>
    private const double LeastOfPinned = 1.0 / 3;

    private static IEnumerable<string> Rated => KernelMeasures.Yardsticks.Concat(KernelMeasures.Ratios.Select(ratio => ratio.Name));

    public FiguresReport ToReport() => new(
        "bench kernel",
        [],
        [.. FiguresOf(pinned, ""), .. FiguresOf(unpinned, "-all"), ("all-to-pinned-least", Figure.AtLeast(LeastRatio(), "1", LeastOfPinned))],
        [.. RowsOf(pinned, "one"), .. RowsOf(unpinned, "all")]);

    private static IEnumerable<(string Name, Figure Figure)> FiguresOf(IReadOnlyList<IReadOnlyDictionary<string, double>> runs, string suffix)
    {
        foreach ((string name, string yardstick, double goal) in KernelMeasures.Ratios)
        {
            double ratio = RatioOf(runs, name, yardstick).Median;

            // Ratios wander on several processors, with the caches that the threads happen to share; goals are for one.
            yield return ($"{name}-ratio{suffix}", suffix.Length == 0 ? Figure.AtLeast(ratio, "1", goal) : Figure.Plain(ratio, "1"));
        }

        foreach ((string name, Func<double, Figure> toFigure) in KernelMeasures.Values)
        {
            yield return (name + suffix, toFigure(SeriesOf(runs, name).Median));
        }

        foreach (string name in Rated)
        {
            yield return ($"{name}-per-second{suffix}", Figure.Plain(SeriesOf(runs, name).Median, "1/s"));
        }
    }

    private static IEnumerable<ImmutableArray<(string Column, object? Value)>> RowsOf(
        IReadOnlyList<IReadOnlyDictionary<string, double>> runs, string processors) =>
    [
        .. KernelMeasures.Ratios.Select(ratio => Row(processors, $"{ratio.Name} x {ratio.Yardstick}", RatioOf(runs, ratio.Name, ratio.Yardstick))),
        .. Rated.Select(name => Row(processors, $"{name} a second", SeriesOf(runs, name))),
        .. KernelMeasures.Values.Select(value => Row(processors, value.Name, SeriesOf(runs, value.Name))),
    ];

    private static ImmutableArray<(string Column, object? Value)> Row(string processors, string measure, Series series) =>
        [("processors", processors), ("measure", measure), .. series.ToColumns()];

    private static Series SeriesOf(IReadOnlyList<IReadOnlyDictionary<string, double>> runs, string name) =>
        new([.. runs.Select(run => run[name])]);

    private static Series RatioOf(IReadOnlyList<IReadOnlyDictionary<string, double>> runs, string name, string yardstick) =>
        new([.. runs.Select(run => run[name] / run[yardstick])]);

    private double LeastRatio() => KernelMeasures.Ratios.Min(ratio => SeriesOf(unpinned, ratio.Name).Median / SeriesOf(pinned, ratio.Name).Median);
}
