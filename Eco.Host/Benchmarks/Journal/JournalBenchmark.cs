using System.Collections.Immutable;
using System.Diagnostics;
using Eco.Host.Commands;
using Eco.Host.Output;

namespace Eco.Host.Benchmarks.Journal;

/// <summary><c>eco bench journal</c>: durable events a second, and recovery, on the disk of a folder.</summary>
internal static class JournalBenchmark
{
    /// <summary>As it is typed.</summary>
    public const string Name = "journal";

    private const string Entity = "accounts/1";

    /// <summary>So many entities write at once: as many as share one commit at most, twice, so that the next is there when one ends.</summary>
    private const int Entities = 2_048;

    /// <summary>Runs it.</summary>
    public static async Task<int> RunAsync(BenchRun run, CommandOutput output, CancellationToken stop)
    {
        int runs = run.Quick ? 1 : 5;
        var rows = new SortedDictionary<string, List<double>>(StringComparer.Ordinal);
        for (int i = 1; i <= runs; i++)
        {
            string folder = Path.Combine(run.Folder, $"eco-bench-{Guid.NewGuid():n}");
            Directory.CreateDirectory(folder);
            try
            {
                await MeasureAsync(Path.Combine(folder, "journal.db"), run.Quick, Add, stop).ConfigureAwait(false);
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }

            output.Note($"run {i} of {runs}: {string.Join(", ", rows.Select(row => $"{row.Key} {Plain.Number(row.Value[^1])}"))}");
        }

        return FiguresOutput.Show(Report(rows.ToImmutableSortedDictionary(row => row.Key, row => new Series([.. row.Value]))), output, run.JsonFile);

        void Add(string name, double value)
        {
            if (!rows.TryGetValue(name, out List<double>? values))
            {
                values = [];
                rows.Add(name, values);
            }

            values.Add(value);
        }
    }

    private static FiguresReport Report(ImmutableSortedDictionary<string, Series> series) => new(
        $"bench {Name}",
        [],
        [
            (Measures.Events, Figure.AtLeast(series[Measures.Events].Median, "1/s", 20_000)),
            (Measures.SingleWriter, Figure.Plain(series[Measures.SingleWriter].Median, "1/s")),
            (Measures.Recovery, Figure.AtMost(series[Measures.Recovery].Median, "s", 2)),
            (Measures.Snapshot, Figure.AtMost(series[Measures.Snapshot].Median, "ms", 100)),
        ],
        [.. series.Select(row => ImmutableArray.Create<(string, object?)>([("measure", row.Key), .. row.Value.ToColumns()]))]);

    private static async Task MeasureAsync(string path, bool quick, Action<string, double> add, CancellationToken stop)
    {
        int scale = quick ? 100 : 1;
        await using (JournalSession session = await JournalSession.OpenAsync(path).ConfigureAwait(false))
        {
            // The first commits make the file grow and the code compile.
            await session.WriteAsync("warm", Entities, 20_000 / scale, stop).ConfigureAwait(false);
            add(Measures.Events, await session.WriteAsync("many", Entities, 200_000 / scale, stop).ConfigureAwait(false));
            add(Measures.SingleWriter, await session.WriteAsync("single", 1, 2_000 / scale, stop).ConfigureAwait(false));
            await session.FillAsync(Entity, 100_000 / scale, stop).ConfigureAwait(false);
        }

        add(Measures.Recovery, (await RecoverAsync(path, 100_000 / scale, saveSnapshot: true, stop).ConfigureAwait(false)).TotalSeconds);
        add(Measures.Snapshot, (await RecoverAsync(path, 100_000 / scale, saveSnapshot: false, stop).ConfigureAwait(false)).TotalMilliseconds);
    }

    /// <summary>Opens the journal anew, as a new start of the host does, and recovers one actor.</summary>
    private static async Task<TimeSpan> RecoverAsync(string path, int expected, bool saveSnapshot, CancellationToken stop)
    {
        await using JournalSession session = await JournalSession.OpenAsync(path).ConfigureAwait(false);
        long start = Stopwatch.GetTimestamp();
        long last = await session.RecoverAsync(Entity, saveSnapshot, stop).ConfigureAwait(false);
        TimeSpan elapsed = session.RecoveredAt(start);
        return last == expected
            ? elapsed
            : throw new InvalidOperationException($"{last} events were recovered of {expected}");
    }

    private static class Measures
    {
        public const string Events = "events-per-second";
        public const string SingleWriter = "single-writer-events-per-second";
        public const string Recovery = "recovery-100k-seconds";
        public const string Snapshot = "recovery-snapshot-ms";
    }
}
