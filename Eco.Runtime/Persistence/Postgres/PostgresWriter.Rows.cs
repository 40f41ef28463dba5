using Eco.Runtime.Persistence.Journals;
using Npgsql;

namespace Eco.Runtime.Persistence.Postgres;

/// <content>What the requests of a transaction come to, written with one statement a table.</content>
internal sealed partial class PostgresWriter
{
    private readonly List<EventRow> _events = [];
    private readonly List<(string Sender, OutboxRow Row, string Hlc, Digest256 Hash)> _outbox = [];
    private readonly Dictionary<(string Sender, string Receiver), long> _acknowledged = [];
    private readonly Dictionary<(string Sender, string Receiver), (long Last, long Acknowledged)> _positions = [];
    private readonly Dictionary<(string Receiver, string Sender), InboxRow> _inbox = [];
    private readonly Dictionary<(string Receiver, string Sender), InboxAttempt?> _attempts = [];
    private readonly Dictionary<string, (StoredSnapshot Snapshot, string Hlc, Digest256 Chain, Digest256 Hash)> _snapshots = new(StringComparer.Ordinal);
    private readonly Dictionary<int, long> _compacted = [];
    private readonly List<PostgresEntity> _changed = [];
    private readonly Dictionary<int, StateRow> _newStates = [];

    private sealed record EventRow(long Ordering, string PersistenceId, JournalEvent Event, string Hlc, Ownership Ownership, Digest256 Hash);

    private void ClearRows()
    {
        _events.Clear();
        _outbox.Clear();
        _acknowledged.Clear();
        _positions.Clear();
        _inbox.Clear();
        _attempts.Clear();
        _snapshots.Clear();
    }

    private void Write(bool isLast)
    {
        using var batch = new NpgsqlBatch(Connection);
        AddEvents(batch);
        AddOutbox(batch);
        AddInbox(batch);
        AddSnapshots(batch);
        if (isLast)
        {
            AddEntities(batch);
            batch.Add("UPDATE journal_session SET commit_number = $2, last_seen = now() WHERE id = $1", SessionId, ++_commitNumber);
        }

        if (batch.BatchCommands.Count > 0)
        {
            batch.ExecuteNonQuery();
        }

        ClearRows();
    }

    private void AddEvents(NpgsqlBatch batch)
    {
        if (_events.Count == 0)
        {
            return;
        }

        foreach (EventRow e in _events)
        {
            _newStates[e.Ownership.Partition] = NewState(e.Ownership.Partition) with { LastOrdering = e.Ordering };
        }

        batch.Add(
            """
            INSERT INTO journal(ordering, partition, persistence_id, sequence_number, created, message, manifest, writer_uuid, owner_epoch, hlc, hash)
            SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            """,
            Column(_events, e => e.Ordering),
            Column(_events, e => e.Ownership.Partition),
            Column(_events, e => e.PersistenceId),
            Column(_events, e => e.Event.SequenceNr),
            Column(_events, e => e.Event.Timestamp.WallMilliseconds),
            Column(_events, e => e.Event.Payload),
            Column(_events, e => e.Event.Manifest),
            Column(_events, e => e.Ownership.WriterId),
            Column(_events, e => e.Ownership.OwnerEpoch),
            Column(_events, e => e.Hlc),
            Column(_events, e => e.Hash.ToBytes()));
    }

