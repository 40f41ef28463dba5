using System.Globalization;
using Eco.Actors.Agents.Proxies;
using Eco.Runtime.Cluster;
using Eco.Runtime.Persistence;

namespace Eco.Host.Campaigns.Oracles;

/// <summary>
/// I1 for durable messages. Each message is sent only after its sender has committed it, with the very bytes that were committed; its receiver
/// books it once, in order, after it was committed; its sender forgets it only after it was booked.
/// </summary>
internal sealed class ExactlyOnceOracle : Oracle
{
    /// <summary>Senders that are no entities of the cluster: what they send is poison.</summary>
    private const string Foreign = "ion/from-the-future";

    private const string AgentPrefix = "agent/";
    private const string ProxyPrefix = "proxy/";
    private readonly Dictionary<(string Sender, string Receiver), Pair> _pairs = [];
    private readonly Dictionary<string, long> _incarnations = new(StringComparer.Ordinal);

    public override string Name => "I1 messages exactly once";

    /// <summary>How many committed messages are not acknowledged; those of lost disks do not count.</summary>
    public long Outstanding { get; private set; }

    /// <summary>The first pairs whose messages are not acknowledged.</summary>
    public string Describe() => string.Join(", ", _pairs
        .Where(entry => entry.Value.Waiting.Count > 0 && !entry.Value.IsAbandoned)
        .Select(entry => Text($"{entry.Key.Sender} -> {entry.Key.Receiver} #{entry.Value.Waiting.Peek().SequenceNr}"))
        .Order(StringComparer.Ordinal)
        .Take(5));

    public override void Committed(JournalCommit commit)
    {
        AppendRequest request = commit.Request;
        for (int i = 0; i < request.Events.Length; i++)
        {
            if (request.Events[i].Manifest == "agent.joined/1")
            {
                Join(commit.Entity, ((AgentJoined)commit.Events[i]).Incarnation);
            }
        }

        foreach (OutboxRow row in request.Outbox)
        {
            Pair pair = PairOf(commit.Entity, row.Receiver);
            if (row.SequenceNr != pair.Sent + 1 && !pair.IsAbandoned)
            {
                Violate(Text($"{commit.Entity} gives out number {row.SequenceNr} to {row.Receiver} after {pair.Sent}"));
            }

            pair.Sent = row.SequenceNr;
            pair.Waiting.Enqueue(row);
            Outstanding += pair.IsAbandoned ? 0 : 1;
        }

        if (request.Inbox is { } inbox && !inbox.Sender.StartsWith(Foreign, StringComparison.Ordinal))
        {
            Pair pair = PairOf(inbox.Sender, commit.Entity);
            if (inbox.LastSequenceNr != pair.Applied + 1 && !pair.IsAbandoned)
            {
                Violate(Text($"{commit.Entity} books message {inbox.LastSequenceNr} of {inbox.Sender} after {pair.Applied}"));
            }

            if (inbox.LastSequenceNr > pair.Sent && !pair.IsAbandoned)
            {
                Violate(Text($"{commit.Entity} books message {inbox.LastSequenceNr} of {inbox.Sender}, which has committed only {pair.Sent}"));
            }

            pair.Applied = inbox.LastSequenceNr;
        }

        foreach ((string receiver, long upTo) in request.Acknowledged)
        {
            Pair pair = PairOf(commit.Entity, receiver);
            if (upTo > pair.Applied && !pair.IsAbandoned)
            {
                Violate(Text($"{commit.Entity} forgets its messages to {receiver} up to {upTo}, which were booked only up to {pair.Applied}"));
            }

            while (pair.Waiting.TryPeek(out OutboxRow? row) && row.SequenceNr <= upTo)
            {
                pair.Waiting.Dequeue();
                Outstanding -= pair.IsAbandoned ? 0 : 1;
            }
        }
    }

