using Eco.Runtime.Persistence.Journals;
using Npgsql;

namespace Eco.Runtime.Persistence.Postgres;

/// <summary>What the writer remembers of an entity between its transactions: all that an append is checked against, so that it reads nothing.</summary>
internal sealed class PostgresEntity(JournalEntity entity, int partition)
{
    public JournalEntity Entity { get; } = entity;

    /// <summary>The partition that it was written in first; -1 where nothing of it is stored.</summary>
    public int Partition { get; set; } = partition;

    /// <summary>The claim under which this was read; null where it is none.</summary>
    public Ownership? Under { get; set; }

    /// <summary>Why it takes nothing; null where it is sound.</summary>
    public JournalDamageException? Damage { get; private set; }

    /// <summary>The hashes of the outbox rows without acknowledgement, by receiver and number.</summary>
    public Dictionary<string, SortedDictionary<long, Digest256>> Outbox { get; } = new(StringComparer.Ordinal);

    /// <summary>The stored snapshot's chain hash and own hash; null where there is none.</summary>
    public (Digest256 Chain, Digest256 Hash)? Snapshot { get; set; }

    public int Weight => Entity.Weight + Outbox.Values.Sum(rows => rows.Count);

    /// <summary>Reads entities, each of the ids one, and the states of partitions that have one.</summary>
    public static (Dictionary<string, PostgresEntity> Entities, Dictionary<int, StateRow> States) Load(
        NpgsqlConnection connection, string[] ids, int[] partitions, RowHasher hasher)
    {
        using var batch = new NpgsqlBatch(connection);
        batch.Add($"SELECT {PostgresRows.Entity}, partition FROM entity WHERE persistence_id = ANY($1)", ids);
        batch.Add("SELECT sender, receiver, last_seq, acked_seq FROM outbox_position WHERE sender = ANY($1)", ids);
        batch.Add("SELECT receiver, sender, last_seq, owner_epoch FROM inbox WHERE receiver = ANY($1)", ids);
        batch.Add("SELECT receiver, sender, sequence_number, attempts, reason FROM inbox_attempt WHERE receiver = ANY($1)", ids);
        batch.Add("SELECT sender, receiver, sequence_number, hash FROM outbox WHERE sender = ANY($1)", ids);
        batch.Add("SELECT persistence_id, chain_hash, hash FROM snapshot WHERE persistence_id = ANY($1)", ids);
        batch.Add(PostgresRows.WithoutEntity, ids);
        batch.Add($"SELECT {PostgresRows.State}, partition FROM partition_state WHERE partition = ANY($1)", partitions);
        using NpgsqlDataReader reader = batch.ExecuteReader();
        var entities = new Dictionary<string, PostgresEntity>(StringComparer.Ordinal);
        foreach ((EntityRow row, int partition) in reader.Rows(r => (PostgresRows.ReadEntity(r), r.GetInt32(10))))
        {
            entities[row.PersistenceId] = new PostgresEntity(new JournalEntity(row, row.Hash), partition)
            {
                Damage = row.IsValid(hasher)
                    ? null
                    : new JournalDamageException(new EntityCorrupt(row.PersistenceId, row.LastSequenceNr, "its row of the table entity was changed")),
            };
        }

        foreach (string id in ids)
        {
            entities.TryAdd(id, new PostgresEntity(new JournalEntity(EntityRow.New(id), null), -1));
        }

        reader.NextRows(r => entities[r.GetString(0)].Entity.Positions[r.GetString(1)] = (r.GetInt64(2), r.GetInt64(3)));
        reader.NextRows(r => entities[r.GetString(0)].Entity.Inbox[r.GetString(1)] = (r.GetInt64(2), r.GetInt64(3)));
        reader.NextRows(r => entities[r.GetString(0)].Entity.Attempts[r.GetString(1)] =
            new InboxAttempt(r.GetString(1), r.GetInt64(2), r.GetInt32(3), r.GetString(4)));
        reader.NextRows(r => entities[r.GetString(0)].OutboxTo(r.GetString(1))[r.GetInt64(2)] = r.Digest(3));
        reader.NextRows(r => entities[r.GetString(0)].Snapshot = (r.Digest(1), r.Digest(2)));
        foreach (string id in reader.NextRows(r => r.GetString(0)))
        {
            entities[id].Damage = new JournalDamageException(new EntityCorrupt(id, 0, "it has rows, but none in the table entity"));
        }

        return (entities, reader.NextRows(r => (Partition: r.GetInt32(6), State: PostgresRows.ReadState(r))).ToDictionary(s => s.Partition, s => s.State));
    }

    public SortedDictionary<long, Digest256> OutboxTo(string receiver) =>
        Outbox.TryGetValue(receiver, out SortedDictionary<long, Digest256>? rows) ? rows : Outbox[receiver] = [];
}
