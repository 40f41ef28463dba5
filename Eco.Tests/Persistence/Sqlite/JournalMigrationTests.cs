using Eco.Runtime.Persistence.Journals;
using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Sqlite;
using Microsoft.Data.Sqlite;
using Eco.Tests.Persistence.Contracts;
using NUnit.Framework;

namespace Eco.Tests.Persistence.Sqlite;

/// <summary>Journals of schema 1, with and without the tables that its last builds had.</summary>
[TestFixture]
public sealed class JournalMigrationTests
{
    private const string SchemaOne = """
        PRAGMA application_id=1162039114;
        CREATE TABLE metadata(key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        INSERT INTO metadata(key, value) VALUES ('schema_version', '1'), ('partition_count', '1');
        CREATE TABLE journal(ordering INTEGER PRIMARY KEY AUTOINCREMENT, deleted INTEGER NOT NULL DEFAULT 0, persistence_id TEXT NOT NULL,
            sequence_number INTEGER NOT NULL, created INTEGER NOT NULL, tags TEXT, message BLOB NOT NULL, identifier INTEGER, manifest TEXT NOT NULL,
            writer_uuid TEXT NOT NULL, hlc TEXT NOT NULL, UNIQUE(persistence_id, sequence_number));
        CREATE TABLE snapshot(persistence_id TEXT NOT NULL, sequence_number INTEGER NOT NULL, created INTEGER NOT NULL, snapshot BLOB NOT NULL,
            manifest TEXT NOT NULL, serializer_id INTEGER, hlc TEXT NOT NULL, PRIMARY KEY(persistence_id, sequence_number));
        CREATE TABLE ownership(partition INTEGER PRIMARY KEY, owner_epoch INTEGER NOT NULL, writer_id TEXT NOT NULL);
        CREATE TABLE outbox(sender TEXT NOT NULL, receiver TEXT NOT NULL, sequence_number INTEGER NOT NULL, created INTEGER NOT NULL,
            message BLOB NOT NULL, manifest TEXT NOT NULL, hlc TEXT NOT NULL, PRIMARY KEY(sender, receiver, sequence_number));
        CREATE TABLE outbox_position(sender TEXT NOT NULL, receiver TEXT NOT NULL, last_seq INTEGER NOT NULL, acked_seq INTEGER NOT NULL,
            PRIMARY KEY(sender, receiver)) WITHOUT ROWID;
        CREATE TABLE inbox(receiver TEXT NOT NULL, sender TEXT NOT NULL, last_seq INTEGER NOT NULL, owner_epoch INTEGER NOT NULL,
            PRIMARY KEY(receiver, sender)) WITHOUT ROWID;
        INSERT INTO journal(persistence_id, sequence_number, created, message, manifest, writer_uuid, hlc) VALUES
            ('ion-1', 1, 5, x'7b7d', 'test.happened/1', 'w', '5.0@a'), ('ion-2', 1, 6, x'7b7d', 'test.happened/1', 'w', '6.0@a'),
            ('ion-1', 2, 7, x'5b5d', 'test.happened/1', 'w', '7.0@a'), ('agent-1', 4, 8, x'5b5d', 'test.happened/1', 'w', '8.0@a');
        INSERT INTO snapshot(persistence_id, sequence_number, created, snapshot, manifest, hlc) VALUES
            ('ion-1', 1, 9, x'7b7d', 'test.state/1', '9.0@a'), ('agent-1', 3, 9, x'7b7d', 'test.state/1', '9.0@a');
        INSERT INTO ownership VALUES (0, 4, 'w');
        INSERT INTO outbox(sender, receiver, sequence_number, created, message, manifest, hlc) VALUES ('ion-1', 'peer', 2, 5, x'7b7d', 'test.told/1', '5.0@a');
        INSERT INTO outbox_position VALUES ('ion-1', 'peer', 2, 1);
        INSERT INTO inbox VALUES ('ion-2', 'peer', 9, 3);
        """;

