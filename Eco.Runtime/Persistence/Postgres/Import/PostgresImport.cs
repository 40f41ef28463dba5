using System.Globalization;
using Eco.Runtime.Persistence.Artifacts;
using Eco.Runtime.Persistence.Journals;
using Eco.Runtime.Persistence.Sqlite;
using Eco.Runtime.Persistence.Statistics;
using Microsoft.Data.Sqlite;
using Npgsql;
using static NpgsqlTypes.NpgsqlDbType;

namespace Eco.Runtime.Persistence.Postgres.Import;

/// <summary>
/// Moves what an embedded server keeps into an empty database: events with their numbers, orderings, times and hashes, snapshots, outbox, inbox,
/// parked messages, owner epochs, statistics and artefacts. All in one transaction, and verified afterwards.
/// </summary>
public static class PostgresImport
{
    private const int ChunkBytes = 1 << 20;

    /// <summary>Moves everything. No host may run on either side.</summary>
    /// <param name="options">The database; an empty one gets its schema.</param>
    /// <param name="source">The files.</param>
    /// <exception cref="JournalOpenException">The journal cannot be read, or is not what was acknowledged.</exception>
    /// <exception cref="ImportException">An artefact is corrupt.</exception>
    /// <exception cref="PostgresOpenException">The database cannot be used, is not empty, or does not hold what was moved.</exception>
    public static PostgresImportResult Run(PostgresOptions options, PostgresImportSource source)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(source);
        JournalVerification before = JournalVerifier.Verify(source.Journal);
        if (!before.Problems.IsEmpty)
        {
            throw new JournalOpenException(source.Journal, before.Problems[0]);
        }

