using Eco.Runtime.Persistence.Journals;
using Microsoft.Data.Sqlite;

namespace Eco.Runtime.Persistence.Sqlite;

/// <summary>Fills a new journal, and brings one of schema 1 (no hashes, no head file) up to this schema.</summary>
internal static class JournalMigration
{
    private static readonly string[] Tables =
        ["journal", "snapshot", "ownership", "outbox", "outbox_position", "inbox", "inbox_attempt", "parked", "members"];

    /// <summary>Gives a new journal its state row, and its head file before it gets its own name.</summary>
    public static void Initialise(string path, SqliteConnection connection)
    {
        if (JournalHead.Read(path) is { Commit: > 0 } head)
        {
            throw new JournalOpenException(path, new JournalTruncated(head.LastOrdering, 0, "the file is gone, but journal.head is there"));
        }

        WriteState(path, connection, new RowHasher(), 0, 0, 0, Digest256.Zero);
    }

    /// <summary>Rewrites all tables in one transaction. What was stored is taken as it is: nothing in schema 1 could vouch for it.</summary>
    public static void Run(string path, SqliteConnection connection, int version)
    {
        SqliteFile.Execute(connection, "BEGIN IMMEDIATE");
        try
        {
            string[] old = [.. Tables.Where(table => Exists(connection, table))];
            foreach (string table in old)
            {
                SqliteFile.Execute(connection, $"ALTER TABLE {table} RENAME TO v1_{table}");
            }

            SqliteFile.Execute(connection, JournalSchema.Spec.Schema);
            SqliteFile.Execute(connection, "UPDATE metadata SET value = '2' WHERE key = 'schema_version'; PRAGMA user_version=2");
            (long last, bool gaps) = Copy(connection, old);
            foreach (string table in old)
            {
                SqliteFile.Execute(connection, $"DROP TABLE v1_{table}");
            }

            // Orderings may have gaps there; up to its end none can be told from a lost event.
            WriteState(path, connection, new RowHasher(), 1, last, gaps ? last : 0, Digest256.Zero);
            SqliteFile.Execute(connection, "COMMIT");
        }
        catch
        {
            if (SQLitePCL.raw.sqlite3_get_autocommit(connection.Handle) == 0)
            {
                SqliteFile.Execute(connection, "ROLLBACK");
            }

            throw;
        }
    }

    private static bool Exists(SqliteConnection connection, string table)
    {
        using var select = new NativeStatement(connection, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = $1");
        bool exists = select.Bind(1, table).Step();
        select.Reset();
        return exists;
    }

    private static (long LastOrdering, bool Gaps) Copy(SqliteConnection connection, string[] old)
    {
        SqliteFile.Execute(connection, """
            INSERT INTO ownership SELECT partition, owner_epoch, writer_id FROM v1_ownership;
            INSERT INTO outbox_position SELECT sender, receiver, last_seq, acked_seq FROM v1_outbox_position;
            INSERT INTO inbox SELECT receiver, sender, last_seq, owner_epoch FROM v1_inbox;
            """);
        if (old.Contains("parked"))
        {
            SqliteFile.Execute(connection, """
                INSERT INTO inbox_attempt SELECT receiver, sender, sequence_number, attempts, reason FROM v1_inbox_attempt;
                INSERT INTO parked SELECT receiver, sender, sequence_number, created, message, manifest, hlc, attempts, reason, detail FROM v1_parked;
                """);
        }

        var hasher = new RowHasher();
        var rewriting = new JournalRewriter(connection, hasher);
        rewriting.Events();
        rewriting.Snapshots();
        rewriting.Outbox();
        rewriting.Entities();
        using var last = new NativeStatement(connection, "SELECT COALESCE(MAX(ordering), 0), COUNT(*) FROM journal");
        last.Step();
        (long Last, bool) found = (last.Int64(0), last.Int64(0) != last.Int64(1));
        last.Reset();
        return found;
    }

    private static void WriteState(
        string path, SqliteConnection connection, RowHasher hasher, long commit, long lastOrdering, long compactedOrdering, Digest256 previous)
    {
        Digest256 rows = JournalStateCheck.SmallTables(connection, hasher);
        using (var entities = new NativeStatement(connection, $"SELECT {EntityRow.Columns} FROM entity"))
        {
            while (entities.Step())
            {
                rows += JournalRowReader.Entity(entities).Hash;
            }
        }

        var state = new StateRow(commit, lastOrdering, compactedOrdering, rows, Digest256.Zero, previous);
        state = state with { Digest = hasher.State(state) };
        using var insert = new NativeStatement(
            connection, "INSERT INTO state(id, commit_number, last_ordering, compacted_ordering, rows_digest, digest, previous_digest) VALUES (1, $1, $2, $3, $4, $5, $6)");
        insert.Bind(1, state.Commit).Bind(2, state.LastOrdering).Bind(3, state.CompactedOrdering)
            .Bind(4, state.Rows).Bind(5, state.Digest).Bind(6, state.Previous).Run();

        // Before the commit: a file of this schema without a head would be taken for damage, a head without it is made anew.
        JournalHead.Open(path, state.Commit, state.LastOrdering, 0, state.Digest).Dispose();
    }
}
