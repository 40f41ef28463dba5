using System.Collections.Immutable;
using Eco.Runtime.Persistence;

namespace Eco.Runtime.Cluster;

/// <summary>What to do with a durable message that came in.</summary>
public enum InboxVerdict
{
    /// <summary>It is the next one: apply it.</summary>
    Apply,

    /// <summary>It was applied before: acknowledge it again and ignore it.</summary>
    Duplicate,

    /// <summary>One before it is missing: drop it and ask for the missing one.</summary>
    Gap,

    /// <summary>Its sender's claim is older than one already seen: drop it; the new owner sends it again.</summary>
    Stale,
}

/// <summary>
/// One entity's book of durable messages: which numbers it has given out, which are not acknowledged yet, and how far it has applied
/// each sender's. A mirror of the tables outbox, outbox_position and inbox; it decides, the journal remembers.
/// </summary>
/// <param name="window">How many messages to one receiver may be on their way at once; the others wait in the outbox.</param>
public sealed class EntityLedger(int window)
{
    private readonly SortedDictionary<string, Lane> _lanes = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, InboxRow> _inbox = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _gapsAsked = new(StringComparer.Ordinal);
    private readonly Dictionary<string, InboxAttempt> _attempts = new(StringComparer.Ordinal);

    /// <summary>Receivers with messages that are not acknowledged, in ordinal order.</summary>
    public IEnumerable<string> Pending => _lanes.Where(lane => lane.Value.Rows.Count > 0).Select(lane => lane.Key);

    /// <summary>Whether any message waits for its acknowledgement.</summary>
    public bool HasPending => _lanes.Values.Any(lane => lane.Rows.Count > 0);

    /// <summary>Takes over what the journal remembers.</summary>
    public void Restore(RecoveryStarted recovered)
    {
        ArgumentNullException.ThrowIfNull(recovered);
        foreach (OutboxPosition position in recovered.Positions)
        {
            Lane lane = LaneOf(position.Receiver);
            lane.Last = position.LastSequenceNr;
            lane.Acknowledged = position.AcknowledgedSequenceNr;
            lane.Confirmed = position.AcknowledgedSequenceNr;
            lane.Sent = position.AcknowledgedSequenceNr;
        }

        foreach (OutboxRow row in recovered.Outbox)
        {
            Lane lane = LaneOf(row.Receiver);
            lane.Rows.Add(row);
            lane.Last = Math.Max(lane.Last, row.SequenceNr);
            lane.Posted = lane.Last;
        }

        foreach (InboxRow row in recovered.Inbox)
        {
            _inbox[row.Sender] = row;
        }

        foreach (InboxAttempt attempt in recovered.Attempts)
        {
            _attempts[attempt.Sender] = attempt;
        }
    }

    /// <summary>Gives out the next number for a receiver.</summary>
    public long NextNumber(string receiver) => ++LaneOf(receiver).Last;

    /// <summary>Books messages whose transaction has committed.</summary>
    public void Book(IEnumerable<OutboxRow> rows)
    {
        foreach (OutboxRow row in rows)
        {
            LaneOf(row.Receiver).Rows.Add(row);
        }
    }

    /// <summary>
    /// The messages to a receiver that may be sent now: the first ones without acknowledgement, as many as the window allows.
    /// </summary>
    /// <param name="receiver">The receiver.</param>
    /// <param name="everything">Whether to send again what was sent before and has not been confirmed by the transport.</param>
    public ImmutableArray<OutboxRow> TakeSendable(string receiver, bool everything)
    {
        Lane lane = LaneOf(receiver);
        long limit = lane.Acknowledged + window;
        ImmutableArray<OutboxRow>.Builder taken = ImmutableArray.CreateBuilder<OutboxRow>();
        foreach (OutboxRow row in lane.Rows)
        {
            if (row.SequenceNr > limit)
            {
                break;
            }

            if (row.SequenceNr > lane.Sent || (everything && row.SequenceNr > lane.Confirmed))
            {
                taken.Add(row);
            }
        }

        if (taken.Count > 0)
        {
            lane.Sent = Math.Max(lane.Sent, taken[^1].SequenceNr);
            lane.Posted = Math.Max(lane.Posted, lane.Sent);
        }

        return taken.ToImmutable();
    }

    /// <summary>The last number that was taken for sending, or recovered.</summary>
    public long PostedTo(string receiver) => LaneOf(receiver).Posted;

    /// <summary>The transport has confirmed a frame; it is not sent again until a gap or a restart asks for it.</summary>
    public void Confirm(string receiver, long number)
    {
        Lane lane = LaneOf(receiver);
        if (number == lane.Confirmed + 1)
        {
            lane.Confirmed = number;
        }
    }

    /// <summary>The transport did not take a message to a receiver.</summary>
    public void Refuse(string receiver) => LaneOf(receiver).Refused = true;

    /// <summary>Whether the transport has refused a message to a receiver since this was last asked.</summary>
    public bool TakeRefusal(string receiver)
    {
        if (!_lanes.TryGetValue(receiver, out Lane? lane) || !lane.Refused)
        {
            return false;
        }

        lane.Refused = false;
        return true;
    }

    /// <summary>The receiver asks for a number: everything from there on is sent again.</summary>
    /// <returns>Whether that number is still to be sent; a request that was overtaken asks for nothing.</returns>
    public bool Rewind(string receiver, long expected)
    {
        Lane lane = LaneOf(receiver);
        if (expected <= lane.Acknowledged)
        {
            return false;
        }

        lane.Sent = Math.Min(lane.Sent, expected - 1);
        lane.Confirmed = Math.Min(lane.Confirmed, expected - 1);
        return true;
    }

