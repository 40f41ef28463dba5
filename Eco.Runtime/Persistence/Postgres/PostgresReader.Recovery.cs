using System.Collections.Immutable;
using Eco.Runtime.Persistence.Journals;
using Npgsql;

namespace Eco.Runtime.Persistence.Postgres;

/// <content>One entity's rows, verified.</content>
internal sealed partial class PostgresReader
{
    private sealed record Verified(RecoveryStarted Started, ImmutableArray<ParkedMessage> Parked, Digest256 Chain);

    private static JournalDamage? Damage(string persistenceId, Action read)
    {
        try
        {
            read();
            return null;
        }
        catch (JournalDamageException e)
        {
            return e.Damage;
        }
        catch (FormatException e)
        {
            return new EntityCorrupt(persistenceId, 0, $"a row is unreadable: {e.Message}");
        }
    }

    /// <summary>The next events of the chain; the last ones must end where the entity's row says.</summary>
    private ImmutableArray<JournalEvent> Page(EntityRow entity, ref long after, ref Digest256 chain)
    {
        string id = entity.PersistenceId;
        ImmutableArray<JournalEvent>.Builder page = ImmutableArray.CreateBuilder<JournalEvent>();

        // One more than there should be tells of rows beyond the end.
        long wanted = Math.Min(PageSize, entity.LastSequenceNr - after);
        bool isLast = after + wanted == entity.LastSequenceNr;
        using NpgsqlCommand select = Connection.Command(
            $"SELECT {PostgresRows.Event} FROM journal WHERE persistence_id = $1 AND sequence_number > $2 ORDER BY sequence_number LIMIT $3",
            id,
            after,
            wanted + (isLast ? 1 : 0));
        using NpgsqlDataReader row = select.ExecuteReader();
        while (row.Read())
        {
            long sequenceNr = row.GetInt64(0);
            if (after == entity.LastSequenceNr)
            {
                throw new JournalDamageException(new EntityCorrupt(id, sequenceNr, FormattableString.Invariant($"there is an event after the last one ({after})")));
            }

            if (sequenceNr != after + 1)
            {
                throw Missing(id, after + 1, FormattableString.Invariant($"the next one is {sequenceNr}"));
            }

            Digest256 hash = PostgresRows.HashOfEvent(row, chain, _hasher);
            if (hash != row.Digest(8))
            {
                throw new JournalDamageException(new EntityCorrupt(id, sequenceNr, "the event does not fit the chain of hashes"));
            }

            page.Add(PostgresRows.ReadEvent(row));
            (after, chain) = (sequenceNr, hash);
        }

        if (page.Count < wanted)
        {
            throw Missing(id, after + 1, FormattableString.Invariant($"the last one should be {entity.LastSequenceNr}"));
        }

        if (isLast && chain != entity.LastHash)
        {
            throw new JournalDamageException(new EntityCorrupt(id, after, "the chain of hashes does not end as it was acknowledged"));
        }

        return page.DrainToImmutable();
    }

    private static JournalDamageException Missing(string id, long sequenceNr, string detail) =>
        new(new EntityCorrupt(id, sequenceNr, FormattableString.Invariant($"event {sequenceNr} is missing, {detail}")));

