using System.Collections.Immutable;
using Eco.Actors;
using Eco.Actors.Console;
using Eco.Actors.Ions;
using Eco.Actors.Ions.Rounds;
using Eco.Actors.Models;
using Eco.Host.Campaigns.Oracles;
using Eco.Host.Campaigns.Workload;
using Eco.Runtime.Cluster;
using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Statistics;
using Eco.Runtime.Simulation;
using NUnit.Framework;

namespace Eco.Tests.Campaigns;

/// <summary>Each oracle keeps quiet over a right history, and speaks up at a wrong one.</summary>
[TestFixture]
public sealed class OracleTests
{
    private static readonly Ownership Owner = new(0, 1, "host/1");

    [Test]
    public void ExactlyOnce_WhenMessagesTakeTheirCourse_IsQuiet()
    {
        ExactlyOnceOracle oracle = SentOnce();
        oracle.Sent("a", Message("a", "b", 1));
        oracle.Committed(Booking("b", "a", 1));
        oracle.Sent("b", new Frame(FrameKind.Acknowledgement, "b", "a", 1, 1, default, null, []));
        oracle.Committed(Acknowledging("a", "b", 1));
        oracle.Ended();

        Assert.That(oracle.Violation, Is.Null);
        Assert.That(oracle.Outstanding, Is.Zero);
    }

    [Test]
    public void ExactlyOnce_WhenAMessageIsSentBeforeItsCommit_SpeaksUp()
    {
        var oracle = new ExactlyOnceOracle();
        oracle.Sent("a", Message("a", "b", 1));

        Assert.That(oracle.Violation, Does.Contain("has committed only 0"));
    }

    [Test]
    public void ExactlyOnce_WhenAMessageIsSentWithOtherBytes_SpeaksUp()
    {
        ExactlyOnceOracle oracle = SentOnce();
        oracle.Sent("a", Message("a", "b", 1) with { Payload = [9] });

        Assert.That(oracle.Violation, Does.Contain("other bytes"));
    }

    [Test]
    public void ExactlyOnce_WhenAMessageIsBookedTwice_SpeaksUp()
    {
        ExactlyOnceOracle oracle = SentOnce();
        oracle.Committed(Booking("b", "a", 1));
        oracle.Committed(Booking("b", "a", 1));

        Assert.That(oracle.Violation, Does.Contain("books message 1"));
    }

    [Test]
    public void ExactlyOnce_WhenAMessageIsAcknowledgedBeforeItIsBooked_SpeaksUp()
    {
        ExactlyOnceOracle oracle = SentOnce();
        oracle.Sent("b", new Frame(FrameKind.Acknowledgement, "b", "a", 1, 1, default, null, []));

        Assert.That(oracle.Violation, Does.Contain("before it is booked"));
    }

    [Test]
    public void ExactlyOnce_WhenASenderForgetsTooEarly_SpeaksUp()
    {
        ExactlyOnceOracle oracle = SentOnce();
        oracle.Committed(Acknowledging("a", "b", 1));

        Assert.That(oracle.Violation, Does.Contain("forgets its messages"));
    }

    [Test]
    public void ExactlyOnce_WhenAMessageNeverArrives_SpeaksUpAtTheEnd()
    {
        ExactlyOnceOracle oracle = SentOnce();
        oracle.Ended();

        Assert.That(oracle.Violation, Does.Contain("has booked 0"));
    }

    [Test]
    public void Journal_WhenAnEventIsMissing_SpeaksUp()
    {
        JournalOracle oracle = Claimed();
        oracle.Committed(Commit("x", events: [Event(2)]));

        Assert.That(oracle.Violation, Does.Contain("where 1 is due"));
    }

    [Test]
    public void Journal_WhenAFormerOwnerWrites_SpeaksUp()
    {
        JournalOracle oracle = Claimed();
        oracle.Claimed("db", [Owner with { OwnerEpoch = 2, WriterId = "other/1" }]);
        oracle.Committed(Commit("x", events: [Event(1)]));

        Assert.That(oracle.Violation, Does.Contain("does not own partition 0"));
    }

