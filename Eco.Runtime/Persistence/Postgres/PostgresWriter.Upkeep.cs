using System.Collections.Immutable;
using System.Globalization;
using Eco.Runtime.Persistence.Journals;
using Eco.Runtime.Persistence.Sqlite;
using Npgsql;

namespace Eco.Runtime.Persistence.Postgres;

/// <content>Snapshots, compaction, claims and members.</content>
internal sealed partial class PostgresWriter
{
    /// <inheritdoc/>
    public object SaveSnapshot(SaveSnapshotRequest request)
    {
        StoredSnapshot snapshot = request.Snapshot;
        SnapshotFailed Failed(string message) => new(request.CorrelationId, snapshot.SequenceNr, message);
        if (FenceError(request.Ownership) is { } fenced)
        {
            return Failed(fenced);
        }

        string id = request.PersistenceId;
        PostgresEntity entity = _entities[id];
        if (Unusable(entity, request.Ownership) is { } error)
        {
            return Failed(error);
        }

        EntityRow row = entity.Entity.Row;
        long newest = Math.Max(0, row.Snapshot);
        if (snapshot.SequenceNr < newest || snapshot.SequenceNr > row.LastSequenceNr)
        {
            return Failed(Text(
                $"{id}: a snapshot at {snapshot.SequenceNr} must lie between the stored snapshot ({newest}) and the last event ({row.LastSequenceNr})"));
        }

        if (ChainAt(entity, snapshot.SequenceNr) is not { } chain)
        {
            return Failed(Missing(id, snapshot.SequenceNr));
        }

        string hlc = snapshot.Timestamp.ToString();
        Digest256 hash = _hasher.Snapshot(id, snapshot.SequenceNr, snapshot.Manifest, snapshot.Payload, hlc, chain);
        MarkChanged(entity, request.Ownership);
        _snapshots[id] = (snapshot, hlc, chain, hash);
        entity.Entity.Replace(entity.Snapshot?.Hash, hash);
        entity.Entity.Row = entity.Entity.Row with { Snapshot = snapshot.SequenceNr };
        entity.Snapshot = (chain, hash);
        return new SnapshotSaved(request.CorrelationId, snapshot.SequenceNr);
    }

    /// <inheritdoc/>
    public object Compact(CompactEvents request)
    {
        if (FenceError(request.Ownership) is { } fenced)
        {
            return new CompactionFailed(request.CorrelationId, fenced);
        }

        string id = request.PersistenceId;
        PostgresEntity entity = _entities[id];
        if (Unusable(entity, request.Ownership) is { } error)
        {
            return new CompactionFailed(request.CorrelationId, error);
        }

        EntityRow row = entity.Entity.Row;
        long newest = Math.Max(0, row.Snapshot);
        if (request.UpTo > newest)
        {
            return new CompactionFailed(
                request.CorrelationId,
                Text($"{id}: events up to {request.UpTo} cannot be deleted, the stored snapshot contains only those up to {newest}"));
        }

        if (request.UpTo <= row.CompactedSequenceNr)
        {
            return new Compacted(request.CorrelationId, 0);
        }

        if (ChainAt(entity, request.UpTo) is not { } chain)
        {
            return new CompactionFailed(request.CorrelationId, Missing(id, request.UpTo));
        }

        Write(isLast: false); // What this batch brought is deleted, too.
        (long deleted, long ordering) = Connection.Query(
            r => (r.GetInt64(0), r.GetInt64(1)),
            """
            WITH gone AS (DELETE FROM journal WHERE persistence_id = $1 AND sequence_number <= $2 RETURNING ordering)
            SELECT COUNT(*), COALESCE(MAX(ordering), 0) FROM gone
            """,
            id,
            request.UpTo)[0];
        MarkChanged(entity, request.Ownership);
        entity.Entity.Row = entity.Entity.Row with { CompactedSequenceNr = request.UpTo, CompactedHash = chain };
        _compacted[entity.Partition] = Math.Max(ordering, _compacted.GetValueOrDefault(entity.Partition));
        return new Compacted(request.CorrelationId, deleted);
    }

