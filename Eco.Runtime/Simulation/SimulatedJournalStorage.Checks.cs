using Eco.Runtime.Persistence;

namespace Eco.Runtime.Simulation;

/// <content>What a transaction must be like, in the order in which the real journal finds it out.</content>
public sealed partial class SimulatedJournalStorage
{
    private string? FenceError(Ownership claimed)
    {
        if (claimed.Partition < 0 || claimed.Partition >= _owned.Length)
        {
            return Text($"partition {claimed.Partition} was never claimed");
        }

        Ownership owner = _owned[claimed.Partition];
        return owner == claimed
            ? null
            : Text($"partition {claimed.Partition} is owned by {owner.WriterId} in epoch {owner.OwnerEpoch}, not by {claimed.WriterId} in epoch {claimed.OwnerEpoch}");
    }

    private AppendFailed? Refusal(AppendRequest request, Entity? entity) =>
        EventsRefusal(request, entity)
        ?? OutboxRefusal(request, entity)
        ?? AcknowledgedRefusal(request, entity)
        ?? InboxRefusal(request, entity)
        ?? ParkedRefusal(request, entity);

    private AppendFailed? EventsRefusal(AppendRequest request, Entity? entity)
    {
        long last = entity?.LastSequenceNr ?? 0;
        foreach (JournalEvent e in request.Events)
        {
            if (e.SequenceNr <= last)
            {
                return Refuse(request, AppendFailureReason.Fenced, $"sequence number {e.SequenceNr} is taken, the last one is {last}");
            }

            if (e.SequenceNr != last + 1)
            {
                return Refuse(request, AppendFailureReason.Rejected, $"sequence number {e.SequenceNr} leaves a gap after {last}");
            }

            last++;
        }

        return null;
    }

    private AppendFailed? OutboxRefusal(AppendRequest request, Entity? entity)
    {
        for (int i = 0; i < request.Outbox.Length; i++)
        {
            OutboxRow row = request.Outbox[i];
            long last = LastTo(row.Receiver, request.Outbox.AsSpan(0, i), entity);
            if (row.SequenceNr != last + 1)
            {
                AppendFailureReason reason = row.SequenceNr <= last ? AppendFailureReason.Fenced : AppendFailureReason.Rejected;
                return Refuse(request, reason, $"message {row.SequenceNr} to {row.Receiver} must be number {last + 1}");
            }
        }

        return null;
    }

    private AppendFailed? AcknowledgedRefusal(AppendRequest request, Entity? entity)
    {
        foreach ((string receiver, long upTo) in request.Acknowledged)
        {
            long sent = LastTo(receiver, request.Outbox.AsSpan(), entity);
            if (upTo > sent)
            {
                return Refuse(request, AppendFailureReason.Rejected, $"acknowledgement of {upTo} by {receiver}, but only {sent} were sent");
            }
        }

        return null;
    }

    /// <summary>The last number given out to a receiver, counting rows that are about to be.</summary>
    private static long LastTo(string receiver, ReadOnlySpan<OutboxRow> rows, Entity? entity)
    {
        for (int i = rows.Length - 1; i >= 0; i--)
        {
            if (rows[i].Receiver == receiver)
            {
                return rows[i].SequenceNr;
            }
        }

        return entity?.Position(receiver).LastSequenceNr ?? 0;
    }

    private AppendFailed? InboxRefusal(AppendRequest request, Entity? entity)
    {
        if (request.Inbox is not { } wanted)
        {
            return null;
        }

        InboxRow present = entity?.Inbox.GetValueOrDefault(wanted.Sender) ?? new InboxRow(wanted.Sender, 0, 0);
        bool advances = wanted.LastSequenceNr > present.LastSequenceNr
            || (wanted.LastSequenceNr == present.LastSequenceNr && wanted.OwnerEpoch > present.OwnerEpoch);
        return advances && wanted.OwnerEpoch >= present.OwnerEpoch
            ? null
            : Refuse(
                request,
                AppendFailureReason.Rejected,
                $"the inbox of {wanted.Sender} is at {present.LastSequenceNr} in owner epoch {present.OwnerEpoch} and cannot go to {wanted.LastSequenceNr} in {wanted.OwnerEpoch}");
    }

    private AppendFailed? ParkedRefusal(AppendRequest request, Entity? entity)
    {
        SortedDictionary<(string, long), ParkedMessage>? present = entity?.Parked;
        if (request.Parked is { } parked && present?.ContainsKey((parked.Sender, parked.SequenceNr)) == true)
        {
            return Refuse(request, AppendFailureReason.Fenced, $"message {parked.SequenceNr} of {parked.Sender} is parked already");
        }

        return request.Unparked is { } taken && present?.ContainsKey(taken) != true
            ? Refuse(request, AppendFailureReason.Rejected, $"message {taken.SequenceNr} of {taken.Sender} is not parked")
            : null;
    }
}
