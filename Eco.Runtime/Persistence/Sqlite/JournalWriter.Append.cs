using Eco.Runtime.Persistence.Journals;

namespace Eco.Runtime.Persistence.Sqlite;

/// <summary>Appends: checked whole, then written.</summary>
internal sealed partial class JournalWriter
{
    private readonly AppendRules _rules = new();

    /// <summary>Writes an append into the running transaction; answers what the caller is told if the transaction commits.</summary>
    public object Append(AppendRequest request)
    {
        if (FenceError(request.Ownership) is { } fenced)
        {
            return new AppendFailed(request.CorrelationId, AppendFailureReason.Fenced, fenced);
        }

        JournalEntity entity;
        try
        {
            entity = Entity(request.PersistenceId);
        }
        catch (JournalDamageException e)
        {
            return new AppendFailed(request.CorrelationId, AppendFailureReason.Rejected, e.Message);
        }

        AppendFailed? failure = _rules.Check(request, entity) ?? CheckParked(request);
        if (failure is not null)
        {
            return failure;
        }

        int weight = entity.Weight;
        MarkChanged(entity);
        WriteEvents(request, entity);
        WriteOutbox(request, entity);
        WriteInbox(request, entity);
        WriteParked(request, entity);
        _remembered += entity.Weight - weight;
        return new AppendCommitted(request.CorrelationId);
    }

    private void WriteEvents(AppendRequest request, JournalEntity entity)
    {
        if (request.Events.IsEmpty)
        {
            return;
        }

        EntityRow row = entity.Row;
        foreach (JournalEvent e in request.Events)
        {
            long ordering = ++_lastOrdering;
            string hlc = e.Timestamp.ToString();
            Digest256 hash = _hasher.Event(
                row.LastHash, request.PersistenceId, ordering, e.SequenceNr, e.Manifest, e.Payload, hlc, request.Ownership.WriterId, request.Ownership.OwnerEpoch);
            _insertEvent.Bind(1, ordering).Bind(2, request.PersistenceId).Bind(3, e.SequenceNr).Bind(4, e.Timestamp.WallMilliseconds)
                .Bind(5, e.Payload).Bind(6, e.Manifest).Bind(7, request.Ownership.WriterId).Bind(8, request.Ownership.OwnerEpoch).Bind(9, hlc).Bind(10, hash).Run();
            row = row with { LastSequenceNr = e.SequenceNr, LastHash = hash };
        }

        entity.Row = row;
    }

    private void WriteOutbox(AppendRequest request, JournalEntity entity)
    {
        string sender = request.PersistenceId;
        foreach (OutboxRow m in request.Outbox)
        {
            string hlc = m.Timestamp.ToString();
            Digest256 hash = _hasher.Outbox(sender, m.Receiver, m.SequenceNr, m.Manifest, m.Payload, hlc);
            _insertOutbox.Bind(1, sender).Bind(2, m.Receiver).Bind(3, m.SequenceNr).Bind(4, m.Timestamp.WallMilliseconds)
                .Bind(5, m.Payload).Bind(6, m.Manifest).Bind(7, hlc).Bind(8, hash).Run();
            entity.Replace(null, hash);
            entity.Row = entity.Row with { OutboxRows = entity.Row.OutboxRows + 1 };
        }

        foreach ((string receiver, long last, long acknowledged) in _rules.Positions)
        {
            if (!AppendRules.IsMoved(entity, receiver, last, acknowledged))
            {
                continue;
            }

            bool known = entity.Positions.TryGetValue(receiver, out (long Last, long Acknowledged) old);

            if (acknowledged > old.Acknowledged)
            {
                RemoveAcknowledged(entity, receiver, acknowledged);
            }

            _upsertPosition.Bind(1, sender).Bind(2, receiver).Bind(3, last).Bind(4, acknowledged).Run();
            entity.Replace(
                known ? _hasher.Position(sender, receiver, old.Last, old.Acknowledged) : null, _hasher.Position(sender, receiver, last, acknowledged));
            entity.Positions[receiver] = (last, acknowledged);
        }
    }

    private void RemoveAcknowledged(JournalEntity entity, string receiver, long upTo)
    {
        string sender = entity.Row.PersistenceId;
        long removed = 0;
        _selectOutboxHashes.Bind(1, sender).Bind(2, receiver).Bind(3, upTo);
        while (_selectOutboxHashes.Step())
        {
            // A damaged hash makes the digest wrong, which the next recovery reports.
            entity.Replace(Digest256.TryRead(_selectOutboxHashes.Blob(0)), null);
            removed++;
        }

        _deleteOutbox.Bind(1, sender).Bind(2, receiver).Bind(3, upTo).Run();
        entity.Row = entity.Row with { OutboxRows = entity.Row.OutboxRows - removed };
    }

    private void WriteInbox(AppendRequest request, JournalEntity entity)
    {
        string receiver = request.PersistenceId;
        if (request.Inbox is { } inbox)
        {
            Digest256? old = entity.Inbox.TryGetValue(inbox.Sender, out (long Last, long Epoch) before)
                ? _hasher.Inbox(receiver, inbox.Sender, before.Last, before.Epoch)
                : null;
            _upsertInbox.Bind(1, receiver).Bind(2, inbox.Sender).Bind(3, inbox.LastSequenceNr).Bind(4, inbox.OwnerEpoch).Run();
            entity.Replace(old, _hasher.Inbox(receiver, inbox.Sender, inbox.LastSequenceNr, inbox.OwnerEpoch));
            entity.Inbox[inbox.Sender] = (inbox.LastSequenceNr, inbox.OwnerEpoch);
            if (entity.Attempts.TryGetValue(inbox.Sender, out InboxAttempt? tried) && tried.SequenceNr <= inbox.LastSequenceNr)
            {
                _deleteAttempt.Bind(1, receiver).Bind(2, inbox.Sender).Run();
                entity.Replace(HashOf(receiver, tried), null);
                entity.Attempts.Remove(inbox.Sender);
            }
        }

        if (request.Attempt is { } attempt)
        {
            _upsertAttempt.Bind(1, receiver).Bind(2, attempt.Sender).Bind(3, attempt.SequenceNr).Bind(4, attempt.Attempts).Bind(5, attempt.Reason).Run();
            entity.Replace(
                entity.Attempts.TryGetValue(attempt.Sender, out InboxAttempt? tried) ? HashOf(receiver, tried) : null, HashOf(receiver, attempt));
            entity.Attempts[attempt.Sender] = attempt;
        }
    }

    private Digest256 HashOf(string receiver, InboxAttempt attempt) =>
        _hasher.Attempt(receiver, attempt.Sender, attempt.SequenceNr, attempt.Attempts, attempt.Reason);
}
