using System.Collections.Immutable;
using Eco.Runtime.Persistence.Journals;
using Microsoft.Data.Sqlite;

namespace Eco.Runtime.Persistence.Sqlite;

/// <summary>One entity's rows, verified.</summary>
public sealed partial class JournalReader
{
    private sealed record Verified(RecoveryStarted Started, ImmutableArray<ParkedMessage> Parked, Digest256 Chain);

    private IEnumerable<object> Answers(RecoverRequest request)
    {
        _begin.Run();
        try
        {
            Verified? start = null;
            EntityRow entity = default;
            if (Damage(request.PersistenceId, () => start = VerifiedStart(request.CorrelationId, request.PersistenceId, out entity)) is { } atStart)
            {
                yield return new RecoveryFailed(request.CorrelationId, atStart.ToString(), atStart);
                yield break;
            }

            yield return start!.Started;
            long after = start.Started.Snapshot?.SequenceNr ?? 0;
            Digest256 chain = start.Chain;
            bool isLast = false;
            while (!isLast)
            {
                ImmutableArray<JournalEvent> page = [];
                if (Damage(request.PersistenceId, () => page = Page(entity, ref after, ref chain)) is { } damage)
                {
                    yield return new RecoveryFailed(request.CorrelationId, damage.ToString(), damage);
                    yield break;
                }

                isLast = after == entity.LastSequenceNr;
                yield return new RecoveredEvents(request.CorrelationId, page, isLast);
            }
        }
        finally
        {
            _all.ForEach(statement => statement.Reset());
            _end.Run();
        }
    }

    private JournalDamage? Damage(string persistenceId, Action read)
    {
        JournalDamage? damage = DamageOf(persistenceId, read);
        if (damage is not null)
        {
            // A query that was given up in its midst could not be asked again.
            _all.ForEach(statement => statement.Reset());
        }

        return damage;
    }