    /// <inheritdoc/>
    public object Claim(ClaimPartitions request)
    {
        string wanted = request.PartitionCount.ToString(CultureInfo.InvariantCulture);
        string stored = Connection.Query(
            row => row.GetString(0),
            """
            WITH made AS (INSERT INTO metadata(key, value) VALUES ('partition_count', $1) ON CONFLICT DO NOTHING RETURNING value)
            SELECT value FROM made UNION ALL SELECT value FROM metadata WHERE key = 'partition_count'
            """,
            wanted).FirstOrDefault(wanted);
        if (stored != wanted)
        {
            return new ClaimFailed(request.CorrelationId, JournalWriter.DifferentPartitionCount(int.Parse(stored, CultureInfo.InvariantCulture), request.PartitionCount));
        }

        // In the order of the numbers, so that two who claim several wait for each other instead of both.
        using var batch = new NpgsqlBatch(Connection);
        int[] ordered = [.. request.Partitions.Order()];
        foreach (int partition in ordered)
        {
            batch.Add(
                """
                INSERT INTO ownership(partition, owner_epoch, writer_id) VALUES ($1, 1, $2)
                ON CONFLICT(partition) DO UPDATE SET owner_epoch = ownership.owner_epoch + 1, writer_id = excluded.writer_id
                RETURNING owner_epoch
                """,
                partition,
                request.WriterId);
        }

        using NpgsqlDataReader reader = batch.ExecuteReader();
        var owned = new Dictionary<int, Ownership>();
        foreach (int partition in ordered)
        {
            reader.Read();
            owned[partition] = new Ownership(partition, reader.GetInt64(0), request.WriterId);
            reader.NextResult();
        }

        return new PartitionsClaimed(request.CorrelationId, [.. request.Partitions.Select(partition => owned[partition])]);
    }

    /// <inheritdoc/>
    public object Announce(AnnounceMember request)
    {
        // For display and balance alone, so it need not wait for a disk or a standby.
        using var batch = new NpgsqlBatch(Connection);
        batch.Add("SET LOCAL synchronous_commit = off");
        batch.Add("DELETE FROM members WHERE last_seen <= now() - interval '1 day' OR (host = $1 AND $2)", request.Host, request.Leaves);
        batch.Add(
            "INSERT INTO members(host, last_seen) SELECT $1, now() WHERE NOT $2 ON CONFLICT(host) DO UPDATE SET last_seen = excluded.last_seen",
            request.Host,
            request.Leaves);
        batch.Add("SELECT host, (EXTRACT(EPOCH FROM GREATEST(now() - last_seen, interval '0')) * 1000)::BIGINT FROM members");
        using NpgsqlDataReader reader = batch.ExecuteReader();
        while (reader.FieldCount == 0 && reader.NextResult())
        {
            // The statements before the query give no rows.
        }

        ImmutableArray<Member> members = [.. reader.Rows(row => new Member(row.GetString(0), TimeSpan.FromMilliseconds(row.GetInt64(1))))
            .OrderBy(member => member.Host, StringComparer.Ordinal)];
        return new MembersListed(request.CorrelationId, members);
    }

    private static string Missing(string id, long sequenceNr) => new EntityCorrupt(id, sequenceNr, "the event is missing").ToString();

    /// <summary>The hash of the chain after an event; null where that event is missing.</summary>
    private Digest256? ChainAt(PostgresEntity entity, long sequenceNr)
    {
        EntityRow row = entity.Entity.Row;
        if (sequenceNr == row.LastSequenceNr)
        {
            return row.LastHash;
        }

        if (sequenceNr == row.CompactedSequenceNr)
        {
            return row.CompactedHash;
        }

        if (sequenceNr == row.Snapshot && entity.Snapshot is { } snapshot)
        {
            return snapshot.Chain;
        }

        if (_events.Find(e => e.Event.SequenceNr == sequenceNr && e.PersistenceId == row.PersistenceId) is { } pending)
        {
            return pending.Hash;
        }

        List<Digest256> stored = Connection.Query(
            r => r.Digest(0), "SELECT hash FROM journal WHERE persistence_id = $1 AND sequence_number = $2", row.PersistenceId, sequenceNr);
        return stored.Count == 0 ? null : stored[0];
    }
}
