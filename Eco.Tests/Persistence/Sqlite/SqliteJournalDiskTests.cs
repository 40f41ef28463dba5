using System.Diagnostics;
using System.Globalization;
using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Sqlite;
using Eco.Runtime.Persistence.Statistics;
using Eco.Tests.Integration;
using Eco.Tests.Persistence.Contracts;
using NUnit.Framework;

namespace Eco.Tests.Persistence.Sqlite;

/// <summary>Real full disks (tmpfs with a size) and real disk errors (system calls that strace lets fail).</summary>
[TestFixture]
[Category("Slow")]
[Category("Process")]
public sealed class SqliteJournalDiskTests
{
    private TemporaryFolder _folder = null!;

    private string Disk => _folder.File("disk");

    [SetUp]
    public void Open() => _folder = new TemporaryFolder();

    [TearDown]
    public async Task CloseAsync()
    {
        if (Directory.Exists(Disk))
        {
            await RunAsync("umount", Disk);
        }

        _folder.Dispose();
    }

    [Test]
    public async Task Append_WhenTheDiskIsFull_LivesOnTheReserveAndTakesItBackWhenThereIsRoom()
    {
        await MountAsync("20m");
        var heard = new List<bool>();
        await using var harness = new DiskHarness(Path.Combine(Disk, "journal.db"), heard.Add);
        var journal = new JournalProbe(harness);
        Ownership owned = (await journal.ClaimAsync(1))[0];
        string reserve = Path.Combine(Disk, "journal.reserve");
        Assert.That(File.Exists(reserve), Is.True);

        long stored = 0;
        while (heard.Count == 0 && stored < 2_000)
        {
            await journal.CommitAsync(journal.Request("ion-1", owned, [Big(++stored)]));
        }

        Assert.That(heard, Is.EqualTo(new[] { true }));
        Assert.That(File.Exists(reserve), Is.False);
        await journal.CommitAsync(journal.Request("ion-1", owned, [Big(++stored)]));
        await RunAsync("mount", "-o", "remount,size=64m", Disk);
        for (int i = 0; i < 10; i++)
        {
            await journal.CommitAsync(journal.Request("ion-1", owned, [Big(++stored)]));
        }

        Assert.That(heard, Is.EqualTo(new[] { true, false }));
        Assert.That(File.Exists(reserve), Is.True);
        Assert.That((await journal.RecoverAsync("ion-1")).Events, Has.Length.EqualTo(stored));
    }

    [Test]
    public async Task Append_WhenTheReserveIsUsedUpToo_EndsAndKeepsAllThatWasAcknowledged()
    {
        await MountAsync("20m");
        await using var harness = new DiskHarness(Path.Combine(Disk, "journal.db"), _ => { });
        var journal = new JournalProbe(harness);
        Ownership owned = (await journal.ClaimAsync(1))[0];
        long stored = 0;
        object answer;
        while ((answer = await journal.AppendAsync(journal.Request("ion-1", owned, [Big(stored + 1)]))) is AppendCommitted && stored < 5_000)
        {
            stored++;
        }

        Assert.That(answer, Is.InstanceOf<AppendFailed>());
        Assert.That(((AppendFailed)answer).Message, Does.StartWith("JournalFull: "));
        Assert.That(stored, Is.GreaterThan(100));
        await harness.Journal.DisposeAsync();
        await RunAsync("mount", "-o", "remount,size=64m", Disk);
        await harness.ReopenAsync();
        Assert.That((await journal.RecoverAsync("ion-1")).Events, Has.Length.EqualTo(stored));
    }

    [Test]
    public async Task Statistics_WhenTheirDiskIsFull_AreCountedAndTakenAgainWhenThereIsRoom()
    {
        await MountAsync("1m");
        await using StatisticsStore store = StatisticsStore.Open(new StatisticsStoreOptions { Path = Path.Combine(Disk, "statistics.db") });
        NewStatistic[] rows = [.. Enumerable.Range(0, 1_000).Select(n => new NewStatistic("ion", "node", "edge-1", "error", n, JournalProbe.At(n)))];
        object answer;
        int taken = 0;
        while ((answer = await RecordAsync(store, rows)) is StatisticsRecorded && taken < 100)
        {
            taken++;
        }

        Assert.That(answer, Is.InstanceOf<StatisticsFailed>());
        await RunAsync("mount", "-o", "remount,size=64m", Disk);
        Assert.That(await RecordAsync(store, rows), Is.EqualTo(new StatisticsRecorded(1, 1_000)), "the rows of the one request that was refused");
    }

    [TestCase(9)]
    [TestCase(24)]
    public async Task Append_WhenASyncFails_EndsAtOnceAndKeepsAllThatWasAcknowledged(int nth)
    {
        // The log's first sync is the claim's.
        (string output, string error) = await StraceAsync($"fdatasync,fsync:error=EIO:when={nth}", untilLines: null);

        Assert.That(error, Does.Contain("JournalFault: "));
        AssertHolds(Last(output), atMost: 1);
    }