    /// <summary>All of an entity but its events, held to the digest in its row.</summary>
    private (Verified Start, EntityRow Entity) VerifiedStart(long correlationId, string id)
    {
        using var batch = new NpgsqlBatch(Connection);
        batch.Add($"SELECT {PostgresRows.Entity} FROM entity WHERE persistence_id = $1", id);
        batch.Add(PostgresRows.WithoutEntity, new[] { id });
        batch.Add("SELECT sequence_number, manifest, snapshot, hlc, chain_hash FROM snapshot WHERE persistence_id = $1", id);
        batch.Add("SELECT receiver, sequence_number, manifest, message, hlc FROM outbox WHERE sender = $1 ORDER BY receiver, sequence_number", id);
        batch.Add("SELECT receiver, last_seq, acked_seq FROM outbox_position WHERE sender = $1 ORDER BY receiver", id);
        batch.Add("SELECT sender, last_seq, owner_epoch FROM inbox WHERE receiver = $1 ORDER BY sender", id);
        batch.Add("SELECT sender, sequence_number, attempts, reason FROM inbox_attempt WHERE receiver = $1 ORDER BY sender", id);
        batch.Add($"SELECT {PostgresRows.Parked} FROM parked WHERE receiver = $1 ORDER BY sender, sequence_number", id);
        using NpgsqlDataReader reader = batch.ExecuteReader();
        EntityRow[] found = [.. reader.Rows(PostgresRows.ReadEntity)];
        bool hasOthers = reader.NextRows(row => row.GetString(0)).Count > 0;
        if (found.Length == 0)
        {
            return hasOthers
                ? throw new JournalDamageException(new EntityCorrupt(id, 0, "it has rows, but none in the table entity"))
                : (new Verified(new RecoveryStarted(correlationId, null, [], [], [], []), [], Digest256.Zero), EntityRow.New(id));
        }

        EntityRow entity = found[0];
        if (!entity.IsValid(_hasher))
        {
            throw new JournalDamageException(new EntityCorrupt(id, entity.LastSequenceNr, "its row of the table entity was changed"));
        }

        Digest256 digest = Digest256.Zero;
        T Counted<T>(T row, Digest256 hash)
        {
            digest += hash;
            return row;
        }

        Digest256 chain = Digest256.Zero;
        StoredSnapshot? snapshot = reader.NextRows(row => Counted(
            new StoredSnapshot(row.GetInt64(0), row.GetString(1), row.Bytes(2), HybridTimestamp.Parse(row.GetString(3))),
            _hasher.Snapshot(id, row.GetInt64(0), row.GetString(1), row.Bytes(2), row.GetString(3), chain = row.Digest(4)))).FirstOrDefault();
        ImmutableArray<OutboxRow> outbox = [.. reader.NextRows(row => Counted(
            new OutboxRow(row.GetString(0), row.GetInt64(1), row.GetString(2), row.Bytes(3), HybridTimestamp.Parse(row.GetString(4))),
            _hasher.Outbox(id, row.GetString(0), row.GetInt64(1), row.GetString(2), row.Bytes(3), row.GetString(4))))];
        ImmutableArray<OutboxPosition> positions = [.. reader.NextRows(row => Counted(
            new OutboxPosition(row.GetString(0), row.GetInt64(1), row.GetInt64(2)), _hasher.Position(id, row.GetString(0), row.GetInt64(1), row.GetInt64(2))))];
        ImmutableArray<InboxRow> inbox = [.. reader.NextRows(row => Counted(
            new InboxRow(row.GetString(0), row.GetInt64(1), row.GetInt64(2)), _hasher.Inbox(id, row.GetString(0), row.GetInt64(1), row.GetInt64(2))))];
        ImmutableArray<InboxAttempt> attempts = [.. reader.NextRows(row => Counted(
            new InboxAttempt(row.GetString(0), row.GetInt64(1), row.GetInt32(2), row.GetString(3)),
            _hasher.Attempt(id, row.GetString(0), row.GetInt64(1), row.GetInt32(2), row.GetString(3))))];
        ImmutableArray<ParkedMessage> parked = [.. reader.NextRows(row =>
        {
            ParkedMessage message = PostgresRows.ReadParked(row);
            return Counted(message, _hasher.Parked(id, message));
        })];
        if (digest != entity.Rows || (snapshot?.SequenceNr ?? EntityRow.NoSnapshot) != entity.Snapshot)
        {
            throw new JournalDamageException(new EntityCorrupt(
                id, entity.LastSequenceNr, "its snapshot, outbox, inbox or parked rows are not those that were acknowledged"));
        }

        return (new Verified(new RecoveryStarted(correlationId, snapshot, outbox, positions, inbox, attempts), parked, chain), entity);
    }
}