    [Test]
    public void Journal_WhenAnEpochIsGivenOutTwice_SpeaksUp()
    {
        JournalOracle oracle = Claimed();
        oracle.Claimed("db", [Owner with { WriterId = "other/1" }]);

        Assert.That(oracle.Violation, Does.Contain("in epoch 1 after 1"));
    }

    [Test]
    public void Journal_WhenATransactionIsWrong_SpeaksUp()
    {
        JournalOracle oracle = Claimed();
        oracle.Refused("db", Commit("x").Request, new AppendFailed(1, AppendFailureReason.Rejected, "a gap"));

        Assert.That(oracle.Violation, Does.Contain("a gap"));
    }

    [TestCase(1L, true)]
    [TestCase(2L, false)]
    public void Replay_WhenAnEntityHoldsAnotherStateThanItsJournal_SpeaksUp(long held, bool quiet)
    {
        var watch = new EntityWatch();
        watch.Enter(new FakeEntity("ion/x", 1, IonState.Empty with { Version = (int)held }));
        var oracle = new ReplayOracle(_ => watch, _ => "db", () => ["db"]);
        oracle.Committed(Commit("ion/x", events: [Event(1)]));
        oracle.Thousand();

        Assert.That(oracle.Violation, quiet ? Is.Null : Does.Contain("another state"));
    }

    [TestCase(1, true)]
    [TestCase(2, false)]
    public void Replay_WhenASnapshotIsNotTheStateAtItsNumber_SpeaksUp(int stored, bool quiet)
    {
        var watch = new EntityWatch();
        watch.Enter(new FakeEntity("ion/x", 1, IonState.Empty with { Version = 1 }));
        var oracle = new ReplayOracle(_ => watch, _ => "db", () => ["db"]);
        oracle.Committed(Commit("ion/x", events: [Event(1)]));
        (string manifest, byte[] payload) = EcoManifests.Registry.Encode(IonState.Empty with { Version = stored });
        oracle.Saved("db", new SaveSnapshotRequest(1, "ion/x", Owner, new StoredSnapshot(1, manifest, payload, default)));
        oracle.Thousand();

        Assert.That(oracle.Violation, quiet ? Is.Null : Does.Contain("the snapshot of ion/x at 1"));
    }

    [TestCase(0, 5L, null)]
    [TestCase(1, 5L, null)]
    [TestCase(0, 4L, "has produced 5 rows")]
    public void Statistics_WhenRowsAreMissing_SpeaksUp(int dropped, long recorded, string? expected)
    {
        using var world = new SimulatedWorld(1, new SimulationOptions { Storage = new SimulatedStorageOptions { StatisticsBufferRows = 5 - dropped } });
        SimulatedStatisticsStorage store = world.AddHost("a", new SimulatedHostOptions(), _ => { }).StatisticsStorage;
        SimulatedStatisticsStorage server = world.AddHost("server", new SimulatedHostOptions(), _ => { }).StatisticsStorage;
        store.Record(new RecordStatistics(1, [.. Enumerable.Range(1, 5).Select(n => new NewStatistic("i", "n", "a", "s", n, default))]));
        if (recorded < 5)
        {
            // Freed, although the server has nothing.
            store.AcknowledgeUpTo(new AcknowledgeStatistics(2, 1));
        }

        var oracle = new StatisticsOracle(_ => store, () => server);
        oracle.Statistics("a");

        Assert.That(oracle.Violation, expected is null ? Is.Null : Does.Contain(expected));
    }

    [Test]
    public void Rounds_WhenTheyTakeTheirCourse_IsQuiet() => Assert.That(Rounds(Opened(1), Received(1, "a"), Closed(1, "a"), Merged(1, "hash-a")).Violation, Is.Null);