    private void AddOutbox(NpgsqlBatch batch)
    {
        if (_outbox.Count > 0)
        {
            batch.Add(
                """
                INSERT INTO outbox(sender, receiver, sequence_number, created, message, manifest, hlc, hash)
                SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8)
                """,
                Column(_outbox, m => m.Sender),
                Column(_outbox, m => m.Row.Receiver),
                Column(_outbox, m => m.Row.SequenceNr),
                Column(_outbox, m => m.Row.Timestamp.WallMilliseconds),
                Column(_outbox, m => m.Row.Payload),
                Column(_outbox, m => m.Row.Manifest),
                Column(_outbox, m => m.Hlc),
                Column(_outbox, m => m.Hash.ToBytes()));
        }

        if (_acknowledged.Count > 0)
        {
            batch.Add(
                """
                DELETE FROM outbox USING unnest($1, $2, $3) AS done(sender, receiver, up_to)
                WHERE outbox.sender = done.sender AND outbox.receiver = done.receiver AND outbox.sequence_number <= done.up_to
                """,
                Column(_acknowledged, a => a.Key.Sender),
                Column(_acknowledged, a => a.Key.Receiver),
                Column(_acknowledged, a => a.Value));
        }

        if (_positions.Count > 0)
        {
            batch.Add(
                """
                INSERT INTO outbox_position(sender, receiver, last_seq, acked_seq) SELECT * FROM unnest($1, $2, $3, $4)
                ON CONFLICT(sender, receiver) DO UPDATE SET last_seq = excluded.last_seq, acked_seq = excluded.acked_seq
                """,
                Column(_positions, p => p.Key.Sender),
                Column(_positions, p => p.Key.Receiver),
                Column(_positions, p => p.Value.Last),
                Column(_positions, p => p.Value.Acknowledged));
        }
    }

    private void AddInbox(NpgsqlBatch batch)
    {
        if (_inbox.Count > 0)
        {
            batch.Add(
                """
                INSERT INTO inbox(receiver, sender, last_seq, owner_epoch) SELECT * FROM unnest($1, $2, $3, $4)
                ON CONFLICT(receiver, sender) DO UPDATE SET last_seq = excluded.last_seq, owner_epoch = excluded.owner_epoch
                """,
                Column(_inbox, i => i.Key.Receiver),
                Column(_inbox, i => i.Key.Sender),
                Column(_inbox, i => i.Value.LastSequenceNr),
                Column(_inbox, i => i.Value.OwnerEpoch));
        }

        if (_attempts.Any(attempt => attempt.Value is null))
        {
            (string Receiver, string Sender)[] gone = [.. _attempts.Where(attempt => attempt.Value is null).Select(attempt => attempt.Key)];
            batch.Add(
                "DELETE FROM inbox_attempt USING unnest($1, $2) AS done(receiver, sender) WHERE inbox_attempt.receiver = done.receiver AND inbox_attempt.sender = done.sender",
                Column(gone, key => key.Receiver),
                Column(gone, key => key.Sender));
        }

        (string Receiver, InboxAttempt Attempt)[] kept = [.. _attempts.Where(attempt => attempt.Value is not null).Select(attempt => (attempt.Key.Receiver, attempt.Value!))];
        if (kept.Length > 0)
        {
            batch.Add(
                """
                INSERT INTO inbox_attempt(receiver, sender, sequence_number, attempts, reason) SELECT * FROM unnest($1, $2, $3, $4, $5)
                ON CONFLICT(receiver, sender) DO UPDATE SET sequence_number = excluded.sequence_number, attempts = excluded.attempts, reason = excluded.reason
                """,
                Column(kept, a => a.Receiver),
                Column(kept, a => a.Attempt.Sender),
                Column(kept, a => a.Attempt.SequenceNr),
                Column(kept, a => a.Attempt.Attempts),
                Column(kept, a => a.Attempt.Reason));
        }
    }

    private void AddSnapshots(NpgsqlBatch batch)
    {
        foreach ((string id, (StoredSnapshot snapshot, string hlc, Digest256 chain, Digest256 hash)) in _snapshots)
        {
            batch.Add(
                """
                INSERT INTO snapshot(persistence_id, sequence_number, created, snapshot, manifest, hlc, chain_hash, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                ON CONFLICT(persistence_id) DO UPDATE SET sequence_number = excluded.sequence_number, created = excluded.created, snapshot = excluded.snapshot,
                  manifest = excluded.manifest, hlc = excluded.hlc, chain_hash = excluded.chain_hash, hash = excluded.hash
                """,
                id,
                snapshot.SequenceNr,
                snapshot.Timestamp.WallMilliseconds,
                snapshot.Payload,
                snapshot.Manifest,
                hlc,
                chain.ToBytes(),
                hash.ToBytes());
        }
    }

