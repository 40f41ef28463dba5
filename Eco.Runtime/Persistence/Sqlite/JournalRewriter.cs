using Eco.Runtime.Persistence.Journals;
using Microsoft.Data.Sqlite;

namespace Eco.Runtime.Persistence.Sqlite;

/// <summary>Copies the rows of schema 1 (tables v1_...) with their hashes, and makes the rows of the table entity.</summary>
internal sealed class JournalRewriter(SqliteConnection connection, RowHasher hasher)
{
    private readonly SortedDictionary<string, EntityRow> _entities = new(StringComparer.Ordinal);

    /// <summary>Chains the events of each entity.</summary>
    public void Events()
    {
        using var select = new NativeStatement(connection, """
            SELECT j.ordering, j.persistence_id, j.sequence_number, j.created, j.message, j.manifest, j.writer_uuid, j.hlc
            FROM v1_journal j ORDER BY j.persistence_id, j.sequence_number
            """);
        using var insert = new NativeStatement(
            connection,
            "INSERT INTO journal(ordering, persistence_id, sequence_number, created, message, manifest, writer_uuid, owner_epoch, hlc, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9)");
        while (select.Step())
        {
            string id = select.Text(1);
            long sequenceNr = select.Int64(2);
            EntityRow row = Row(id);
            if (row.LastSequenceNr == 0)
            {
                // Schema 1 could delete events below a snapshot without saying so.
                row = row with { LastSequenceNr = sequenceNr - 1, CompactedSequenceNr = sequenceNr - 1 };
            }

            if (sequenceNr != row.LastSequenceNr + 1)
            {
                throw new JournalDamageException(new EntityCorrupt(id, row.LastSequenceNr + 1, "the event is missing"));
            }

            Digest256 hash = hasher.Event(
                row.LastHash, id, select.Int64(0), sequenceNr, select.Text(5), select.Blob(4), select.Text(7), select.Text(6), 0);
            insert.Bind(1, select.Int64(0)).Bind(2, id).Bind(3, sequenceNr).Bind(4, select.Int64(3)).Bind(5, select.Blob(4))
                .Bind(6, select.Text(5)).Bind(7, select.Text(6)).Bind(8, select.Text(7)).Bind(9, hash).Run();
            _entities[id] = row with { LastSequenceNr = sequenceNr, LastHash = hash };
        }
    }

    /// <summary>Takes over the newest snapshot of each entity with the hash of the chain at its event.</summary>
    public void Snapshots()
    {
        using var select = new NativeStatement(connection, """
            SELECT s.persistence_id, s.sequence_number, s.created, s.snapshot, s.manifest, s.hlc, j.hash
            FROM v1_snapshot s LEFT JOIN journal j ON j.persistence_id = s.persistence_id AND j.sequence_number = s.sequence_number
            WHERE s.sequence_number = (SELECT MAX(n.sequence_number) FROM v1_snapshot n WHERE n.persistence_id = s.persistence_id)
            """);
        using var insert = new NativeStatement(
            connection,
            "INSERT INTO snapshot(persistence_id, sequence_number, created, snapshot, manifest, hlc, chain_hash, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");
        while (select.Step())
        {
            string id = select.Text(0);
            long sequenceNr = select.Int64(1);
            Digest256 chain = Digest256.TryRead(select.Blob(6)) ?? Digest256.Zero;
            Digest256 hash = hasher.Snapshot(id, sequenceNr, select.Text(4), select.Blob(3), select.Text(5), chain);
            insert.Bind(1, id).Bind(2, sequenceNr).Bind(3, select.Int64(2)).Bind(4, select.Blob(3)).Bind(5, select.Text(4))
                .Bind(6, select.Text(5)).Bind(7, chain).Bind(8, hash).Run();
            EntityRow row = Row(id);
            bool allDeleted = sequenceNr > row.LastSequenceNr;
            _entities[id] = row with
            {
                Snapshot = sequenceNr,
                Rows = row.Rows + hash,
                LastSequenceNr = Math.Max(row.LastSequenceNr, sequenceNr),
                CompactedSequenceNr = allDeleted ? sequenceNr : row.CompactedSequenceNr,
            };
        }
    }

    /// <summary>Takes over the messages that wait.</summary>
    public void Outbox()
    {
        using var select = new NativeStatement(connection, "SELECT sender, receiver, sequence_number, created, message, manifest, hlc FROM v1_outbox");
        using var insert = new NativeStatement(
            connection,
            "INSERT INTO outbox(sender, receiver, sequence_number, created, message, manifest, hlc, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");
        while (select.Step())
        {
            string sender = select.Text(0);
            Digest256 hash = hasher.Outbox(sender, select.Text(1), select.Int64(2), select.Text(5), select.Blob(4), select.Text(6));
            insert.Bind(1, sender).Bind(2, select.Text(1)).Bind(3, select.Int64(2)).Bind(4, select.Int64(3)).Bind(5, select.Blob(4))
                .Bind(6, select.Text(5)).Bind(7, select.Text(6)).Bind(8, hash).Run();
            EntityRow row = Row(sender);
            _entities[sender] = row with { Rows = row.Rows + hash, OutboxRows = row.OutboxRows + 1 };
        }
    }

    /// <summary>Counts the small rows, and writes all of the table entity.</summary>
    public void Entities()
    {
        Add("SELECT sender, receiver, last_seq, acked_seq FROM outbox_position", row => hasher.Position(row.Text(0), row.Text(1), row.Int64(2), row.Int64(3)));
        Add("SELECT receiver, sender, last_seq, owner_epoch FROM inbox", row => hasher.Inbox(row.Text(0), row.Text(1), row.Int64(2), row.Int64(3)));
        Add(
            "SELECT receiver, sender, sequence_number, attempts, reason FROM inbox_attempt",
            row => hasher.Attempt(row.Text(0), row.Text(1), row.Int64(2), row.Int64(3), row.Text(4)));
        using (var parked = new NativeStatement(connection, $"SELECT {JournalReader.ParkedColumns} FROM parked"))
        {
            while (parked.Step())
            {
                EntityRow row = Row(parked.Text(0));
                _entities[row.PersistenceId] = row with
                {
                    Rows = row.Rows + hasher.Parked(row.PersistenceId, JournalReader.ReadParked(parked)),
                    ParkedRows = row.ParkedRows + 1,
                };
            }
        }

        using var insert = new NativeStatement(
            connection, $"INSERT INTO entity({EntityRow.Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
        foreach (EntityRow row in _entities.Values)
        {
            insert.Bind(1, row.PersistenceId).Bind(2, row.LastSequenceNr).Bind(3, row.LastHash).Bind(4, row.CompactedSequenceNr)
                .Bind(5, row.CompactedHash).Bind(6, row.Snapshot).Bind(7, row.OutboxRows).Bind(8, row.ParkedRows).Bind(9, row.Rows)
                .Bind(10, hasher.Entity(row)).Run();
        }
    }

    private void Add(string sql, Func<NativeStatement, Digest256> hash)
    {
        using var select = new NativeStatement(connection, sql);
        while (select.Step())
        {
            EntityRow row = Row(select.Text(0));
            _entities[row.PersistenceId] = row with { Rows = row.Rows + hash(select) };
        }
    }

    private EntityRow Row(string id) => _entities.TryGetValue(id, out EntityRow row)
        ? row
        : EntityRow.New(id);
}
