using Eco.Runtime.Dispatch;
using Eco.Runtime.Persistence.Journals;
using Eco.Runtime.Persistence;
using Eco.Tests.Persistence.Contracts;
using NUnit.Framework;

namespace Eco.Tests.Persistence.Sqlite;

/// <summary>Crashes around a commit, full storage, a full queue, and what of it is counted.</summary>
[TestFixture]
public sealed class SqliteJournalFaultTests
{
    [Test]
    public async Task Append_WhenTheHostDiesBeforeTheCommit_LeavesNothingOfIt()
    {
        (object answer, JournalProbe.Recovered recovered) = await CrashAsync("journal.beforeCommit");

        Assert.That(((AppendFailed)answer).Reason, Is.EqualTo(AppendFailureReason.StorageFault));
        Assert.That(recovered.Events, Has.Length.EqualTo(1));
    }

    [Test]
    public async Task Append_WhenTheHostDiesAfterTheCommit_IsStoredThoughNobodyWasTold()
    {
        (object answer, JournalProbe.Recovered recovered) = await CrashAsync("journal.afterCommit");

        Assert.That(((AppendFailed)answer).Reason, Is.EqualTo(AppendFailureReason.Unknown));
        Assert.That(recovered.Events, Has.Length.EqualTo(2));
    }

    [Test]
    public async Task CrashPoints_WhenACommitHoldsMuch_AreAnnouncedOncePerThingBeforeTheAnswer()
    {
        var announced = new List<string>();
        var recorder = new RecordingRef();
        var points = new CallbackCrashPoints((point, detail) => announced.Add($"{point} {detail} {recorder.Messages.Count}"));
        await using var harness = new SqliteJournalHarness(crashPoints: points);
        var journal = new JournalProbe(harness);
        Ownership owned = (await journal.ClaimAsync())[0];
        Assert.That(announced, Is.EqualTo(new[] { "journal.beforeCommit claim 0", "journal.afterCommit claim 0", "head.afterWrite claim 0" }));
        await journal.CommitAsync(journal.Request("ion-1", owned, outbox: [JournalProbe.Message("a", 1)]));
        announced.Clear();

        AppendRequest request = journal.Request(
            "ion-1",
            owned,
            [JournalProbe.Event(1, manifest: "merge.round-opened/1"), JournalProbe.Event(2, manifest: "merge.round-opened/1"), JournalProbe.Event(3)],
            acknowledged: [("a", 1)],
            inbox: new InboxRow("b", 1, 1));
        harness.Journal.Append(request, recorder);
        await harness.WaitAsync("the answer", () => recorder.Messages.Count == 1, () => "none");

        string[] details = ["merge.round-opened/1", "test.happened/1", "outbox-ack", "inbox"];
        Assert.That(announced, Is.EqualTo(new[] { "journal.beforeCommit", "journal.afterCommit", "head.afterWrite" }.SelectMany(point => details.Select(d => $"{point} {d} 0"))));
    }

    [Test]
    public async Task Append_WhenTheStorageIsFull_RefusesEverythingFromThenOnAndKeepsWhatWasCommitted()
    {
        var faults = new List<Exception>();
        await using var harness = new SqliteJournalHarness(o => o with { SizeLimitBytes = 200_000, OnStorageFault = faults.Add });
        var journal = new JournalProbe(harness);
        Ownership owned = (await journal.ClaimAsync())[0];
        long stored = 0;
        object answer;
        do
        {
            answer = await journal.AppendAsync(journal.Request("ion-1", owned, [JournalProbe.Event(stored + 1) with { Payload = new byte[20_000] }]));
            stored += answer is AppendCommitted ? 1 : 0;
        }
        while (answer is AppendCommitted && stored < 100);

        Assert.That(stored, Is.InRange(3, 20));
        Assert.That(((AppendFailed)answer).Reason, Is.EqualTo(AppendFailureReason.StorageFault));
        Assert.That(((AppendFailed)answer).Message, Does.Contain("full"));
        await journal.RefusedAsync(journal.Request("ion-2", owned, [JournalProbe.Event(1)]), AppendFailureReason.StorageFault);
        Assert.That(await harness.AskAsync((j, me) => j.Recover(new RecoverRequest(1, "ion-1"), me)), Is.InstanceOf<RecoveryFailed>());
        Assert.That(await harness.AskAsync((j, me) => j.Claim(ClaimPartitions.All(1, 2, "w"), me)), Is.InstanceOf<ClaimFailed>());
        Assert.That(faults, Has.Count.EqualTo(1));

        await harness.ReopenAsync(o => o with { SizeLimitBytes = null });
        Assert.That((await journal.RecoverAsync("ion-1")).Events, Has.Length.EqualTo(stored));
    }