        return PostgresAdministration.With(options with { CommandWithin = TimeSpan.FromHours(1) }, session =>
        {
            PostgresMigrations.Require(session.Connection, session.Database);
            PostgresImportResult moved;
            using (NpgsqlTransaction transaction = session.Connection.BeginTransaction())
            {
                RequireEmpty(session);
                moved = Move(session.Connection, source, before);
                session.Commit(transaction);
            }

            Verify(session, moved, before);
            return moved;
        });
    }

    private static void RequireEmpty(PostgresSession session)
    {
        // Whoever starts a host on the database meanwhile waits.
        session.Connection.Execute("LOCK TABLE ownership, journal, entity, metadata IN ACCESS EXCLUSIVE MODE");
        bool isEmpty = session.Connection.Query(
            row => row.GetBoolean(0),
            """
            SELECT NOT (EXISTS(SELECT 1 FROM ownership) OR EXISTS(SELECT 1 FROM journal) OR EXISTS(SELECT 1 FROM entity) OR EXISTS(SELECT 1 FROM metadata)
              OR EXISTS(SELECT 1 FROM statistics_position) OR EXISTS(SELECT 1 FROM artifact))
            """)[0];
        if (!isEmpty)
        {
            throw new PostgresOpenException(
                session.Database, "is not empty, so a history cannot be moved into it", "make a database of its own (createdb), and name it in eco.server.database");
        }
    }

    private static PostgresImportResult Move(NpgsqlConnection connection, PostgresImportSource source, JournalVerification before)
    {
        using SqliteConnection journal = SqliteFile.OpenReadOnly(source.Journal, JournalSchema.Spec);
        string? count = Scalar(journal, "SELECT value FROM metadata WHERE key = 'partition_count'") as string;
        if (count is null)
        {
            throw new JournalOpenException(source.Journal, "has never been used", "there is nothing to move: start a host on the database");
        }

        int partitions = int.Parse(count, CultureInfo.InvariantCulture);
        connection.Execute("INSERT INTO metadata(key, value) VALUES ('partition_count', $1)", count);
        MoveJournal(new TableCopy(journal, connection, partitions));
        connection.Execute("SELECT setval('journal_ordering', $1, true)", Math.Max(1, before.LastOrdering));
        WriteStates(journal, connection, partitions, before.LastOrdering);
        long rows = File.Exists(source.Statistics) ? MoveStatistics(source.Statistics, connection) : 0;
        (long artifacts, long bytes) = Directory.Exists(source.Artifacts) ? MoveArtifacts(source.Artifacts, connection) : (0, 0);
        return new PostgresImportResult(partitions, before.Entities, before.Events, before.LastOrdering, rows, artifacts, bytes);
    }

    private static object? Scalar(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    private static void MoveJournal(TableCopy copy)
    {
        copy.Run("ownership", "ownership", [("partition", Integer), ("owner_epoch", Bigint), ("writer_id", Text)]);
        copy.Run(
            "journal",
            "journal",
            [
                ("ordering", Bigint), ("deleted", NpgsqlTypes.NpgsqlDbType.Boolean), ("persistence_id", Text), ("sequence_number", Bigint), ("created", Bigint),
                ("tags", Text), ("message", Bytea), ("identifier", Integer), ("manifest", Text), ("writer_uuid", Text), ("owner_epoch", Bigint), ("hlc", Text),
                ("hash", Bytea),
            ],
            "persistence_id");
        copy.Run(
            "snapshot",
            "snapshot",
            [
                ("persistence_id", Text), ("sequence_number", Bigint), ("created", Bigint), ("snapshot", Bytea), ("manifest", Text), ("serializer_id", Integer),
                ("hlc", Text), ("chain_hash", Bytea), ("hash", Bytea),
            ]);
        copy.Run(
            "entity",
            "entity",
            [
                ("persistence_id", Text), ("last_seq", Bigint), ("last_hash", Bytea), ("compacted_seq", Bigint), ("compacted_hash", Bytea),
                ("snapshot_seq", Bigint), ("outbox_rows", Bigint), ("parked_rows", Bigint), ("rows_digest", Bytea), ("row_hash", Bytea),
            ],
            "persistence_id");
        copy.Run(
            "outbox",
            "outbox",
            [
                ("sender", Text), ("receiver", Text), ("sequence_number", Bigint), ("created", Bigint), ("message", Bytea), ("manifest", Text), ("hlc", Text),
                ("hash", Bytea),
            ]);
        copy.Run("outbox_position", "outbox_position", [("sender", Text), ("receiver", Text), ("last_seq", Bigint), ("acked_seq", Bigint)]);
        copy.Run("inbox", "inbox", [("receiver", Text), ("sender", Text), ("last_seq", Bigint), ("owner_epoch", Bigint)]);
        copy.Run(
            "inbox_attempt",
            "inbox_attempt",
            [("receiver", Text), ("sender", Text), ("sequence_number", Bigint), ("attempts", Integer), ("reason", Text)]);
        copy.Run(
            "parked",
            "parked",
            [
                ("receiver", Text), ("sender", Text), ("sequence_number", Bigint), ("created", Bigint), ("message", Bytea), ("manifest", Text), ("hlc", Text),
                ("attempts", Integer), ("reason", Text), ("detail", Text),
            ]);
    }

    // A file has one order of commits, so each partition ends where the file does: the timeline's offsets, which move with it, stay true.
    private static void WriteStates(SqliteConnection journal, NpgsqlConnection connection, int partitions, long lastOrdering)
    {
        var rows = new Digest256[partitions];
        using (var entities = new NativeStatement(journal, $"SELECT {EntityRow.Columns} FROM entity"))
        {
            while (entities.Step())
            {
                EntityRow row = JournalRowReader.Entity(entities);
                rows[Partitioning.PartitionOf(row.PersistenceId, partitions)] += row.Hash;
            }
        }

        var hasher = new RowHasher();
        for (int partition = 0; partition < partitions; partition++)
        {
            var state = new StateRow(1, lastOrdering, lastOrdering, rows[partition], Digest256.Zero, Digest256.Zero);
            state = state with { Digest = hasher.State(state) };
            connection.Execute(
                $"INSERT INTO partition_state({PostgresRows.State}, partition) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                state.Commit,
                state.LastOrdering,
                state.CompactedOrdering,
                state.Rows.ToBytes(),
                state.Digest.ToBytes(),
                state.Previous.ToBytes(),
                partition);
        }
    }

    private static long MoveStatistics(string path, NpgsqlConnection connection)
    {
        using SqliteConnection statistics = SqliteFile.OpenReadOnly(path, StatisticsSchema.Spec);
        var copy = new TableCopy(statistics, connection, 1);
        copy.Run(
            "series",
            "statistics_series",
            [
                ("id", Bigint), ("ion", Text), ("node", Text), ("agent", Text), ("name", Text), ("sequence_number", Bigint), ("value", NpgsqlTypes.NpgsqlDbType.Double),
                ("wall", Bigint), ("counter", Integer), ("host", Text),
            ]);
        long rows = copy.Run(
            "stored",
            "statistics_stored",
            [
                ("id", Bigint), ("series", Bigint), ("incarnation", Bigint), ("sequence_number", Bigint), ("value", NpgsqlTypes.NpgsqlDbType.Double), ("wall", Bigint),
                ("counter", Integer), ("host", Text),
            ]);
        copy.Run(
            "position",
            "statistics_position",
            [
                ("agent", Text), ("incarnation", Bigint), ("up_to", Bigint), ("stored", Bigint), ("reported_dropped", Bigint), ("buffered_rows", Bigint),
                ("buffered_bytes", Bigint),
            ]);
        foreach (string table in (string[])["statistics_series", "statistics_stored"])
        {
            connection.Execute($"SELECT setval(pg_get_serial_sequence('{table}', 'id'), COALESCE(MAX(id), 0) + 1, false) FROM {table}");
        }

        return rows;
    }

    private static (long Artifacts, long Bytes) MoveArtifacts(string folder, NpgsqlConnection connection)
    {
        (long artifacts, long bytes) = (0, 0);
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string hash = System.IO.Path.GetFileName(file);
            if (!ArtifactName.IsValid(hash))
            {
                continue;
            }

            byte[] content = File.ReadAllBytes(file);
            if (ArtifactName.Of(content) != hash)
            {
                throw new ImportException(file, $"is corrupt ({ArtifactTexts.Corrupt(hash, ArtifactName.Of(content))})", "restore it from a backup, or remove it");
            }

            connection.Execute("INSERT INTO artifact(hash, length) VALUES ($1, $2)", hash, (long)content.Length);
            for (int number = 0; (long)number * ChunkBytes < content.Length; number++)
            {
                byte[] chunk = content.AsSpan(number * ChunkBytes, Math.Min(ChunkBytes, content.Length - (number * ChunkBytes))).ToArray();
                connection.Execute("INSERT INTO artifact_chunk(hash, number, bytes) VALUES ($1, $2, $3)", hash, number, chunk);
            }

            (artifacts, bytes) = (artifacts + 1, bytes + content.Length);
        }

        return (artifacts, bytes);
    }

    private static void Verify(PostgresSession session, PostgresImportResult moved, JournalVerification before)
    {
        JournalVerification after = new PostgresReader(session).Verify();
        (long Artifacts, long Bytes) stored = session.Connection.Query(
            row => (row.GetInt64(0), row.GetInt64(1)),
            "SELECT COUNT(*), COALESCE(SUM(octet_length(bytes)), 0)::BIGINT FROM artifact a LEFT JOIN artifact_chunk USING (hash)")[0];
        string? difference =
            !after.Problems.IsEmpty ? after.Problems[0].ToString()
            : (after.Entities, after.Events, after.LastOrdering) != (before.Entities, before.Events, before.LastOrdering)
                ? FormattableString.Invariant($"it holds {after.Events} events of {after.Entities} entities, {before.Events} of {before.Entities} were moved")
            : stored.Bytes != moved.ArtifactBytes
                ? FormattableString.Invariant($"it holds {stored.Bytes} bytes of artefacts, {moved.ArtifactBytes} were moved")
            : null;
        if (difference is not null)
        {
            throw new PostgresOpenException(session.Database, $"does not hold what was moved ({difference})", "drop the database, make it anew and move again; the files are as they were");
        }
    }
}
