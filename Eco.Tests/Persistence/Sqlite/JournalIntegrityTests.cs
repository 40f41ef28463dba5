using Eco.Runtime.Persistence.Journals;
using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Sqlite;
using Eco.Tests.Persistence.Contracts;
using Microsoft.Data.Sqlite;
using NUnit.Framework;
using static Eco.Tests.Persistence.Contracts.JournalProbe;

namespace Eco.Tests.Persistence.Sqlite;

/// <summary>Rows that changed, vanished or came back behind the journal's back, and what the head file says of the whole.</summary>
[TestFixture]
public sealed class JournalIntegrityTests
{
    private static readonly InboxRow FromPeer = new("peer", 3, 1);
    private SqliteJournalHarness _harness = null!;
    private JournalProbe _journal = null!;
    private Ownership _owned = null!;

    private string Head => Path.ChangeExtension(_harness.File, ".head");

    [SetUp]
    public async Task OpenAndFill()
    {
        _harness = new SqliteJournalHarness();
        _journal = new JournalProbe(_harness);
        _owned = (await _journal.ClaimAsync())[0];
        await _journal.CommitAsync(_journal.Request("ion-1", _owned, Events(1, 20), [Message("peer", 1), Message("peer", 2)], [("peer", 1)], FromPeer));
        await _journal.CommitAsync(_journal.Request("ion-1", _owned) with { Attempt = new InboxAttempt("peer", 4, 1, "it threw") });
        var parked = new ParkedMessage("other", 1, "test.told/1", [1, 2, 3], At(5), 3, "it threw", "at X");
        await _journal.CommitAsync(_journal.Request("ion-1", _owned, inbox: new InboxRow("other", 1, 1)) with { Parked = parked });
        await _journal.SaveSnapshotAsync("ion-1", _owned, 10);
        await _journal.CommitAsync(_journal.Request("ion-2", _owned, Events(1, 5)));
    }

    [TearDown]
    public async Task Close() => await _harness.DisposeAsync();

    [TestCase("UPDATE journal SET message = x'7b7d' WHERE sequence_number = 15 AND persistence_id = 'ion-1'", 15)]
    [TestCase("UPDATE journal SET manifest = 'test.happened/2' WHERE sequence_number = 15 AND persistence_id = 'ion-1'", 15)]
    [TestCase("UPDATE journal SET hlc = '1.2@host-b' WHERE sequence_number = 15 AND persistence_id = 'ion-1'", 15)]
    [TestCase("UPDATE journal SET writer_uuid = 'w' WHERE sequence_number = 15 AND persistence_id = 'ion-1'", 15)]
    [TestCase("UPDATE journal SET hash = x'00' WHERE sequence_number = 15 AND persistence_id = 'ion-1'", 15)]
    [TestCase("DELETE FROM journal WHERE sequence_number = 15 AND persistence_id = 'ion-1'", 15)]
    [TestCase("DELETE FROM journal WHERE sequence_number = 20 AND persistence_id = 'ion-1'", 20)]
    [TestCase("DELETE FROM journal WHERE sequence_number > 10 AND persistence_id = 'ion-1'", 11)]
    [TestCase("INSERT INTO journal(ordering, persistence_id, sequence_number, created, message, manifest, writer_uuid, owner_epoch, hlc, hash) SELECT 99, persistence_id, 21, created, message, manifest, writer_uuid, owner_epoch, hlc, hash FROM journal WHERE ordering = 20", 21)]
    [TestCase("UPDATE snapshot SET snapshot = x'7b7d'", 20)]
    [TestCase("UPDATE snapshot SET chain_hash = zeroblob(32)", 20)]
    [TestCase("DELETE FROM snapshot", 20)]
    [TestCase("DELETE FROM outbox", 20)]
    [TestCase("UPDATE outbox SET message = x'7b7d'", 20)]
    [TestCase("UPDATE outbox_position SET acked_seq = 2", 20)]
    [TestCase("UPDATE inbox SET last_seq = 4 WHERE sender = 'peer'", 20)]
    [TestCase("DELETE FROM inbox WHERE sender = 'peer'", 20)]
    [TestCase("INSERT INTO inbox VALUES ('ion-1', 'third', 1, 1)", 20)]
    [TestCase("UPDATE inbox_attempt SET attempts = 2", 20)]
    [TestCase("UPDATE parked SET detail = ''", 20)]
    [TestCase("DELETE FROM parked", 20)]
    [TestCase("UPDATE entity SET last_seq = 19 WHERE persistence_id = 'ion-1'", 19)]
    [TestCase("UPDATE entity SET row_hash = zeroblob(32) WHERE persistence_id = 'ion-1'", 20)]
    public async Task Recover_WhenRowsOfOneEntityChanged_NamesItAndLetsTheOthersStart(string sql, long sequenceNr)
    {
        await ChangeAsync(sql);
        await _harness.ReopenAsync();

        object last = await RecoverAsync("ion-1");
        JournalProbe.Recovered other = await _journal.RecoverAsync("ion-2");

        Assert.That(last, Is.InstanceOf<RecoveryFailed>());
        var failed = (RecoveryFailed)last;
        Assert.That(failed.Message, Does.StartWith($"JournalCorrupt(ion-1, {sequenceNr}): "));
        Assert.That(failed.Damage, Is.InstanceOf<EntityCorrupt>().With.Property("SequenceNr").EqualTo(sequenceNr));
        Assert.That(other.Events, Has.Length.EqualTo(5));
        Ownership owned = (await _journal.ClaimAsync(writer: "next"))[0];
        await _journal.CommitAsync(_journal.Request("ion-2", owned, [Event(6)]));
    }