    [Test]
    public void Rounds_WhenOneOpensTwice_SpeaksUp() => Assert.That(Rounds(Opened(1), Opened(2)).Violation, Does.Contain("opens round 2 while"));

    [Test]
    public void Rounds_WhenOneClosesTwice_SpeaksUp() =>
        Assert.That(Rounds(Opened(1), Received(1, "a"), Closed(1, "a"), Closed(1, "a")).Violation, Does.Contain("closes round 1, while round 0"));

    [Test]
    public void Rounds_WhenOneClosesWithoutItsQuorum_SpeaksUp() => Assert.That(Rounds(Opened(1), Closed(1)).Violation, Does.Contain("with 0 updates"));

    [Test]
    public void Rounds_WhenAnUpdateCountsTwice_SpeaksUp() =>
        Assert.That(Rounds(Opened(1), Received(1, "a"), Received(1, "a")).Violation, Does.Contain("counts an update of a twice"));

    [Test]
    public void Rounds_WhenALateUpdateCounts_SpeaksUp() => Assert.That(
        Rounds(Opened(1), Received(1, "a"), Closed(1, "a"), Merged(1, "hash-a"), Opened(2), Received(2, "b")).Violation, Does.Contain("counts a late update of b"));

    [Test]
    public void Rounds_WhenAMergeIsOfOtherUpdates_SpeaksUp() =>
        Assert.That(Rounds(Opened(1), Received(1, "a"), Closed(1, "a"), Merged(1, "hash-b")).Violation, Does.Contain("other updates than it took"));

    [Test]
    public void Bounds_WhenTooManyMessagesAreOnTheirWayToAnAgent_SpeaksUp()
    {
        var oracle = new BoundsOracle(() => 0, () => 0);
        oracle.Committed(Commit("proxy/a", outbox: [.. Enumerable.Range(1, 17).Select(n => new OutboxRow("agent/a/1", n, "test/1", [1], default))]));

        Assert.That(oracle.Violation, Does.Contain("more than 16"));
    }

    [TestCase(60_000, 0, "are planned")]
    [TestCase(0, 5_000, "of the broker")]
    public void Bounds_WhenAQueueGrows_SpeaksUp(int planned, int waiting, string expected)
    {
        var oracle = new BoundsOracle(() => planned, () => waiting);
        oracle.Thousand();

        Assert.That(oracle.Violation, Does.Contain(expected));
    }

    [Test]
    public void Poison_WhenItIsForgotten_SpeaksUp()
    {
        var oracle = new PoisonOracle();
        oracle.Injected("x", "proxy/a");
        oracle.Ended();

        Assert.That(oracle.Violation, Does.Contain("is not parked"));
    }

    [TestCase("x", 3, null)]
    [TestCase("x", 2, "after 2 attempts")]
    [TestCase("good", 3, "parks a good message")]
    public void Poison_WhenMessagesAreParked_JudgesThem(string sender, int attempts, string? expected)
    {
        var oracle = new PoisonOracle();
        oracle.Injected("x", "proxy/a");
        var parked = new ParkedMessage(sender, 1, "test/1", [], default, attempts, "reason", string.Empty);
        oracle.Committed(new JournalCommit("db", Commit("proxy/a").Request with { Parked = parked }));

        Assert.That(oracle.Violation, expected is null ? Is.Null : Does.Contain(expected));
    }

    [Test]
    public void Commands_WhenACommandTakesEffectTwice_SpeaksUp()
    {
        CommandOracle oracle = Given(out _);
        oracle.Committed(Submitted(1));
        oracle.Committed(Submitted(2));

        Assert.That(oracle.Violation, Does.Contain("nobody has asked for"));
    }

    [Test]
    public void Commands_WhenAnAcceptedCommandHasNoEffect_SpeaksUp()
    {
        CommandOracle oracle = Given(out ClientCommand command);
        oracle.Accepted(command);

        Assert.That(oracle.Violation, Does.Contain("has only 0 of 1"));
    }