    public override void Sent(string host, Frame frame)
    {
        if (frame.To.StartsWith(Foreign, StringComparison.Ordinal))
        {
            return;
        }

        Pair back = PairOf(frame.To, frame.From);
        if (frame.Kind == FrameKind.Acknowledgement && frame.SequenceNr > back.Applied && !back.IsAbandoned)
        {
            Violate(Text($"{frame.From} acknowledges {frame.SequenceNr} of {frame.To} before it is booked"));
        }

        if (frame.Kind != FrameKind.Message)
        {
            return;
        }

        Pair pair = PairOf(frame.From, frame.To);
        if (pair.IsAbandoned)
        {
            return;
        }

        if (frame.SequenceNr > pair.Sent)
        {
            Violate(Text($"{frame.From} sends message {frame.SequenceNr} to {frame.To}, but has committed only {pair.Sent}"));
        }

        if (pair.Waiting.TryPeek(out OutboxRow? oldest) && frame.SequenceNr >= oldest.SequenceNr)
        {
            OutboxRow row = pair.Waiting.ElementAt((int)(frame.SequenceNr - oldest.SequenceNr));
            if (row.Manifest != frame.Manifest || !row.Payload.AsSpan().SequenceEqual(frame.Payload))
            {
                Violate(Text($"message {frame.SequenceNr} of {frame.From} to {frame.To} is sent with other bytes than were committed"));
            }
        }

        if (frame.Acknowledged > back.Applied && !back.IsAbandoned)
        {
            Violate(Text($"{frame.From} acknowledges {frame.Acknowledged} of {frame.To} before it is booked"));
        }
    }

    public override void Erased(string host)
    {
        // Both books of a lost disk are gone; what is still sent under its names begins anew, until the agent has joined again.
        string prefix = $"{AgentPrefix}{host}/";
        foreach (((string sender, string receiver), Pair pair) in _pairs)
        {
            if (!pair.IsAbandoned
                && (sender.StartsWith(prefix, StringComparison.Ordinal) || receiver.StartsWith(prefix, StringComparison.Ordinal)))
            {
                Outstanding -= pair.Waiting.Count;
                pair.IsAbandoned = true;
            }
        }
    }

    public override void Ended()
    {
        foreach (((string sender, string receiver), Pair pair) in _pairs.OrderBy(entry => entry.Key.Sender, StringComparer.Ordinal).ThenBy(entry => entry.Key.Receiver, StringComparer.Ordinal))
        {
            if (pair.Applied != pair.Sent && !pair.IsAbandoned)
            {
                Violate(Text($"{sender} has committed {pair.Sent} messages to {receiver}, which has booked {pair.Applied} of them"));
            }
        }
    }

    private Pair PairOf(string sender, string receiver)
    {
        if (!_pairs.TryGetValue((sender, receiver), out Pair? pair))
        {
            _pairs.Add((sender, receiver), pair = new Pair { IsAbandoned = IsFormer(sender) || IsFormer(receiver) });
        }

        return pair;
    }

    // A lost disk takes its books with it: nobody waits for a former incarnation, once its agent has joined again.
    private void Join(string proxy, long incarnation)
    {
        _incarnations[proxy[ProxyPrefix.Length..]] = incarnation;
        if (incarnation == 1)
        {
            return;
        }

        foreach (((string sender, string receiver), Pair pair) in _pairs)
        {
            if (!pair.IsAbandoned && (IsFormer(sender) || IsFormer(receiver)))
            {
                Outstanding -= pair.Waiting.Count;
                pair.IsAbandoned = true;
            }
        }
    }

    private bool IsFormer(string entity) =>
        entity.StartsWith(AgentPrefix, StringComparison.Ordinal)
        && entity.Split('/') is [_, string agent, string incarnation, ..]
        && _incarnations.TryGetValue(agent, out long present)
        && long.Parse(incarnation, CultureInfo.InvariantCulture) < present;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed class Pair
    {
        public Queue<OutboxRow> Waiting { get; } = new();

        public long Sent { get; set; }

        public long Applied { get; set; }

        public bool IsAbandoned { get; set; }
    }
}