    [TestCase("DELETE FROM entity WHERE persistence_id = 'ion-2'")]
    [TestCase("UPDATE ownership SET owner_epoch = 7")]
    [TestCase("UPDATE ownership SET writer_id = 'me'")]
    [TestCase("UPDATE metadata SET value = '4' WHERE key = 'partition_count'")]
    [TestCase("INSERT INTO members VALUES ('ghost', 1)")]
    [TestCase("UPDATE state SET last_ordering = 3")]
    [TestCase("DELETE FROM state")]
    public async Task Open_WhenRowsBeyondOneEntityChanged_Refuses(string sql)
    {
        await ChangeAsync(sql);

        Assert.That(OpenDamage(), Is.InstanceOf<FileCorrupt>());
    }

    [Test]
    public async Task Read_WhenAnEventInTheMiddleOrAtTheEndIsGone_Fails()
    {
        await ChangeAsync("DELETE FROM journal WHERE ordering IN (7, 25)");
        await _harness.ReopenAsync();

        object first = await ReadAsync(0, 6);
        object middle = await ReadAsync(0, 7);
        object end = await ReadAsync(23, 10);

        Assert.That(first, Is.InstanceOf<EventsRead>());
        Assert.That(((ReadFailed)middle).Message, Does.Contain("ordering 7 is missing"));
        Assert.That(((ReadFailed)end).Message, Does.Contain("ordering 25 is missing"));
    }

    [Test]
    public async Task Read_WhenAnEventChanged_NamesIt()
    {
        await ChangeAsync("UPDATE journal SET message = x'7b7d' WHERE ordering = 7");
        await _harness.ReopenAsync();

        Assert.That(((ReadFailed)await ReadAsync(5, 10)).Damage, Is.InstanceOf<EntityCorrupt>().With.Property("SequenceNr").EqualTo(7));
        Assert.That(((EventsRead)await ReadAsync(7, 10)).Events, Has.Length.EqualTo(10), "later events still have their own link");
    }

    [Test]
    public async Task Recover_WhenEventsAreCompacted_VerifiesFromTheSnapshotOn()
    {
        await _harness.AskAsync((journal, me) => journal.Compact(new CompactEvents(1, "ion-1", _owned, 8), me));
        await _harness.ReopenAsync();

        Assert.That((await _journal.RecoverAsync("ion-1")).Events, Has.Length.EqualTo(10));
        Assert.That(((EventsRead)await ReadAsync(0, 100)).Events, Has.Length.EqualTo(17), "each with its link");
        await ChangeAsync("UPDATE journal SET message = x'7b7d' WHERE ordering = 9");
        await _harness.ReopenAsync();
        Assert.That(await ReadAsync(0, 100), Is.InstanceOf<ReadFailed>(), "the first one that is left has a link too");
    }

    [Test]
    public async Task Begin_WhenAnotherProgramWrites_RefusesEverythingFromThenOn()
    {
        using (SqliteConnection other = Connect())
        {
            SqliteFile.Execute(other, "UPDATE members SET last_seen = 1");
            SqliteFile.Execute(other, "INSERT INTO members VALUES ('ghost', 1)");
        }

        AppendFailed refused = await _journal.RefusedAsync(_journal.Request("ion-2", _owned, [Event(6)]), AppendFailureReason.StorageFault);

        Assert.That(refused.Message, Does.Contain("another program has written"));
    }

