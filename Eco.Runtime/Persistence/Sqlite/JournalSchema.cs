namespace Eco.Runtime.Persistence.Sqlite;

/// <summary>The journal's tables. journal and snapshot have the column names of Akka.Persistence.Sql's default mapping, and hlc.</summary>
internal static class JournalSchema
{
    /// <summary>The journal's file kind.</summary>
    public static readonly SqliteFileSpec Spec = new(
        "journal",
        0x45434F4A, // "ECOJ"
        1,
        """
        CREATE TABLE journal(
            ordering INTEGER PRIMARY KEY AUTOINCREMENT,
            deleted INTEGER NOT NULL DEFAULT 0,
            persistence_id TEXT NOT NULL,
            sequence_number INTEGER NOT NULL,
            created INTEGER NOT NULL,
            tags TEXT,
            message BLOB NOT NULL,
            identifier INTEGER,
            manifest TEXT NOT NULL,
            writer_uuid TEXT NOT NULL,
            hlc TEXT NOT NULL,
            UNIQUE(persistence_id, sequence_number));
        CREATE TABLE snapshot(
            persistence_id TEXT NOT NULL,
            sequence_number INTEGER NOT NULL,
            created INTEGER NOT NULL,
            snapshot BLOB NOT NULL,
            manifest TEXT NOT NULL,
            serializer_id INTEGER,
            hlc TEXT NOT NULL,
            PRIMARY KEY(persistence_id, sequence_number));
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
            PRIMARY KEY(sender, receiver, sequence_number));
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
            PRIMARY KEY(receiver, sender, sequence_number));
        CREATE TABLE members(
            host TEXT NOT NULL PRIMARY KEY,
            last_seen INTEGER NOT NULL) WITHOUT ROWID;
        """,
        SynchronousFull: true,
        (file, cause, cure, inner) => new JournalOpenException(file, cause, cure, inner));
}