    private JournalDamage? DamageOf(string persistenceId, Action read)
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
        catch (SqliteException e) when (SqliteErrors.IsDamaged(e))
        {
            return SqliteErrors.Damage(_connection, _file, e);
        }
    }

    /// <summary>The next events of the chain; the last ones must end where the entity's row says.</summary>
    private ImmutableArray<JournalEvent> Page(EntityRow entity, ref long after, ref Digest256 chain)
    {
        string id = entity.PersistenceId ?? "";
        ImmutableArray<JournalEvent>.Builder page = ImmutableArray.CreateBuilder<JournalEvent>();

        // One more than there should be tells of rows beyond the end.
        long wanted = Math.Min(PageSize, entity.LastSequenceNr - after);
        bool isLast = after + wanted == entity.LastSequenceNr;
        _events.Bind(1, id).Bind(2, after).Bind(3, wanted + (isLast ? 1 : 0));
        while (_events.Step())
        {
            long sequenceNr = _events.Int64(0);
            if (after == entity.LastSequenceNr)
            {
                throw new JournalDamageException(new EntityCorrupt(id, sequenceNr, FormattableString.Invariant($"there is an event after the last one ({after})")));
            }

            if (sequenceNr != after + 1)
            {
                throw Missing(id, after + 1, FormattableString.Invariant($"the next one is {sequenceNr}"));
            }

            Digest256 hash = HashOfEvent(_events, chain);
            if (hash != Digest256.TryRead(_events.Blob(8)))
            {
                throw new JournalDamageException(new EntityCorrupt(id, sequenceNr, "the event does not fit the chain of hashes"));
            }

            page.Add(ReadEvent(_events));
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

    private static JournalEvent ReadEvent(NativeStatement row) =>
        new(row.Int64(0), row.Text(1), row.Blob(2).ToArray(), HybridTimestamp.Parse(row.Text(3)));

    private Digest256 HashOfEvent(NativeStatement row, Digest256 previous) => _hasher.Event(
        previous, row.Text(5), row.Int64(4), row.Int64(0), row.Text(1), row.Blob(2), row.Text(3), row.Text(6), row.Int64(7));

    /// <summary>All of an entity but its events, held to the digest in its row.</summary>
    private Verified VerifiedStart(long correlationId, string id, out EntityRow entity)
    {
        if (!ReadEntity(id, out entity))
        {
            return new Verified(new RecoveryStarted(correlationId, null, [], [], [], []), [], Digest256.Zero);
        }

        Digest256 digest = Digest256.Zero;
        (StoredSnapshot? snapshot, Digest256 chain) = Snapshot(id, ref digest);
        ImmutableArray<OutboxRow> outbox = Rows(_outbox, id, ref digest, row => (
            new OutboxRow(row.Text(0), row.Int64(1), row.Text(2), row.Blob(3).ToArray(), HybridTimestamp.Parse(row.Text(4))),
            _hasher.Outbox(id, row.Text(0), row.Int64(1), row.Text(2), row.Blob(3), row.Text(4))));
        ImmutableArray<OutboxPosition> positions = Rows(_positions, id, ref digest, row => (
            new OutboxPosition(row.Text(0), row.Int64(1), row.Int64(2)), _hasher.Position(id, row.Text(0), row.Int64(1), row.Int64(2))));
        ImmutableArray<InboxRow> inbox = Rows(_inbox, id, ref digest, row => (
            new InboxRow(row.Text(0), row.Int64(1), row.Int64(2)), _hasher.Inbox(id, row.Text(0), row.Int64(1), row.Int64(2))));
        ImmutableArray<InboxAttempt> attempts = Rows(_attempts, id, ref digest, row => (
            new InboxAttempt(row.Text(0), row.Int64(1), (int)row.Int64(2), row.Text(3)),
            _hasher.Attempt(id, row.Text(0), row.Int64(1), row.Int64(2), row.Text(3))));
        ImmutableArray<ParkedMessage> parked = Rows(_parkedOf, id, ref digest, row =>
        {
            ParkedMessage message = ReadParked(row);
            return (message, _hasher.Parked(id, message));
        });
        if (digest != entity.Rows || (snapshot?.SequenceNr ?? EntityRow.NoSnapshot) != entity.Snapshot)
        {
            throw new JournalDamageException(new EntityCorrupt(
                id, entity.LastSequenceNr, "its snapshot, outbox, inbox or parked rows are not those that were acknowledged"));
        }

        return new Verified(new RecoveryStarted(correlationId, snapshot, outbox, positions, inbox, attempts), parked, chain);
    }

    private bool ReadEntity(string id, out EntityRow entity)
    {
        if (_entity.Bind(1, id).Step())
        {
            entity = JournalRowReader.Entity(_entity);
            _entity.Reset();
            return entity.PersistenceId == id && entity.IsValid(_hasher)
                ? true
                : throw new JournalDamageException(new EntityCorrupt(id, entity.LastSequenceNr, "its row of the table entity was changed"));
        }

        entity = EntityRow.New(id);
        bool any = _any.Bind(1, id).Step();
        _any.Reset();
        return any ? throw new JournalDamageException(new EntityCorrupt(id, 0, "it has rows, but none in the table entity")) : false;
    }

    private (StoredSnapshot? Snapshot, Digest256 Chain) Snapshot(string id, ref Digest256 digest)
    {
        (StoredSnapshot? snapshot, Digest256 chain) = (null, Digest256.Zero);
        if (_snapshot.Bind(1, id).Step())
        {
            chain = Digest256.TryRead(_snapshot.Blob(4)) ?? Digest256.Zero;
            digest += _hasher.Snapshot(id, _snapshot.Int64(0), _snapshot.Text(1), _snapshot.Blob(2), _snapshot.Text(3), chain);
            snapshot = new StoredSnapshot(
                _snapshot.Int64(0), _snapshot.Text(1), _snapshot.Blob(2).ToArray(), HybridTimestamp.Parse(_snapshot.Text(3)));
        }

        _snapshot.Reset();
        return (snapshot, chain);
    }

    private static ImmutableArray<T> Rows<T>(NativeStatement statement, string id, ref Digest256 digest, Func<NativeStatement, (T Row, Digest256 Hash)> map)
    {
        ImmutableArray<T>.Builder rows = ImmutableArray.CreateBuilder<T>();
        statement.Bind(1, id);
        while (statement.Step())
        {
            (T row, Digest256 hash) = map(statement);
            digest += hash;
            rows.Add(row);
        }

        return rows.DrainToImmutable();
    }
}