    private StateRow NewState(int partition) =>
        _newStates.TryGetValue(partition, out StateRow state) ? state : _newStates[partition] = _states[partition].State;

    private void AddEntities(NpgsqlBatch batch)
    {
        foreach (PostgresEntity changed in _changed)
        {
            JournalEntity entity = changed.Entity;
            EntityRow row = entity.Row with { Hash = _hasher.Entity(entity.Row) };
            StateRow state = NewState(changed.Partition);
            _newStates[changed.Partition] = state with { Rows = state.Rows - (entity.Stored ?? Digest256.Zero) + row.Hash };
            entity.Row = row;
            entity.Stored = row.Hash;
            entity.IsChanged = false;
        }

        foreach (int partition in _newStates.Keys.ToArray())
        {
            StateRow before = _states[partition].State;
            StateRow state = _newStates[partition] with
            {
                Commit = before.Commit + 1,
                CompactedOrdering = Math.Max(before.CompactedOrdering, _compacted.GetValueOrDefault(partition)),
                Previous = before.Digest,
            };
            _newStates[partition] = state with { Digest = _hasher.State(state) };
        }

        _compacted.Clear();
        if (_changed.Count == 0)
        {
            return;
        }

        batch.Add(
            $"""
            INSERT INTO entity({PostgresRows.Entity}, partition) SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            ON CONFLICT(persistence_id) DO UPDATE SET last_seq = excluded.last_seq, last_hash = excluded.last_hash, compacted_seq = excluded.compacted_seq,
              compacted_hash = excluded.compacted_hash, snapshot_seq = excluded.snapshot_seq, outbox_rows = excluded.outbox_rows,
              parked_rows = excluded.parked_rows, rows_digest = excluded.rows_digest, row_hash = excluded.row_hash
            """,
            Column(_changed, e => e.Entity.Row.PersistenceId),
            Column(_changed, e => e.Entity.Row.LastSequenceNr),
            Column(_changed, e => e.Entity.Row.LastHash.ToBytes()),
            Column(_changed, e => e.Entity.Row.CompactedSequenceNr),
            Column(_changed, e => e.Entity.Row.CompactedHash.ToBytes()),
            Column(_changed, e => e.Entity.Row.Snapshot),
            Column(_changed, e => e.Entity.Row.OutboxRows),
            Column(_changed, e => e.Entity.Row.ParkedRows),
            Column(_changed, e => e.Entity.Row.Rows.ToBytes()),
            Column(_changed, e => e.Entity.Row.Hash.ToBytes()),
            Column(_changed, e => e.Partition));
        batch.Add(
            $"""
            INSERT INTO partition_state({PostgresRows.State}, partition) SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT(partition) DO UPDATE SET commit_number = excluded.commit_number, last_ordering = excluded.last_ordering,
              compacted_ordering = excluded.compacted_ordering, rows_digest = excluded.rows_digest, digest = excluded.digest,
              previous_digest = excluded.previous_digest
            """,
            Column(_newStates, s => s.Value.Commit),
            Column(_newStates, s => s.Value.LastOrdering),
            Column(_newStates, s => s.Value.CompactedOrdering),
            Column(_newStates, s => s.Value.Rows.ToBytes()),
            Column(_newStates, s => s.Value.Digest.ToBytes()),
            Column(_newStates, s => s.Value.Previous.ToBytes()),
            Column(_newStates, s => s.Key));
        _changed.Clear();
    }

    private static TColumn[] Column<TRow, TColumn>(IEnumerable<TRow> rows, Func<TRow, TColumn> column) => [.. rows.Select(column)];
}
