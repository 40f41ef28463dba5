using Eco.Runtime.Persistence.Journals;

namespace Eco.Runtime.Persistence.Postgres;

/// <content>Appends: checked whole, then collected.</content>
internal sealed partial class PostgresWriter
{
    /// <inheritdoc/>
    public object Append(AppendRequest request)
    {
        if (FenceError(request.Ownership) is { } fenced)
        {
            return new AppendFailed(request.CorrelationId, AppendFailureReason.Fenced, fenced);
        }

        PostgresEntity entity = _entities[request.PersistenceId];
        if (Unusable(entity, request.Ownership) is { } error)
        {
            return new AppendFailed(request.CorrelationId, AppendFailureReason.Rejected, error);
        }

        if ((_rules.Check(request, entity.Entity) ?? CheckParked(request)) is { } failure)
        {
            return failure;
        }

        MarkChanged(entity, request.Ownership);
        WriteEvents(request, entity);
        WriteOutbox(request, entity);
        WriteInbox(request, entity.Entity);
        WriteParked(request, entity.Entity);
        return new AppendCommitted(request.CorrelationId);
    }

    private static string? Unusable(PostgresEntity entity, Ownership ownership) =>
        entity.Damage?.Message
        ?? (entity.Partition != -1 && entity.Partition != ownership.Partition
            ? Text($"{entity.Entity.Row.PersistenceId} is of partition {entity.Partition}, not of {ownership.Partition}")
            : null);

    private void MarkChanged(PostgresEntity entity, Ownership ownership)
    {
        entity.Partition = ownership.Partition;
        entity.Under = ownership;
        if (!entity.Entity.IsChanged)
        {
            entity.Entity.IsChanged = true;
            _changed.Add(entity);
        }
    }

    private void WriteEvents(AppendRequest request, PostgresEntity entity)
    {
        EntityRow row = entity.Entity.Row;
        foreach (JournalEvent e in request.Events)
        {
            long ordering = _orderings.Dequeue();
            string hlc = e.Timestamp.ToString();
            Digest256 hash = _hasher.Event(
                row.LastHash, request.PersistenceId, ordering, e.SequenceNr, e.Manifest, e.Payload, hlc, request.Ownership.WriterId, request.Ownership.OwnerEpoch);
            _events.Add(new EventRow(ordering, request.PersistenceId, e, hlc, request.Ownership, hash));
            row = row with { LastSequenceNr = e.SequenceNr, LastHash = hash };
        }

        entity.Entity.Row = row;
    }

    private void WriteOutbox(AppendRequest request, PostgresEntity entity)
    {
        string sender = request.PersistenceId;
        foreach (OutboxRow m in request.Outbox)
        {
            string hlc = m.Timestamp.ToString();
            Digest256 hash = _hasher.Outbox(sender, m.Receiver, m.SequenceNr, m.Manifest, m.Payload, hlc);
            _outbox.Add((sender, m, hlc, hash));
            entity.OutboxTo(m.Receiver)[m.SequenceNr] = hash;
            Count(entity.Entity, null, hash, outbox: 1);
        }

        foreach ((string receiver, long last, long acknowledged) in _rules.Positions)
        {
            if (!AppendRules.IsMoved(entity.Entity, receiver, last, acknowledged))
            {
                continue;
            }

            bool known = entity.Entity.Positions.TryGetValue(receiver, out (long Last, long Acknowledged) old);
            if (acknowledged > old.Acknowledged)
            {
                Acknowledge(entity, receiver, acknowledged);
            }

            _positions[(sender, receiver)] = (last, acknowledged);
            entity.Entity.Replace(
                known ? _hasher.Position(sender, receiver, old.Last, old.Acknowledged) : null, _hasher.Position(sender, receiver, last, acknowledged));
            entity.Entity.Positions[receiver] = (last, acknowledged);
        }
    }

    private void Acknowledge(PostgresEntity entity, string receiver, long upTo)
    {
        _acknowledged[(entity.Entity.Row.PersistenceId, receiver)] = upTo;
        SortedDictionary<long, Digest256> rows = entity.OutboxTo(receiver);
        while (rows.Count > 0 && rows.First() is var (sequenceNr, hash) && sequenceNr <= upTo)
        {
            Count(entity.Entity, hash, null, outbox: -1);
            rows.Remove(sequenceNr);
        }

        if (rows.Count == 0)
        {
            entity.Outbox.Remove(receiver);
        }
    }