    [TestCase(40)]
    [TestCase(75)]
    public async Task Append_WhenAWriteFindsNoSpace_GoesOnWithTheReserve(int nth)
    {
        (string output, _) = await StraceAsync($"pwrite64:error=ENOSPC:when={nth}", untilLines: 60);

        Assert.That(Last(output), Is.GreaterThanOrEqualTo(60));
        AssertHolds(Last(output), atMost: 1);
    }

    private static async Task<object> RecordAsync(StatisticsStore store, NewStatistic[] rows)
    {
        var answers = new RecordingRef();
        store.Record(new RecordStatistics(1, [.. rows]), answers);
        await Eventually.HoldsAsync("the answer", () => answers.Messages.Count == 1);
        return answers.Messages[0];
    }

    private static JournalEvent Big(long sequenceNr) => JournalProbe.Event(sequenceNr) with { Payload = new byte[20_000] };

    private static long Last(string output) =>
        long.Parse(output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[^1], CultureInfo.InvariantCulture);

    private static async Task<(int ExitCode, string Error)> RunAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        string error = await process.StandardError.ReadToEndAsync();
        await Eventually.CompletesAsync(program, process.WaitForExitAsync());
        return (process.ExitCode, error);
    }

    private async Task MountAsync(string size)
    {
        Directory.CreateDirectory(Disk);
        string problem = "not as root";
        if (Environment.UserName == "root")
        {
            (int exitCode, problem) = await RunAsync("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", Disk);
            if (exitCode == 0)
            {
                return;
            }
        }

        Directory.Delete(Disk);
        Assert.Ignore($"a file system of limited size cannot be mounted here: {problem.Trim()}");
    }

    private async Task<(string Output, string Error)> StraceAsync(string inject, int? untilLines)
    {
        if (!File.Exists("/usr/bin/strace"))
        {
            Assert.Ignore("strace is not installed: apt-get install strace");
        }

        string[] arguments =
        [
            "-f", "-qq", "-o", "/dev/null", "-P", _folder.File("journal.db-wal"), "-e", $"trace={inject[..inject.IndexOf(':', StringComparison.Ordinal)]}", "-e", $"inject={inject}",
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", "exec", typeof(JournalWriterProgram).Assembly.Location, JournalWriterProgram.Verb,
            _folder.File("journal.db"),
        ];
        using Process process = Process.Start(new ProcessStartInfo("strace", arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        try
        {
            Task<string> error = process.StandardError.ReadToEndAsync();
            var output = new System.Text.StringBuilder();
            for (int lines = 0; untilLines is null || lines < untilLines; lines++)
            {
                if (await Eventually.CompletesAsync("a line of the writing process", process.StandardOutput.ReadLineAsync()) is not { } line)
                {
                    break;
                }

                output.AppendLine(line);
            }

            process.Kill(entireProcessTree: true);
            output.Append(await Eventually.CompletesAsync("the rest", process.StandardOutput.ReadToEndAsync()));
            return (output.ToString(), await Eventually.CompletesAsync("the errors", error));
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    private void AssertHolds(long told, long atMost)
    {
        Eventually.HoldsAsync("the lock to be free", () => Lock.IsFree(_folder.File("journal.db.lock")), () => "held").GetAwaiter().GetResult();
        string path = _folder.File("journal.db");
        SqliteJournal.Open(new SqliteJournalOptions { Path = path }).DisposeAsync().AsTask().GetAwaiter().GetResult();
        using JournalReader reader = JournalReader.Open(path);
        object[] answers = [.. reader.Recover(new RecoverRequest(1, "ion-1"))];
        Assert.That(answers, Has.None.InstanceOf<RecoveryFailed>());
        Assert.That(answers.OfType<RecoveredEvents>().Sum(page => page.Events.Length), Is.InRange(told, told + atMost));
        Assert.That(JournalVerifier.Verify(path).Problems, Is.Empty);
    }

    private static class Lock
    {
        public static bool IsFree(string path)
        {
            try
            {
                using FileStream held = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                return true;
            }
            catch (IOException)
            {
                return false;
            }
        }
    }

    private sealed class DiskHarness(string path, Action<bool> onFull) : StorageHarness<IJournal>
    {
        public SqliteJournal Journal { get; private set; } = Make(path, onFull);

        public override IJournal Port => Journal;

        public override async Task ReopenAsync()
        {
            await Journal.DisposeAsync();
            Journal = Make(path, onFull);
        }

        public override Task WaitAsync(string what, Func<bool> condition, Func<string> lastObservation) =>
            Eventually.HoldsAsync(what, condition, lastObservation);

        public override ValueTask DisposeAsync() => Journal.DisposeAsync();

        private static SqliteJournal Make(string path, Action<bool> onFull) =>
            SqliteJournal.Open(new SqliteJournalOptions { Path = path, OnFull = onFull, CheckpointAfterBytes = 200_000 });
    }
}