    /// <summary>
    /// Whether the first message to a receiver was the first at the last look too, although the transport has it: its acknowledgement, or
    /// the receiver's request for one before it, may be lost.
    /// </summary>
    public bool IsStuck(string receiver)
    {
        Lane lane = LaneOf(receiver);
        if (lane.Rows.Count == 0 || lane.Rows[0].SequenceNr > lane.Confirmed)
        {
            return false;
        }

        bool stuck = lane.Watched == lane.Rows[0].SequenceNr;
        lane.Watched = lane.Rows[0].SequenceNr;
        return stuck;
    }

    /// <summary>
    /// The first message to a receiver without acknowledgement; null for none. Sent again although the transport has confirmed it, it brings
    /// back an acknowledgement that was lost, or is applied where the receiver has failed to. When it is acknowledged, all after it are sent again.
    /// </summary>
    public OutboxRow? Probe(string receiver)
    {
        Lane lane = LaneOf(receiver);
        lane.Probing = lane.Rows.Count > 0;
        return lane.Rows.FirstOrDefault();
    }

    /// <summary>Whether a missing number is to be asked for: once each, since its sender sends it again in any case.</summary>
    public bool AsksForGap(string sender)
    {
        long expected = Applied(sender) + 1;
        if (_gapsAsked.GetValueOrDefault(sender) == expected)
        {
            return false;
        }

        _gapsAsked[sender] = expected;
        return true;
    }

    /// <summary>A receiver has applied all up to a number.</summary>
    /// <returns>Whether that is news and has to be journalled.</returns>
    public bool Acknowledge(string receiver, long upTo)
    {
        Lane lane = LaneOf(receiver);
        if (upTo <= lane.Acknowledged || upTo > lane.Last)
        {
            return false;
        }

        lane.Acknowledged = upTo;
        lane.Confirmed = lane.Probing ? upTo : Math.Max(lane.Confirmed, upTo);
        lane.Sent = lane.Probing ? upTo : Math.Max(lane.Sent, upTo);
        lane.Probing = false;
        lane.Rows.RemoveAll(row => row.SequenceNr <= upTo);
        return true;
    }

    /// <summary>How many messages to a receiver are not acknowledged.</summary>
    public int Outstanding(string receiver) => LaneOf(receiver).Rows.Count;

    /// <summary>Whether some messages to a receiver are neither acknowledged nor confirmed by the transport.</summary>
    public bool Unconfirmed(string receiver)
    {
        Lane lane = LaneOf(receiver);
        return lane.Rows.Count > 0 && lane.Rows[^1].SequenceNr > lane.Confirmed;
    }

    /// <summary>Drops all messages to a receiver that no longer exists, an agent's former incarnation for instance.</summary>
    /// <returns>The number up to which the journal has to drop them; 0 for none.</returns>
    public long Abandon(string receiver)
    {
        Lane lane = LaneOf(receiver);
        long upTo = lane.Rows.Count > 0 ? lane.Rows[^1].SequenceNr : 0;
        Acknowledge(receiver, upTo);
        return upTo;
    }

    /// <summary>Judges an incoming message.</summary>
    /// <param name="sender">Its sender.</param>
    /// <param name="number">Its number.</param>
    /// <param name="ownerEpoch">Its sender's claim.</param>
    public InboxVerdict Judge(string sender, long number, long ownerEpoch)
    {
        InboxRow row = _inbox.GetValueOrDefault(sender) ?? new InboxRow(sender, 0, 0);
        if (ownerEpoch < row.OwnerEpoch)
        {
            return InboxVerdict.Stale;
        }

        if (number <= row.LastSequenceNr)
        {
            // A new owner resends what is not acknowledged: from here on its predecessor is out of date.
            _inbox[sender] = row with { OwnerEpoch = ownerEpoch };
            return InboxVerdict.Duplicate;
        }

        return number == row.LastSequenceNr + 1 ? InboxVerdict.Apply : InboxVerdict.Gap;
    }

    /// <summary>The last applied number of a sender's messages; 0 for none.</summary>
    public long Applied(string sender) => _inbox.GetValueOrDefault(sender)?.LastSequenceNr ?? 0;

    /// <summary>Books an inbox position whose transaction has committed.</summary>
    public void Book(InboxRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        _inbox[row.Sender] = row;
        if (_attempts.GetValueOrDefault(row.Sender)?.SequenceNr <= row.LastSequenceNr)
        {
            _attempts.Remove(row.Sender);
        }
    }

    /// <summary>What is known of earlier attempts at a message; null for none.</summary>
    public InboxAttempt? AttemptAt(string sender, long number) =>
        _attempts.GetValueOrDefault(sender) is { } attempt && attempt.SequenceNr == number ? attempt : null;

    /// <summary>Books an attempt whose transaction has committed.</summary>
    public void Book(InboxAttempt attempt)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        _attempts[attempt.Sender] = attempt;
    }

    private Lane LaneOf(string receiver)
    {
        if (!_lanes.TryGetValue(receiver, out Lane? lane))
        {
            lane = new Lane();
            _lanes.Add(receiver, lane);
        }

        return lane;
    }

    private sealed class Lane
    {
        public List<OutboxRow> Rows { get; } = [];

        public long Last { get; set; }

        public long Acknowledged { get; set; }

        public long Confirmed { get; set; }

        public long Sent { get; set; }

        public long Posted { get; set; }

        public long Watched { get; set; }

        public bool Probing { get; set; }

        public bool Refused { get; set; }
    }
}