    private void WriteInbox(AppendRequest request, JournalEntity entity)
    {
        string receiver = request.PersistenceId;
        if (request.Inbox is { } inbox)
        {
            Digest256? old = entity.Inbox.TryGetValue(inbox.Sender, out (long Last, long Epoch) before)
                ? _hasher.Inbox(receiver, inbox.Sender, before.Last, before.Epoch)
                : null;
            _inbox[(receiver, inbox.Sender)] = inbox;
            entity.Replace(old, _hasher.Inbox(receiver, inbox.Sender, inbox.LastSequenceNr, inbox.OwnerEpoch));
            entity.Inbox[inbox.Sender] = (inbox.LastSequenceNr, inbox.OwnerEpoch);
            if (entity.Attempts.TryGetValue(inbox.Sender, out InboxAttempt? tried) && tried.SequenceNr <= inbox.LastSequenceNr)
            {
                _attempts[(receiver, inbox.Sender)] = null;
                entity.Replace(HashOf(receiver, tried), null);
                entity.Attempts.Remove(inbox.Sender);
            }
        }

        if (request.Attempt is { } attempt)
        {
            InboxAttempt kept = attempt with { Reason = PostgresText.Storable(attempt.Reason) };
            _attempts[(receiver, kept.Sender)] = kept;
            entity.Replace(entity.Attempts.TryGetValue(kept.Sender, out InboxAttempt? tried) ? HashOf(receiver, tried) : null, HashOf(receiver, kept));
            entity.Attempts[kept.Sender] = kept;
        }
    }

    private Digest256 HashOf(string receiver, InboxAttempt attempt) =>
        _hasher.Attempt(receiver, attempt.Sender, attempt.SequenceNr, attempt.Attempts, attempt.Reason);

    private static void Count(JournalEntity entity, Digest256? old, Digest256? now, int outbox = 0, int parked = 0)
    {
        entity.Replace(old, now);
        entity.Row = entity.Row with { OutboxRows = entity.Row.OutboxRows + outbox, ParkedRows = entity.Row.ParkedRows + parked };
    }

    private AppendFailed? CheckParked(AppendRequest request)
    {
        if (request.Parked is { } parked && ParkedHash(request.PersistenceId, parked.Sender, parked.SequenceNr) is not null)
        {
            return AppendRules.Failure(request, AppendFailureReason.Fenced, $"message {parked.SequenceNr} of {parked.Sender} is parked already");
        }

        return request.Unparked is { } taken
            && (request.Parked?.Sender, request.Parked?.SequenceNr) != (taken.Sender, taken.SequenceNr)
            && ParkedHash(request.PersistenceId, taken.Sender, taken.SequenceNr) is null
                ? AppendRules.Failure(request, AppendFailureReason.Rejected, $"message {taken.SequenceNr} of {taken.Sender} is not parked")
                : null;
    }

    // Rare, so written at once instead of collected: the next check then finds it.
    private void WriteParked(AppendRequest request, JournalEntity entity)
    {
        string receiver = request.PersistenceId;
        if (request.Parked is { } asked)
        {
            ParkedMessage m = asked with { Reason = PostgresText.Storable(asked.Reason), Detail = PostgresText.Storable(asked.Detail) };
            Connection.Execute(
                $"INSERT INTO parked({PostgresRows.Parked}, created) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                receiver,
                m.Sender,
                m.SequenceNr,
                m.Manifest,
                m.Payload,
                m.Timestamp.ToString(),
                m.Attempts,
                m.Reason,
                m.Detail,
                m.Timestamp.WallMilliseconds);
            Count(entity, null, _hasher.Parked(receiver, m), parked: 1);
        }

        if (request.Unparked is { } taken)
        {
            Digest256? hash = ParkedHash(receiver, taken.Sender, taken.SequenceNr);
            Connection.Execute("DELETE FROM parked WHERE receiver = $1 AND sender = $2 AND sequence_number = $3", receiver, taken.Sender, taken.SequenceNr);
            Count(entity, hash, null, parked: -1);
        }
    }

    private Digest256? ParkedHash(string receiver, string sender, long sequenceNr)
    {
        List<ParkedMessage> found = Connection.Query(
            PostgresRows.ReadParked,
            $"SELECT {PostgresRows.Parked} FROM parked WHERE receiver = $1 AND sender = $2 AND sequence_number = $3",
            receiver,
            sender,
            sequenceNr);
        return found.Count == 0 ? null : _hasher.Parked(receiver, found[0]);
    }
}