    private const string LaterTables = """
        CREATE TABLE inbox_attempt(receiver TEXT NOT NULL, sender TEXT NOT NULL, sequence_number INTEGER NOT NULL, attempts INTEGER NOT NULL,
            reason TEXT NOT NULL, PRIMARY KEY(receiver, sender)) WITHOUT ROWID;
        CREATE TABLE parked(receiver TEXT NOT NULL, sender TEXT NOT NULL, sequence_number INTEGER NOT NULL, created INTEGER NOT NULL, message BLOB NOT NULL,
            manifest TEXT NOT NULL, hlc TEXT NOT NULL, attempts INTEGER NOT NULL, reason TEXT NOT NULL, detail TEXT NOT NULL,
            PRIMARY KEY(receiver, sender, sequence_number));
        CREATE TABLE members(host TEXT NOT NULL PRIMARY KEY, last_seen INTEGER NOT NULL) WITHOUT ROWID;
        INSERT INTO inbox_attempt VALUES ('ion-2', 'peer', 10, 1, 'it threw');
        INSERT INTO parked VALUES ('ion-2', 'peer', 9, 5, x'7b7d', 'test.told/1', '5.0@a', 3, 'it threw', '');
        """;

    [TestCase("")]
    [TestCase(LaterTables)]
    public async Task Open_WhenTheJournalIsOfSchemaOne_BringsItUpToDateAndKeepsACopy(string later)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("journal.db");
        Write(path, SchemaOne + later);
        await using (SqliteJournal.Open(new SqliteJournalOptions { Path = path }))
        {
        }

        await using SqliteJournal journal = SqliteJournal.Open(new SqliteJournalOptions { Path = path });
        using JournalReader reader = JournalReader.Open(path);
        object[] first = [.. reader.Recover(new RecoverRequest(1, "ion-1"))];
        var started = (RecoveryStarted)first[0];
        var second = (RecoveryStarted)reader.Recover(new RecoverRequest(1, "ion-2")).First();
        object[] agent = [.. reader.Recover(new RecoverRequest(1, "agent-1"))];

        Assert.Multiple(() =>
        {
            Assert.That(started.Snapshot!.SequenceNr, Is.EqualTo(1));
            Assert.That(((RecoveredEvents)first[1]).Events.Single().SequenceNr, Is.EqualTo(2));
            Assert.That(started.Outbox.Single().SequenceNr, Is.EqualTo(2));
            Assert.That(started.Positions.Single(), Is.EqualTo(new OutboxPosition("peer", 2, 1)));
            Assert.That(second.Inbox.Single(), Is.EqualTo(new InboxRow("peer", 9, 3)));
            Assert.That(second.Attempts, Has.Length.EqualTo(later.Length > 0 ? 1 : 0));
            Assert.That(((RecoveredEvents)agent[1]).Events.Single().SequenceNr, Is.EqualTo(4));
            Assert.That(reader.Read(new ReadEvents(1, JournalProbe.FromBegin, 10)).Events.Select(e => e.Ordering), Is.EqualTo(new[] { 1, 2, 3, 4 }));
            Assert.That(reader.ReadOwnership(new ReadOwnerships(1)).Owners.Single(), Is.EqualTo(new Ownership(0, 4, "w")));
            Assert.That(reader.ReadParked(new ReadParkedMessages(1, null, 10)).Total, Is.EqualTo(later.Length > 0 ? 1 : 0));
            Assert.That(File.Exists(path + ".v1"), Is.True);
        });
    }

    [Test]
    public void Open_WhenAnEventOfSchemaOneIsMissing_RefusesAndChangesNothing()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("journal.db");
        Write(path, SchemaOne + "UPDATE journal SET sequence_number = 3 WHERE ordering = 3");

        for (int i = 0; i < 2; i++)
        {
            JournalOpenException error = Assert.Throws<JournalOpenException>(() => SqliteJournal.Open(new SqliteJournalOptions { Path = path }))!;
            Assert.That(error.Damage, Is.InstanceOf<EntityCorrupt>().With.Property("SequenceNr").EqualTo(2));
        }
    }

    private static void Write(string path, string sql)
    {
        SQLitePCL.Batteries_V2.Init();
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        SqliteFile.Execute(connection, sql);
    }
}
