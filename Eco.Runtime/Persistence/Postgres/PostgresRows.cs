using Eco.Runtime.Persistence.Journals;
using Npgsql;

namespace Eco.Runtime.Persistence.Postgres;

/// <summary>The columns of the journal's tables, and how a row of them is read.</summary>
internal static class PostgresRows
{
    public const string Entity = EntityRow.Columns;

    public const string State = "commit_number, last_ordering, compacted_ordering, rows_digest, digest, previous_digest";

    public const string Event = "sequence_number, manifest, message, hlc, ordering, persistence_id, writer_uuid, owner_epoch, hash";

    public const string Parked = "receiver, sender, sequence_number, manifest, message, hlc, attempts, reason, detail";

    /// <summary>Those of the ids $1 that have rows in a table, but none in entity.</summary>
    public const string WithoutEntity = """
        SELECT id FROM unnest($1) AS asked(id)
        WHERE NOT EXISTS(SELECT 1 FROM entity WHERE persistence_id = id)
          AND (EXISTS(SELECT 1 FROM journal WHERE persistence_id = id) OR EXISTS(SELECT 1 FROM snapshot WHERE persistence_id = id)
            OR EXISTS(SELECT 1 FROM outbox WHERE sender = id) OR EXISTS(SELECT 1 FROM outbox_position WHERE sender = id)
            OR EXISTS(SELECT 1 FROM inbox WHERE receiver = id) OR EXISTS(SELECT 1 FROM inbox_attempt WHERE receiver = id)
            OR EXISTS(SELECT 1 FROM parked WHERE receiver = id))
        """;

    public static EntityRow ReadEntity(NpgsqlDataReader row) => new(
        row.GetString(0),
        row.GetInt64(1),
        row.Digest(2),
        row.GetInt64(3),
        row.Digest(4),
        row.GetInt64(5),
        row.GetInt64(6),
        row.GetInt64(7),
        row.Digest(8),
        row.Digest(9));

    public static StateRow ReadState(NpgsqlDataReader row) =>
        new(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.Digest(3), row.Digest(4), row.Digest(5));

    public static JournalEvent ReadEvent(NpgsqlDataReader row) =>
        new(row.GetInt64(0), row.GetString(1), row.Bytes(2), HybridTimestamp.Parse(row.GetString(3)));

    /// <summary>The hash that the event under the cursor must have after another.</summary>
    public static Digest256 HashOfEvent(NpgsqlDataReader row, Digest256 previous, RowHasher hasher) => hasher.Event(
        previous, row.GetString(5), row.GetInt64(4), row.GetInt64(0), row.GetString(1), row.Bytes(2), row.GetString(3), row.GetString(6), row.GetInt64(7));

    public static ParkedMessage ReadParked(NpgsqlDataReader row) => new(
        row.GetString(1),
        row.GetInt64(2),
        row.GetString(3),
        row.Bytes(4),
        HybridTimestamp.Parse(row.GetString(5)),
        row.GetInt32(6),
        row.GetString(7),
        row.GetString(8));
}
