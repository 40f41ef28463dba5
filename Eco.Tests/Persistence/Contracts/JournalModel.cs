using System.Collections.Immutable;
using Eco.Runtime.Persistence;

namespace Eco.Tests.Persistence.Contracts;

/// <summary>The journal's contract in memory, as plainly as it can be written: what the property test compares the real one with.</summary>
public sealed class JournalModel
{
    private readonly Dictionary<string, Entity> _entities = [];
    private Ownership _owner = new(0, 0, "nobody");

    public Ownership Owner => _owner;

    public IEnumerable<(string Id, Entity State)> Entities => _entities.Select(e => (e.Key, e.Value));

    public Entity Of(string id) => _entities.TryGetValue(id, out Entity? entity) ? entity : Entity.Empty;

    public void Claim(string writer) => _owner = new Ownership(0, _owner.OwnerEpoch + 1, writer);

    /// <summary>Applies a request; null when it commits, else why not.</summary>
    public AppendFailureReason? Append(AppendRequest request)
    {
        if (request.Ownership != _owner)
        {
            return AppendFailureReason.Fenced;
        }

        Entity entity = Of(request.PersistenceId);
        foreach (JournalEvent e in request.Events)
        {
            if (e.SequenceNr != entity.Last + 1)
            {
                return e.SequenceNr <= entity.Last ? AppendFailureReason.Fenced : AppendFailureReason.Rejected;
            }

            entity = entity with { Events = entity.Events.Add(e) };
        }

        foreach (OutboxRow m in request.Outbox)
        {
            OutboxPosition at = entity.PositionOf(m.Receiver);
            if (m.SequenceNr != at.LastSequenceNr + 1)
            {
                return m.SequenceNr <= at.LastSequenceNr ? AppendFailureReason.Fenced : AppendFailureReason.Rejected;
            }

            entity = entity.With(at with { LastSequenceNr = m.SequenceNr });
        }

        foreach ((string receiver, long upTo) in request.Acknowledged)
        {
            OutboxPosition at = entity.PositionOf(receiver);
            if (upTo > at.LastSequenceNr)
            {
                return AppendFailureReason.Rejected;
            }

            if (upTo > at.AcknowledgedSequenceNr)
            {
                entity = entity.With(at with { AcknowledgedSequenceNr = upTo });
            }
        }

        if (request.Inbox is { } inbox)
        {
            InboxRow at = entity.InboxOf(inbox.Sender);
            bool advances = inbox.LastSequenceNr > at.LastSequenceNr || (inbox.LastSequenceNr == at.LastSequenceNr && inbox.OwnerEpoch > at.OwnerEpoch);
            if (!advances || inbox.OwnerEpoch < at.OwnerEpoch)
            {
                return AppendFailureReason.Rejected;
            }

            entity = entity with { Inbox = entity.Inbox.SetItem(inbox.Sender, inbox) };
        }

        _entities[request.PersistenceId] = entity;
        return null;
    }

    /// <summary>One entity.</summary>
    public sealed record Entity(
        ImmutableList<JournalEvent> Events,
        ImmutableSortedDictionary<string, OutboxPosition> Positions,
        ImmutableSortedDictionary<string, InboxRow> Inbox)
    {
        public static readonly Entity Empty = new(
            [],
            ImmutableSortedDictionary.Create<string, OutboxPosition>(StringComparer.Ordinal),
            ImmutableSortedDictionary.Create<string, InboxRow>(StringComparer.Ordinal));

        public long Last => Events.Count;

        public OutboxPosition PositionOf(string receiver) => Positions.GetValueOrDefault(receiver) ?? new OutboxPosition(receiver, 0, 0);

        public InboxRow InboxOf(string sender) => Inbox.GetValueOrDefault(sender) ?? new InboxRow(sender, 0, 0);

        public Entity With(OutboxPosition position) => this with { Positions = Positions.SetItem(position.Receiver, position) };

        public string Describe() =>
            $"events {string.Join(',', Events.Select(e => e.SequenceNr))}; positions {string.Join(',', Positions.Values)}; inbox {string.Join(',', Inbox.Values)}; outbox {string.Join(',', Positions.Values.SelectMany(Waiting))}";

        public static string Describe(JournalProbe.Recovered r) =>
            $"events {string.Join(',', r.Events.Select(e => e.SequenceNr))}; positions {string.Join(',', r.Start.Positions)}; inbox {string.Join(',', r.Start.Inbox)}; outbox {string.Join(',', r.Start.Outbox.Select(m => $"{m.Receiver}:{m.SequenceNr}"))}";

        private static IEnumerable<string> Waiting(OutboxPosition p)
        {
            for (long n = p.AcknowledgedSequenceNr + 1; n <= p.LastSequenceNr; n++)
            {
                yield return $"{p.Receiver}:{n}";
            }
        }
    }
}