    [Test]
    public void Commands_WhenAGoodCommandIsRefused_SpeaksUp()
    {
        CommandOracle oracle = Given(out ClientCommand command);
        oracle.RefusedGood(command, new ConsoleError(ConsoleErrorCodes.Invalid, "cause", "cure"));

        Assert.That(oracle.Violation, Does.Contain("was refused"));
    }

    private static RoundOracle Rounds(params object[] events)
    {
        var oracle = new RoundOracle(quorum: 1, foldsLate: false);
        long number = 0;
        foreach (object e in events)
        {
            (string manifest, byte[] payload) = EcoManifests.Registry.Encode(e);
            oracle.Committed(Commit("ion/x/merge", events: [new JournalEvent(++number, manifest, payload, default)]));
        }

        return oracle;
    }

    private static RoundOpened Opened(long round) => new(round, ["a", "b"]);

    private static UpdateReceived Received(long round, string agent) =>
        new(round, new RoundUpdate(agent, "combine", 1, new HybridTimestamp(1, 0, agent), new ModelReference("edge.learn", 0, "hash-" + agent, "k/1", 1, [])));

    private static RoundClosed Closed(long round, params string[] participants) => new(round, [.. participants], "cloud", new HybridTimestamp(2, 0, "server"));

    private static RoundMerged Merged(long round, string parent) => new(round, [parent], new ModelReference("merge.combine", 0, "merged", "k/1", 1, []));

    private static CommandOracle Given(out ClientCommand command)
    {
        var oracle = new CommandOracle();
        command = new ClientCommand(0, ClientVerb.Submit, 1);
        oracle.Begun(command);
        return oracle;
    }

    private static JournalCommit Submitted(int version)
    {
        (string manifest, byte[] payload) = EcoManifests.Registry.Encode(
            new IonSubmitted(version, new IonDefinition("ion-1", string.Empty, [], []), string.Empty, []));
        return Commit("ion/ion-1", events: [new JournalEvent(version, manifest, payload, default)]);
    }

    private static ExactlyOnceOracle SentOnce()
    {
        var oracle = new ExactlyOnceOracle();
        oracle.Committed(Commit("a", outbox: [new OutboxRow("b", 1, "test/1", [1], default)]));
        return oracle;
    }

    private static Frame Message(string from, string to, long number) => new(FrameKind.Message, from, to, number, 1, default, "test/1", [1]);

    private static JournalCommit Booking(string entity, string sender, long number) => Commit(entity, inbox: new InboxRow(sender, number, 1));

    private static JournalCommit Acknowledging(string entity, string receiver, long upTo) => Commit(entity, acknowledged: [(receiver, upTo)]);

    private static JournalOracle Claimed()
    {
        var oracle = new JournalOracle();
        oracle.Claimed("db", [Owner]);
        return oracle;
    }

    private static JournalEvent Event(long number)
    {
        (string manifest, byte[] payload) = EcoManifests.Registry.Encode(new IonDeleted("x"));
        return new JournalEvent(number, manifest, payload, default);
    }

    private static JournalCommit Commit(
        string entity,
        ImmutableArray<JournalEvent>? events = null,
        ImmutableArray<OutboxRow>? outbox = null,
        ImmutableArray<(string, long)>? acknowledged = null,
        InboxRow? inbox = null) =>
        new("db", new AppendRequest(1, entity, Owner, events ?? [], outbox ?? [], acknowledged ?? [], inbox));

    private sealed class FakeEntity(string id, long applied, object state) : IWatchedEntity
    {
        public string EntityId => id;

        public PersistentPhase Phase => PersistentPhase.Active;

        public bool HasPendingMessages => false;

        public long AppliedSequenceNr => applied;

        public object PresentState => state;

        public object EmptyState => IonState.Empty;

        public object Replay(object state, object @event) => ((IonState)state) with { Version = 1 };
    }
}
