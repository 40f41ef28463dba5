namespace Eco.Runtime.Persistence.Journals;

/// <summary>
/// What an append must keep to, whatever database it goes to: consecutive numbers, acknowledgements of what was sent, an inbox that advances.
/// For one thread.
/// </summary>
internal sealed class AppendRules
{
    // The positions that the checked request leads to, by receiver; few, so looked through.
    private readonly List<(string Receiver, long Last, long Acknowledged)> _positions = [];

    /// <summary>The outbox positions that the request of the last <see cref="Check"/> leads to.</summary>
    public IReadOnlyList<(string Receiver, long Last, long Acknowledged)> Positions => _positions;

    /// <summary>Whether the outbox position differs from the stored one.</summary>
    public static bool IsMoved(JournalEntity entity, string receiver, long last, long acknowledged) =>
        entity.Positions.TryGetValue(receiver, out (long Last, long Acknowledged) old) ? old != (last, acknowledged) : last != 0;

    /// <summary>What is wrong with a request on what the entity stands at; null where nothing is.</summary>
    public AppendFailed? Check(AppendRequest request, JournalEntity entity) =>
        CheckEvents(request, entity) ?? CheckMessages(request, entity) ?? CheckInbox(request, entity);

    public static AppendFailed Failure(AppendRequest request, AppendFailureReason reason, FormattableString text) =>
        new(request.CorrelationId, reason, FormattableString.Invariant($"{request.PersistenceId}: {FormattableString.Invariant(text)}"));

    private static AppendFailed? CheckEvents(AppendRequest request, JournalEntity entity)
    {
        long last = entity.Row.LastSequenceNr;
        foreach (JournalEvent e in request.Events)
        {
            if (e.SequenceNr <= last)
            {
                return Failure(request, AppendFailureReason.Fenced, $"sequence number {e.SequenceNr} is taken, the last one is {last}");
            }

            if (e.SequenceNr != last + 1)
            {
                return Failure(request, AppendFailureReason.Rejected, $"sequence number {e.SequenceNr} leaves a gap after {last}");
            }

            last = e.SequenceNr;
        }

        return null;
    }

    private AppendFailed? CheckMessages(AppendRequest request, JournalEntity entity)
    {
        _positions.Clear();
        foreach (OutboxRow message in request.Outbox)
        {
            int at = PlannedPosition(entity, message.Receiver);
            (string receiver, long last, long acknowledged) = _positions[at];
            if (message.SequenceNr != last + 1)
            {
                AppendFailureReason reason = message.SequenceNr <= last ? AppendFailureReason.Fenced : AppendFailureReason.Rejected;
                return Failure(request, reason, $"message {message.SequenceNr} to {message.Receiver} must be number {last + 1}");
            }

            _positions[at] = (receiver, last + 1, acknowledged);
        }

        foreach ((string receiver, long upTo) in request.Acknowledged)
        {
            int at = PlannedPosition(entity, receiver);
            (_, long last, long acknowledged) = _positions[at];
            if (upTo > last)
            {
                return Failure(request, AppendFailureReason.Rejected, $"acknowledgement of {upTo} by {receiver}, but only {last} were sent");
            }

            _positions[at] = (receiver, last, Math.Max(acknowledged, upTo));
        }

        return null;
    }

    private int PlannedPosition(JournalEntity entity, string receiver)
    {
        for (int i = 0; i < _positions.Count; i++)
        {
            if (_positions[i].Receiver == receiver)
            {
                return i;
            }
        }

        (long last, long acknowledged) = entity.Positions.GetValueOrDefault(receiver);
        _positions.Add((receiver, last, acknowledged));
        return _positions.Count - 1;
    }

    private static AppendFailed? CheckInbox(AppendRequest request, JournalEntity entity)
    {
        if (request.Inbox is not { } inbox)
        {
            return null;
        }

        (long last, long epoch) = entity.Inbox.GetValueOrDefault(inbox.Sender);
        bool advances = inbox.LastSequenceNr > last || (inbox.LastSequenceNr == last && inbox.OwnerEpoch > epoch);
        return advances && inbox.OwnerEpoch >= epoch
            ? null
            : Failure(
                request,
                AppendFailureReason.Rejected,
                $"the inbox of {inbox.Sender} is at {last} in owner epoch {epoch} and cannot go to {inbox.LastSequenceNr} in {inbox.OwnerEpoch}");
    }
}
