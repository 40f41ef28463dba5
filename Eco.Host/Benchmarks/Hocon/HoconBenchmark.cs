using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Eco.Host.Commands;
using Eco.Host.Output;
using Eco.Runtime.Hocon;

namespace Eco.Host.Benchmarks.Hocon;

/// <summary><c>eco bench hocon</c>: reading and resolving documents of three sizes on one processor.</summary>
internal static class HoconBenchmark
{
    /// <summary>As it is typed.</summary>
    public const string Name = "hocon";

    private const double LeastMegabytesPerSecond = 20;

    /// <summary>A document of a hundred times the size may cost so many times as much for each byte; the processor's caches take their part.</summary>
    private const double MostGrowth = 2;

    private static readonly ImmutableArray<int> Sizes = [100_000, 1_000_000, 10_000_000];

    /// <summary>Measures in a process on one processor.</summary>
    public static async Task<int> RunAsync(BenchRun run, CommandOutput output, CancellationToken stop)
    {
        int runs = run.Quick ? 1 : 5;
        var values = new List<IReadOnlyDictionary<string, double>>();
        for (int i = 1; i <= runs; i++)
        {
            IReadOnlyDictionary<string, double> measured = await BenchWorker.MeasureAsync(Name, pinned: true, run.Quick, stop).ConfigureAwait(false);
            values.Add(measured);
            output.Note($"run {i} of {runs}: {string.Join(", ", SizesOf(run.Quick).Select(size => FormattableString.Invariant($"{measured[MeasureOf(size)]:F1} MB/s at {size / 1e6} MB")))}");
        }

        return FiguresOutput.Show(Report(values, SizesOf(run.Quick)), output, run.JsonFile);
    }

    /// <summary>The measuring process.</summary>
    public static int Work(bool quick, CommandOutput output, CancellationToken stop)
    {
        foreach (int size in SizesOf(quick))
        {
            byte[] document = HoconDocuments.Of(size);

            // As many bytes at each size, and first as many to be compiled.
            int times = Math.Max(1, (quick ? 1 : 30) * 1_000_000 / document.Length);
            Read(document, times, stop);
            GC.Collect();
            long start = Stopwatch.GetTimestamp();
            Read(document, times, stop);
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            output.Line(string.Create(CultureInfo.InvariantCulture, $"{MeasureOf(size)} {document.Length * (double)times / 1e6 / seconds:R}"));
        }

        return ExitCodes.Success;
    }

    /// <summary>The slowest size counts.</summary>
    internal static FiguresReport Report(IReadOnlyList<IReadOnlyDictionary<string, double>> runs, ImmutableArray<int> sizes)
    {
        ImmutableArray<(int Size, Series Series)> bySize = [.. sizes.Select(size => (size, new Series([.. runs.Select(run => run[MeasureOf(size)])])))];
        var growth = new Series([.. runs.Select(run => run[MeasureOf(sizes[0])] / run[MeasureOf(sizes[^1])])]);
        return new FiguresReport(
            $"bench {Name}",
            [],
            [
                ("mb-per-second", Figure.AtLeast(bySize.Min(size => size.Series.Median), "MB/s", LeastMegabytesPerSecond)),
                ("cost-growth", Figure.AtMost(growth.Median, "1", MostGrowth)),
            ],
            [.. bySize.Select(size => ImmutableArray.Create<(string, object?)>([("bytes", size.Size), ("unit", "MB/s"), .. size.Series.ToColumns()]))]);
    }

    private static ImmutableArray<int> SizesOf(bool quick) => quick ? [20_000, 200_000] : Sizes;

    private static string MeasureOf(int size) => $"mb-per-second-{size.ToString(CultureInfo.InvariantCulture)}";

    private static void Read(byte[] document, int times, CancellationToken stop)
    {
        for (int i = 0; i < times; i++)
        {
            stop.ThrowIfCancellationRequested();
            HoconParseResult result = HoconParser.TryParse(document);
            if (result.Root is null)
            {
                throw new HoconException(result.Diagnostics);
            }
        }
    }
}