    [Test]
    public async Task Open_WhenTheLogLostItsEnd_SaysWhatWasAcknowledgedAndWhatIsThere()
    {
        await CrashAsync();
        File.Delete(_harness.File + "-wal");

        Assert.That(OpenDamage(), Is.InstanceOf<JournalTruncated>().With.Property("LastAcknowledged").EqualTo(26).And.Property("Found").EqualTo(25));
    }

    [Test]
    public async Task Open_WhenTheCommitWasNotAcknowledgedYet_KeepsIt()
    {
        byte[] before = [];
        await CrashAsync(() => before = File.ReadAllBytes(Head));
        await File.WriteAllBytesAsync(Head, before);

        await _harness.ReopenAsync();

        Assert.That((await _journal.RecoverAsync("ion-2")).Events, Has.Length.EqualTo(6));
    }

    [Test]
    public async Task Open_WhenTheHeadIsOfAnEarlierTime_SaysSo()
    {
        byte[] before = await File.ReadAllBytesAsync(Head);
        await _journal.CommitAsync(_journal.Request("ion-2", _owned, [Event(6)]));
        await _journal.CommitAsync(_journal.Request("ion-2", _owned, [Event(7)]));
        await _harness.Journal.DisposeAsync();
        await File.WriteAllBytesAsync(Head, before);

        Assert.That(OpenDamage(), Is.InstanceOf<JournalHeadLost>().With.Property("Cure").Contains("--adopt"));
    }

    [TestCase(0)]
    [TestCase(4_096)]
    public async Task Open_WhenOneSlotOfTheHeadIsTorn_TakesTheOther(int at)
    {
        await _harness.Journal.DisposeAsync();
        byte[] head = await File.ReadAllBytesAsync(Head);
        head.AsSpan(at, 60).Clear();
        await File.WriteAllBytesAsync(Head, head);

        await _harness.ReopenAsync();

        Assert.That((await _journal.RecoverAsync("ion-2")).Events, Has.Length.EqualTo(5));
    }

    [Test]
    public async Task Open_WhenTheHeadIsGoneOrBothSlotsAreTorn_RefusesWithACure()
    {
        await _harness.Journal.DisposeAsync();
        byte[] head = await File.ReadAllBytesAsync(Head);
        await File.WriteAllBytesAsync(Head, new byte[head.Length]);
        JournalDamage torn = OpenDamage();
        File.Delete(Head);
        JournalDamage gone = OpenDamage();

        Assert.That(new[] { torn, gone }, Is.All.InstanceOf<JournalHeadLost>());
    }

    [Test]
    public async Task Open_WhenOnlyTheHeadIsLeft_SaysWhatIsLost()
    {
        await _harness.Journal.DisposeAsync();
        File.Delete(_harness.File);

        Assert.That(OpenDamage(), Is.EqualTo(new JournalTruncated(25, 0, "the file is gone, but journal.head is there")));
    }

    /// <summary>Appends one more event, and ends as a kill would: all since the opening is in the log alone.</summary>
    private async Task CrashAsync(Action? beforeLast = null)
    {
        await _harness.ReopenAsync();
        _owned = (await _journal.ClaimAsync(writer: "next"))[0];
        beforeLast?.Invoke();
        await _journal.CommitAsync(_journal.Request("ion-2", _owned, [Event(6)]));
        await _harness.Journal.CrashAsync();
    }

    private async Task<object> RecoverAsync(string id) => (await _harness.AskAsync(
        (journal, me) => journal.Recover(new RecoverRequest(3, id), me),
        all => all.Any(a => a is RecoveryFailed or RecoveredEvents { IsLast: true })))[^1];

    private Task<object> ReadAsync(long after, int limit) =>
        _harness.AskAsync((journal, me) => journal.Read(new ReadEvents(1, JournalProbe.After(after), limit), me));

    private JournalDamage OpenDamage() =>
        Assert.Throws<JournalOpenException>(() => SqliteJournal.Open(new SqliteJournalOptions { Path = _harness.File }))!.Damage!;

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={_harness.File};Pooling=False");
        connection.Open();
        return connection;
    }

    private async Task ChangeAsync(string sql)
    {
        await _harness.Journal.DisposeAsync();
        using SqliteConnection connection = Connect();
        SqliteFile.Execute(connection, sql);
    }
}
