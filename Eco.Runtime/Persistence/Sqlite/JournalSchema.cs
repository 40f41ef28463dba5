using Eco.Runtime.Persistence.Journals;

namespace Eco.Runtime.Persistence.Sqlite;

/// <summary>The journal's tables. journal and snapshot have the column names of Akka.Persistence.Sql's default mapping, and hlc.</summary>
/// <remarks>
/// Hashes (RowHasher says of what): each event's contains the one before it of the same entity; entity.rows_digest sums those of the entity's
/// snapshot, outbox, positions, inbox, attempts and parked messages; state.rows_digest sums those of all rows of entity, ownership, members and
/// metadata; state.digest is that of the state row, and contains the digest after the commit before.
/// </remarks>
internal static class JournalSchema
{
    /// <summary>The journal's file kind.</summary>
    public static readonly SqliteFileSpec Spec = new(
        "journal",
        0x45434F4A, // "ECOJ"
        2,
        """
        CREATE TABLE journal(
            ordering INTEGER PRIMARY KEY,
            deleted INTEGER NOT NULL DEFAULT 0,
            persistence_id TEXT NOT NULL,
            sequence_number INTEGER NOT NULL,
            created INTEGER NOT NULL,
            tags TEXT,
            message BLOB NOT NULL,
            identifier INTEGER,
            manifest TEXT NOT NULL,
            writer_uuid TEXT NOT NULL,
            owner_epoch INTEGER NOT NULL,
            hlc TEXT NOT NULL,
            hash BLOB NOT NULL,
            UNIQUE(persistence_id, sequence_number));
        CREATE TABLE snapshot(
            persistence_id TEXT NOT NULL PRIMARY KEY,
            sequence_number INTEGER NOT NULL,
            created INTEGER NOT NULL,
            snapshot BLOB NOT NULL,
            manifest TEXT NOT NULL,
            serializer_id INTEGER,
            hlc TEXT NOT NULL,
            chain_hash BLOB NOT NULL,
            hash BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE entity(
            persistence_id TEXT NOT NULL PRIMARY KEY,
            last_seq INTEGER NOT NULL,
            last_hash BLOB NOT NULL,
            compacted_seq INTEGER NOT NULL,
            compacted_hash BLOB NOT NULL,
            snapshot_seq INTEGER NOT NULL,
            outbox_rows INTEGER NOT NULL,
            parked_rows INTEGER NOT NULL,
            rows_digest BLOB NOT NULL,
            row_hash BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE state(
            id INTEGER PRIMARY KEY CHECK(id = 1),
            commit_number INTEGER NOT NULL,
            last_ordering INTEGER NOT NULL,
            compacted_ordering INTEGER NOT NULL,
            rows_digest BLOB NOT NULL,
            digest BLOB NOT NULL,
            previous_digest BLOB NOT NULL);
        CREATE TABLE ownership(
            partition INTEGER PRIMARY KEY,
            owner_epoch INTEGER NOT NULL,
            writer_id TEXT NOT NULL);
        CREATE TABLE outbox(
            sender TEXT NOT NULL,
            receiver TEXT NOT NULL,
            sequence_number INTEGER NOT NULL,
            created INTEGER NOT NULL,
            message BLOB NOT NULL,
            manifest TEXT NOT NULL,
            hlc TEXT NOT NULL,
            hash BLOB NOT NULL,
            PRIMARY KEY(sender, receiver, sequence_number)) WITHOUT ROWID;
        CREATE TABLE outbox_position(
            sender TEXT NOT NULL,
            receiver TEXT NOT NULL,
            last_seq INTEGER NOT NULL,
            acked_seq INTEGER NOT NULL,
            PRIMARY KEY(sender, receiver)) WITHOUT ROWID;
        CREATE TABLE inbox(
            receiver TEXT NOT NULL,
            sender TEXT NOT NULL,
            last_seq INTEGER NOT NULL,
            owner_epoch INTEGER NOT NULL,
            PRIMARY KEY(receiver, sender)) WITHOUT ROWID;
        CREATE TABLE inbox_attempt(
            receiver TEXT NOT NULL,
            sender TEXT NOT NULL,
            sequence_number INTEGER NOT NULL,
            attempts INTEGER NOT NULL,
            reason TEXT NOT NULL,
            PRIMARY KEY(receiver, sender)) WITHOUT ROWID;
        CREATE TABLE parked(
            receiver TEXT NOT NULL,
            sender TEXT NOT NULL,
            sequence_number INTEGER NOT NULL,
            created INTEGER NOT NULL,
            message BLOB NOT NULL,
            manifest TEXT NOT NULL,
            hlc TEXT NOT NULL,
            attempts INTEGER NOT NULL,
            reason TEXT NOT NULL,
            detail TEXT NOT NULL,
            PRIMARY KEY(receiver, sender, sequence_number)) WITHOUT ROWID;
        CREATE TABLE members(
            host TEXT NOT NULL PRIMARY KEY,
            last_seen INTEGER NOT NULL) WITHOUT ROWID;
        """,
        SynchronousFull: true,
        (file, cause, cure, inner) => new JournalOpenException(file, cause, cure, inner))
    {
        Damage = (file, page, detail, inner) => new JournalOpenException(file, new FileCorrupt(System.IO.Path.GetFileName(file), page, detail), inner),
        Initialise = JournalMigration.Initialise,
        Migrate = JournalMigration.Run,
    };
}
