using System.Diagnostics;
using System.Net;
using Eco.Host.Fleet;
using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Postgres;
using Eco.Tests.Integration;
using NUnit.Framework;
using static Eco.Tests.Persistence.Contracts.JournalProbe;

namespace Eco.Tests.Persistence.Postgres;

/// <summary>A PostgreSQL that ends connections, dies, comes back and changes hands (fault row 24).</summary>
[Category("Slow")]
[Category("Process")]
public sealed class PostgresFaultTests
{
    private PostgresServer _server = null!;
    private TcpRelay _relay = null!;

    [OneTimeSetUp]
    public async Task StartServer()
    {
        _server = await TestPostgres.StartAsync();
        _relay = new TcpRelay(() => new IPEndPoint(IPAddress.Loopback, _server.Port));
    }

    [OneTimeTearDown]
    public async Task StopServer()
    {
        await _relay.DisposeAsync();
        await _server.DisposeAsync();
    }

    [SetUp]
    public async Task RequireServer()
    {
        if (!_server.IsAlive)
        {
            await _server.RestartAsync();
        }

        _relay.IsClosed = false;
        _relay.Next = RelayFault.None;
        TestPostgres.Execute(TestPostgres.ConnectionString(_server), "DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    }

    [TestCase(RelayFault.BeforeCommit)]
    [TestCase(RelayFault.AfterCommit)]
    public async Task Append_WhenTheConnectionIsLostAtTheCommit_IsReadBackAndStoredOnce(RelayFault fault)
    {
        await using PostgresJournal journal = Open(Relayed());
        Ownership owned = await ClaimAsync(journal);
        await CommitAsync(journal, owned, 1);

        _relay.Next = fault;
        await CommitAsync(journal, owned, 2);
        await CommitAsync(journal, owned, 3);

        Assert.That(_relay.Next, Is.EqualTo(RelayFault.None), "the fault has happened");
        Assert.That(await StoredAsync(journal), Is.EqualTo(3));
    }

    [Test]
    public async Task Append_WhenTheServerIsKilledBetweenCommitAndReply_IsReadBackWhenItIsBack()
    {
        await using PostgresJournal journal = Open(Relayed() with { RideOutOutages = TimeSpan.FromSeconds(20) });
        Ownership owned = await ClaimAsync(journal);
        Task killed = Task.CompletedTask;
        _relay.OnCommitted = () => killed = _server.KillAsync();
        _relay.Next = RelayFault.AfterCommit;

        Task<object> appending = AppendAsync(journal, owned, 1);
        await Eventually.HoldsAsync("the server is dead", () => !_server.IsAlive);
        await killed;
        _server.Start();
        object answer = await appending;

        Assert.That(answer, Is.InstanceOf<AppendCommitted>());
        Assert.That(await StoredAsync(journal), Is.EqualTo(1));
        _relay.OnCommitted = () => { };
    }

    [Test]
    public async Task Append_WhenTheOutcomeStaysUnknown_SaysSoAndTheJournalGoesOnLater()
    {
        await using PostgresJournal journal = Open(Relayed() with { RideOutOutages = TimeSpan.FromMilliseconds(300) });
        Ownership owned = await ClaimAsync(journal);
        _relay.OnCommitted = () => _relay.IsClosed = true;
        _relay.Next = RelayFault.AfterCommit;

        object answer = await AppendAsync(journal, owned, 1);
        object meanwhile = await JournalLoad.AskAsync(me => journal.Recover(new RecoverRequest(1, "ion-1"), me));
        _relay.OnCommitted = () => { };
        _relay.IsClosed = false;

        Assert.That(((AppendFailed)answer).Reason, Is.EqualTo(AppendFailureReason.Unknown));
        Assert.That(meanwhile, Is.InstanceOf<RecoveryFailed>());
        Assert.That(await StoredAsync(journal), Is.EqualTo(1), "only the recovery could tell that it had happened");
        await CommitAsync(journal, owned, 2);
    }

    [Test]
    public async Task Append_WhenTheServerIsAway_FailsAndGoesOnWhenItIsBack()
    {
        var reachable = new List<bool>();
        await using PostgresJournal journal = Open(
            Direct() with { RideOutOutages = TimeSpan.FromSeconds(3) }, options => options with { OnReachable = reachable.Add });
        Ownership owned = await ClaimAsync(journal);
        await CommitAsync(journal, owned, 1);
        await _server.KillAsync();

        object refused = await AppendAsync(journal, owned, 2);
        long since = Stopwatch.GetTimestamp();
        object again = await AppendAsync(journal, owned, 2);
        TimeSpan took = Stopwatch.GetElapsedTime(since);
        object unread = await JournalLoad.AskAsync(me => journal.Recover(new RecoverRequest(1, "ion-1"), me));
        object unclaimed = await JournalLoad.AskAsync(me => journal.Claim(ClaimPartitions.All(1, 1, "w"), me));
        await _server.RestartAsync();
        await CommitAsync(journal, owned, 2);

        Assert.Multiple(() =>
        {
            Assert.That(((AppendFailed)refused).Reason, Is.EqualTo(AppendFailureReason.Unavailable));
            Assert.That(((AppendFailed)again).Reason, Is.EqualTo(AppendFailureReason.Unavailable));
            Assert.That(took, Is.LessThan(TimeSpan.FromSeconds(2)), "while it is away nothing waits for it");
            Assert.That(unread, Is.InstanceOf<RecoveryFailed>());
            Assert.That(unclaimed, Is.InstanceOf<ClaimFailed>());
            Assert.That(reachable, Is.EqualTo(new[] { false, true }));
        });
    }

    [Test]
    public async Task Append_WhenTheServerHangs_IsGivenUpInTimeAndDoneWhenItWakes()
    {
        await using PostgresJournal journal = Open(
            Direct() with { CommandWithin = TimeSpan.FromSeconds(1), ConnectWithin = TimeSpan.FromSeconds(1), RideOutOutages = TimeSpan.FromSeconds(1) });
        Ownership owned = await ClaimAsync(journal);
        await CommitAsync(journal, owned, 1);
        _server.Pause();
        object answer;
        try
        {
            answer = await Eventually.CompletesAsync("an answer", AppendAsync(journal, owned, 2), TimeSpan.FromSeconds(10));
        }
        finally
        {
            _server.Resume();
        }

        Assert.That(((AppendFailed)answer).Reason, Is.EqualTo(AppendFailureReason.Unavailable));
        long stored = await StoredAsync(journal);
        await CommitAsync(journal, owned, stored + 1);
    }

    [Test]
    public async Task Append_WhenBackendsAreTerminatedOrCancelledUnderLoad_IsAnsweredOnceAndTrue()
    {
        await using PostgresJournal journal = Open(Direct());
        Ownership owned = await ClaimAsync(journal);
        var load = new JournalLoad(journal, owned, [.. Enumerable.Range(0, 20).Select(i => $"ion-{i}")]);
        load.Start();
        int terminated = 0;
        for (int i = 0; i < 30; i++)
        {
            long before = load.Committed;
            await Eventually.HoldsAsync("commits", () => load.Committed > before + 20, () => $"{load.Committed}");
            terminated += Convert.ToInt32(TestPostgres.Execute(
                TestPostgres.ConnectionString(_server),
                $"SELECT COUNT(*) FROM (SELECT {(i % 3 == 0 ? "pg_cancel_backend" : "pg_terminate_backend")}(pid) FROM pg_stat_activity WHERE application_name LIKE 'test journal%') AS t"));
        }

        await load.StopAsync();

        Assert.That(terminated, Is.GreaterThanOrEqualTo(25));
        Assert.That(load.Failures, Is.Empty, "each was ridden out");
        await AssertStoredAsync(journal, load);
    }

    [Test]
    public async Task Append_WhenAnotherHostClaimsUnderLoad_IsFencedFromThenOn()
    {
        await using PostgresJournal first = Open(Direct());
        await using PostgresJournal second = Open(Direct());
        Ownership owned = await ClaimAsync(first);
        for (int round = 0; round < 10; round++)
        {
            (PostgresJournal loser, PostgresJournal winner) = round % 2 == 0 ? (first, second) : (second, first);
            var load = new JournalLoad(loser, owned, [.. Enumerable.Range(0, 10).Select(i => $"round-{round}-{i}")]);
            load.Start();
            await Eventually.HoldsAsync("commits", () => load.Committed > 20, () => $"{load.Committed}");
            owned = await ClaimAsync(winner, $"w{round}");
            Dictionary<string, long> stored = [];
            foreach (string entity in load.Acknowledged.Keys)
            {
                stored[entity] = await StoredAsync(winner, entity);
            }

            await Eventually.HoldsAsync("all are fenced", () => load.Failures.Count() == 10, () => $"{load.Failures.Count()}");
            await load.StopAsync();

            Assert.That(load.Failures.Select(failure => failure.Reason), Is.All.EqualTo(AppendFailureReason.Fenced));
            Assert.That(stored, Is.EqualTo(load.Acknowledged), "what was read after the claim is all that there is");
        }
    }

    [Test]
    public async Task Append_WhenTheWaitForTheStandbyIsGivenUp_IsNotAcknowledgedBeforeTheStandbyHasIt()
    {
        await using PostgresServer primary = await TestPostgres.StartAsync();
        await using PostgresServer standby = await TestPostgres.StandbyOfAsync(primary);
        await using PostgresJournal journal = Open(TestPostgres.Options(TestPostgres.ConnectionString(primary)) with { RideOutOutages = TimeSpan.FromSeconds(30) });
        Ownership owned = await ClaimAsync(journal);
        standby.Pause();

        Task<object> appending = AppendAsync(journal, owned, 1);
        string waiting = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
        await Eventually.HoldsAsync("the commit waits for the standby", () => TestPostgres.Execute(TestPostgres.ConnectionString(primary), waiting) is not null);
        TestPostgres.Execute(TestPostgres.ConnectionString(primary), $"SELECT pg_cancel_backend(pid) FROM ({waiting}) AS t");
        await Eventually.HoldsAsync(
            "the reading back waits, too", () => TestPostgres.Execute(TestPostgres.ConnectionString(primary), waiting) is not null || appending.IsCompleted);

        Assert.That(appending.IsCompleted, Is.False, "the server says that it is committed, and the standby does not have it");
        standby.Resume();
        Assert.That(await Eventually.CompletesAsync("the append", appending), Is.InstanceOf<AppendCommitted>());
        Assert.That(await StoredAsync(journal), Is.EqualTo(1));
    }

    [Test]
    public async Task Append_WhenASynchronousStandbyIsPromotedUnderLoad_LosesNothingAndGoesOnWithinFifteenSeconds()
    {
        await using PostgresServer primary = await TestPostgres.StartAsync();
        await using PostgresServer standby = await TestPostgres.StandbyOfAsync(primary);
        PostgresOptions both = TestPostgres.Options(TestPostgres.ConnectionString(primary, standby)) with { RideOutOutages = TimeSpan.FromSeconds(1) };
        await using PostgresJournal first = Open(both, partitions: 2);
        await using PostgresJournal second = Open(both, partitions: 2);
        Ownership[] owned = [await ClaimAsync(first, "w1", 2, 0), await ClaimAsync(second, "w2", 2, 1)];
        JournalLoad[] loads =
        [
            new JournalLoad(first, owned[0], [.. Enumerable.Range(0, 10).Select(i => $"a-{i}")]),
            new JournalLoad(second, owned[1], [.. Enumerable.Range(0, 10).Select(i => $"b-{i}")]),
        ];
        Array.ForEach(loads, load => load.Start());
        await Eventually.HoldsAsync("load", () => loads.All(load => load.Committed > 200));

        await primary.KillAsync();
        await Eventually.HoldsAsync("failures", () => loads.All(load => load.Failures.Any()));
        long[] before = [.. loads.Select(load => load.Committed)];
        long promoted = Stopwatch.GetTimestamp();
        await standby.PromoteAsync();
        await Eventually.HoldsAsync("service", () => loads.Zip(before).All(pair => pair.First.Committed > pair.Second), deadline: TimeSpan.FromSeconds(60));
        TimeSpan back = Stopwatch.GetElapsedTime(promoted);
        await Eventually.HoldsAsync("more load", () => loads.Zip(before).All(pair => pair.First.Committed > pair.Second + 200));
        await Task.WhenAll(loads.Select(load => load.StopAsync()));

        TestContext.Out.WriteLine($"acknowledged: {loads.Sum(load => load.Committed)}, back {back.TotalSeconds:0.00} s after the promotion began");
        Assert.That(back, Is.LessThan(TimeSpan.FromSeconds(15)));
        Assert.That(loads.SelectMany(load => load.Failures).Select(failure => failure.Reason), Is.All.AnyOf(AppendFailureReason.Unavailable, AppendFailureReason.Unknown));
        await AssertStoredAsync(first, loads[0]);
        await AssertStoredAsync(second, loads[1]);
    }

    private static async Task AssertStoredAsync(IJournal journal, JournalLoad load)
    {
        Assert.That(load.Findings, Is.Empty);
        foreach ((string entity, long acknowledged) in load.Acknowledged)
        {
            Assert.That(await StoredAsync(journal, entity), Is.EqualTo(acknowledged).Or.EqualTo(acknowledged + 1), entity);
        }
    }

    private static async Task<long> StoredAsync(IJournal journal, string entity = "ion-1")
    {
        var recorder = new Contracts.RecordingRef();
        journal.Recover(new RecoverRequest(7, entity), recorder);
        await Eventually.HoldsAsync("a recovery", () => recorder.Messages.Any(m => m is RecoveryFailed or RecoveredEvents { IsLast: true }));
        Assert.That(recorder.Messages, Has.None.InstanceOf<RecoveryFailed>());
        long[] numbers = [.. recorder.Messages.OfType<RecoveredEvents>().SelectMany(page => page.Events).Select(e => e.SequenceNr)];
        Assert.That(numbers, Is.EqualTo(Enumerable.Range(1, numbers.Length).Select(n => (long)n)));
        return numbers.Length;
    }

    private static PostgresJournal Open(PostgresOptions database, Func<PostgresJournalOptions, PostgresJournalOptions>? change = null, int partitions = 1)
    {
        var options = new PostgresJournalOptions { Database = database, PartitionCount = partitions };
        return PostgresJournal.Open(change?.Invoke(options) ?? options);
    }

    private static async Task<Ownership> ClaimAsync(IJournal journal, string writer = "w", int partitions = 1, int partition = 0) =>
        ((PartitionsClaimed)await JournalLoad.AskAsync(me => journal.Claim(new ClaimPartitions(1, partitions, writer, [partition]), me))).Owned[0];

    private static Task<object> AppendAsync(IJournal journal, Ownership owned, long sequenceNr) => JournalLoad.AskAsync(
        me => journal.Append(new AppendRequest(sequenceNr, "ion-1", owned, [Event(sequenceNr)], [Message("peer", sequenceNr)], [], null), me));

    private static async Task CommitAsync(IJournal journal, Ownership owned, long sequenceNr) =>
        Assert.That(await AppendAsync(journal, owned, sequenceNr), Is.InstanceOf<AppendCommitted>());

    private PostgresOptions Direct() => TestPostgres.Options(TestPostgres.ConnectionString(_server));

    private PostgresOptions Relayed() => TestPostgres.Options(
        TestPostgres.ConnectionString(_server).Replace($":{_server.Port}", $":{_relay.Port}", StringComparison.Ordinal));
}