    [Test]
    public async Task Append_WhenTheQueueIsFull_IsOverloadedAndMayBeSentAgain()
    {
        using var gate = new ManualResetEventSlim();
        var points = new CallbackCrashPoints((_, detail) =>
        {
            if (detail == "test.happened/1")
            {
                gate.Wait();
            }
        });
        await using var harness = new SqliteJournalHarness(o => o with { QueueCapacity = 5 }, points);
        var journal = new JournalProbe(harness);
        Ownership owned = (await journal.ClaimAsync())[0];
        List<AppendRequest> requests = [.. Enumerable.Range(0, 20).Select(i => journal.Request($"ion-{i}", owned, [JournalProbe.Event(1)]))];
        var recorder = new RecordingRef();
        requests.ForEach(request => harness.Journal.Append(request, recorder));

        AppendFailed[] refused = [.. recorder.Messages.Cast<AppendFailed>()];
        Assert.That(refused, Has.Length.InRange(9, 15)); // 5 wait and at most 6 more are in the held commit
        Assert.That(refused.Select(f => f.Reason), Is.All.EqualTo(AppendFailureReason.Overloaded));
        Assert.That(harness.Journal.Statistics.Overloaded, Is.EqualTo(refused.Length));

        gate.Set();
        await harness.WaitAsync("all answers", () => recorder.Messages.Count == 20, () => $"{recorder.Messages.Count}");
        foreach (AppendRequest again in requests.Where(r => refused.Any(f => f.CorrelationId == r.CorrelationId)))
        {
            await journal.CommitAsync(again);
        }

        Assert.That((await journal.ReadAsync(JournalProbe.FromBegin, 100)).Events, Has.Length.EqualTo(20));
    }

    [Test]
    public async Task Dispose_WhenWritesWait_CommitsThemAndRefusesLaterOnes()
    {
        await using var harness = new SqliteJournalHarness();
        var journal = new JournalProbe(harness);
        Ownership owned = (await journal.ClaimAsync())[0];
        var recorder = new RecordingRef();
        for (int i = 0; i < 200; i++)
        {
            harness.Journal.Append(journal.Request($"ion-{i}", owned, [JournalProbe.Event(1)]), recorder);
        }

        await harness.Journal.DisposeAsync();

        Assert.That(recorder.Messages, Has.Count.EqualTo(200).And.All.InstanceOf<AppendCommitted>());
        await journal.RefusedAsync(journal.Request("late", owned, [JournalProbe.Event(1)]), AppendFailureReason.StorageFault);
    }

    [Test]
    public async Task Statistics_WhenRequestsShareACommit_CountThem()
    {
        using var gate = new ManualResetEventSlim();
        var points = new CallbackCrashPoints((_, detail) =>
        {
            if (detail == "first/1")
            {
                gate.Wait();
            }
        });
        await using var harness = new SqliteJournalHarness(crashPoints: points);
        var journal = new JournalProbe(harness);
        Ownership owned = (await journal.ClaimAsync())[0];
        var recorder = new RecordingRef();
        harness.Journal.Append(journal.Request("first", owned, [JournalProbe.Event(1, manifest: "first/1")]), recorder);
        for (int i = 0; i < 50; i++)
        {
            harness.Journal.Append(journal.Request($"ion-{i}", owned, JournalProbe.Events(1, 2)), recorder);
        }

        harness.Journal.Append(journal.Request("wrong", owned, [JournalProbe.Event(2)]), recorder);
        gate.Set();
        await harness.WaitAsync("all answers", () => recorder.Messages.Count == 52, () => $"{recorder.Messages.Count}");

        JournalStatistics counted = harness.Journal.Statistics;
        Assert.Multiple(() =>
        {
            Assert.That((counted.Requests, counted.Events, counted.Rejected, counted.Fenced), Is.EqualTo((52, 101, 1, 0)));
            Assert.That(counted.Commits, Is.LessThanOrEqualTo(4));
            Assert.That(counted.MaxRequestsPerCommit, Is.GreaterThanOrEqualTo(25));
        });
    }

    [Test]
    public async Task Checkpoint_WhenMuchIsWritten_KeepsTheLogSmall()
    {
        await using var harness = new SqliteJournalHarness(o => o with { CheckpointAfterBytes = 100_000 });
        var journal = new JournalProbe(harness);
        Ownership owned = (await journal.ClaimAsync())[0];
        for (int i = 1; i <= 100; i++)
        {
            await journal.CommitAsync(journal.Request("ion-1", owned, [JournalProbe.Event(i) with { Payload = new byte[20_000] }]));
        }

        Assert.That(harness.Journal.Statistics.Checkpoints, Is.InRange(10, 25));
        Assert.That(new FileInfo(harness.File + "-wal").Length, Is.LessThan(600_000), "2 MB of payload were written");
    }

    private static async Task<(object Answer, JournalProbe.Recovered Recovered)> CrashAsync(string at)
    {
        var points = new CallbackCrashPoints((point, detail) =>
        {
            if (point == at && detail == "crash.here/1")
            {
                throw new InvalidOperationException("the host dies here");
            }
        });
        await using var harness = new SqliteJournalHarness(crashPoints: points);
        var journal = new JournalProbe(harness);
        Ownership owned = (await journal.ClaimAsync())[0];
        await journal.CommitAsync(journal.Request("ion-1", owned, [JournalProbe.Event(1)]));
        object answer = await journal.AppendAsync(journal.Request("ion-1", owned, [JournalProbe.Event(2, manifest: "crash.here/1")]));

        // A faulted journal is closed without a checkpoint: all that was committed is in the log alone, as after a kill.
        await harness.Journal.DisposeAsync();
        Assert.That(new FileInfo(harness.File + "-wal").Length, Is.GreaterThan(0));
        await harness.ReopenAsync();
        return (answer, await journal.RecoverAsync("ion-1"));
    }

    private sealed class CallbackCrashPoints(Action<string, string> reached) : ICrashPoints
    {
        public void Reached(string point, string detail) => reached(point, detail);
    }
}
