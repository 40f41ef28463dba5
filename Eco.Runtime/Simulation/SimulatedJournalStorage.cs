using System.Collections.Immutable;
using Eco.Runtime.Persistence;

namespace Eco.Runtime.Simulation;

/// <summary>
/// The tables of a simulated journal: what a crash leaves. Each change is checked as a whole before any of it is made.
/// </summary>
public sealed partial class SimulatedJournalStorage
{
    private const int PageSize = 1_000;

    /// <summary>What <c>JournalRequestCheck.Bytes</c> counts for a row beside its payload.</summary>
    private const long OutboxRowBytes = 128;
    private const long EventRowBytes = 128;
    private static readonly TimeSpan RememberMembers = TimeSpan.FromDays(1);

    private readonly Dictionary<string, Entity> _entities = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, TimeSpan> _members = new(StringComparer.Ordinal);
    private readonly List<OrderedEvent> _log = [];
    private long _lastOrdering;
    private readonly TraceRecorder _trace;
    private ImmutableArray<Ownership> _owned = [];

    internal SimulatedJournalStorage(TraceRecorder trace) => _trace = trace;

    /// <summary>Sees what becomes durable; null for nobody.</summary>
    public IJournalStorageObserver? Observer { get; set; }

    /// <summary>All committed events in commit order.</summary>
    public IReadOnlyList<OrderedEvent> Events => _log;

    /// <summary>Who owns the partitions; empty before the first claim.</summary>
    public ImmutableArray<Ownership> Owned => _owned;

    /// <summary>An entity's messages that wait for their acknowledgement.</summary>
    public ImmutableArray<OutboxRow> OutboxOf(string persistenceId) =>
        _entities.TryGetValue(persistenceId, out Entity? entity) ? [.. entity.Outbox] : [];

    internal object? Refusal(AppendRequest request) => FenceError(request.Ownership) is { } fenced
        ? Refuse(request, AppendFailureReason.Fenced, fenced)
        : Refusal(request, _entities.GetValueOrDefault(request.PersistenceId));

    internal AppendCommitted Append(AppendRequest request, out long freedBytes)
    {
        freedBytes = 0;
        Entity entity = EntityFor(request.PersistenceId);
        foreach (JournalEvent e in request.Events)
        {
            _trace.Fold(request.PersistenceId);
            _trace.Fold(e.Manifest);
            _trace.Fold(e.Payload);
            entity.Events.Add(e);
            _log.Add(new OrderedEvent(++_lastOrdering, Partitioning.PartitionOf(request.PersistenceId, _owned.Length), request.PersistenceId, e));
        }

        foreach (OutboxRow row in request.Outbox)
        {
            entity.Outbox.Add(row);
            entity.Positions[row.Receiver] = entity.Position(row.Receiver) with { LastSequenceNr = row.SequenceNr };
        }

        foreach ((string receiver, long upTo) in request.Acknowledged)
        {
            OutboxPosition position = entity.Position(receiver);
            if (upTo > position.AcknowledgedSequenceNr)
            {
                entity.Positions[receiver] = position with { AcknowledgedSequenceNr = upTo };
                freedBytes += entity.RemoveSent(receiver, upTo);
            }
        }

        if (request.Inbox is { } inbox)
        {
            entity.Inbox[inbox.Sender] = inbox;
            if (entity.Attempts.TryGetValue(inbox.Sender, out InboxAttempt? attempt) && attempt.SequenceNr <= inbox.LastSequenceNr)
            {
                entity.Attempts.Remove(inbox.Sender);
            }
        }

        if (request.Attempt is { } tried)
        {
            entity.Attempts[tried.Sender] = tried;
        }

        if (request.Parked is { } parked)
        {
            entity.Parked.Add((parked.Sender, parked.SequenceNr), parked);
        }

        if (request.Unparked is { } taken)
        {
            freedBytes += entity.Parked[taken].Payload.Length;
            entity.Parked.Remove(taken);
        }

        Observer?.Appended(request);
        return new AppendCommitted(request.CorrelationId);
    }

    internal object? Refusal(SaveSnapshotRequest request)
    {
        long wanted = request.Snapshot.SequenceNr;
        Entity? entity = _entities.GetValueOrDefault(request.PersistenceId);
        long newest = entity?.Snapshot?.SequenceNr ?? 0;
        long last = entity?.LastSequenceNr ?? 0;
        string? error = FenceError(request.Ownership)
            ?? (wanted < newest || wanted > last
                ? Text($"{request.PersistenceId}: a snapshot at {wanted} must lie between the stored snapshot ({newest}) and the last event ({last})")
                : null);
        return error is null ? null : new SnapshotFailed(request.CorrelationId, wanted, error);
    }

    internal SnapshotSaved Save(SaveSnapshotRequest request, out long freedBytes)
    {
        Entity entity = EntityFor(request.PersistenceId);
        freedBytes = entity.Snapshot is { } older ? SnapshotOperation.BytesOf(older) : 0;
        entity.Snapshot = request.Snapshot;
        Observer?.Saved(request);
        return new SnapshotSaved(request.CorrelationId, request.Snapshot.SequenceNr);
    }

    internal object? Refusal(ClaimPartitions request) => _owned.Length > 0 && _owned.Length != request.PartitionCount
        ? new ClaimFailed(request.CorrelationId, Text($"it was made for {_owned.Length} partitions and {request.PartitionCount} are configured"))
        : null;

    internal PartitionsClaimed Claim(ClaimPartitions request)
    {
        if (_owned.IsEmpty)
        {
            _owned = [.. Enumerable.Range(0, request.PartitionCount).Select(partition => new Ownership(partition, 0, string.Empty))];
        }

        foreach (int partition in request.Partitions)
        {
            _owned = _owned.SetItem(partition, new Ownership(partition, _owned[partition].OwnerEpoch + 1, request.WriterId));
        }

        var claimed = new PartitionsClaimed(request.CorrelationId, [.. request.Partitions.Select(partition => _owned[partition])]);
        Observer?.Claimed(claimed.Owned);
        return claimed;
    }

    internal OwnershipsRead ReadOwnership(ReadOwnerships request) =>
        new(request.CorrelationId, [.. _owned.Where(owner => owner.OwnerEpoch > 0)]);

    internal MembersListed Announce(AnnounceMember request, TimeSpan now)
    {
        if (request.Leaves)
        {
            _members.Remove(request.Host);
        }
        else
        {
            _members[request.Host] = now;
        }

        return new MembersListed(
            request.CorrelationId,
            [.. _members.Where(member => now - member.Value < RememberMembers).Select(member => new Member(member.Key, now - member.Value))]);
    }

    internal ParkedRead ReadParked(ReadParkedMessages request)
    {
        (string, ParkedMessage)[] all =
        [
            .. from entity in _entities.OrderBy(entity => entity.Key, StringComparer.Ordinal)
               where request.Receiver is null || entity.Key == request.Receiver
               from message in entity.Value.Parked.Values
               select (entity.Key, message),
        ];
        return new ParkedRead(request.CorrelationId, [.. all.Take(request.Limit)], all.Length);
    }

    internal object? Refusal(CompactEvents request)
    {
        long newest = _entities.GetValueOrDefault(request.PersistenceId)?.Snapshot?.SequenceNr ?? 0;
        string? error = FenceError(request.Ownership)
            ?? (request.UpTo > newest
                ? Text($"{request.PersistenceId}: events up to {request.UpTo} cannot be deleted, the stored snapshot contains only those up to {newest}")
                : null);
        return error is null ? null : new CompactionFailed(request.CorrelationId, error);
    }

    internal Compacted Compact(CompactEvents request, out long freedBytes)
    {
        Entity entity = EntityFor(request.PersistenceId);
        int count = (int)Math.Clamp(request.UpTo - entity.Compacted, 0, entity.Events.Count);
        freedBytes = entity.Events.Take(count).Sum(e => e.Payload.Length + EventRowBytes);
        entity.Events.RemoveRange(0, count);
        entity.Compacted += count;
        _log.RemoveAll(e => e.PersistenceId == request.PersistenceId && e.Event.SequenceNr <= entity.Compacted);
        Observer?.Compacted(request);
        return new Compacted(request.CorrelationId, count);
    }

    internal object[] Recover(RecoverRequest request)
    {
        Entity entity = _entities.GetValueOrDefault(request.PersistenceId) ?? new Entity();
        var answers = new List<object>
        {
            new RecoveryStarted(
                request.CorrelationId,
                entity.Snapshot,
                [.. entity.Outbox.OrderBy(row => row.Receiver, StringComparer.Ordinal).ThenBy(row => row.SequenceNr)],
                [.. entity.Positions.Values.OrderBy(position => position.Receiver, StringComparer.Ordinal)],
                [.. entity.Inbox.Values.OrderBy(row => row.Sender, StringComparer.Ordinal)],
                [.. entity.Attempts.Values]),
        };
        int after = (int)((entity.Snapshot?.SequenceNr ?? 0) - entity.Compacted);
        bool isLast;
        do
        {
            int count = Math.Min(PageSize, entity.Events.Count - after);
            ImmutableArray<JournalEvent> page = [.. entity.Events.GetRange(after, count)];
            after += count;
            isLast = after == entity.Events.Count;
            answers.Add(new RecoveredEvents(request.CorrelationId, page, isLast));
        }
        while (!isLast);
        return [.. answers];
    }

    internal EventsRead Read(ReadEvents request)
    {
        Dictionary<int, long> after = request.After.ToDictionary(position => position.Partition, position => position.Ordering);
        long last = request.After.Min(position => position.Ordering);
        ImmutableArray<OrderedEvent>.Builder events = ImmutableArray.CreateBuilder<OrderedEvent>();
        for (int i = FirstAfter(last); i < _log.Count && events.Count < request.Limit; i++)
        {
            last = _log[i].Ordering;
            if (after.TryGetValue(_log[i].Partition, out long begin) && last > begin)
            {
                events.Add(_log[i]);
            }
        }

        if (events.Count < request.Limit)
        {
            last = Math.Max(last, _lastOrdering);
        }

        return new EventsRead(
            request.CorrelationId,
            events.DrainToImmutable(),
            [.. request.After.Select(position => position with { Ordering = Math.Max(position.Ordering, last) })],
            [.. request.After.Select(position => position with { Ordering = _lastOrdering })]);
    }

    internal EntitiesListed List(ListEntities request) => new(
        request.CorrelationId,
        [
            .. from pair in _entities.OrderBy(pair => pair.Key, StringComparer.Ordinal)
               where pair.Value.IsListed
                   && (request.Partition is not { } wanted || Partitioning.PartitionOf(pair.Key, _owned.Length) == wanted)
               select pair.Key,
        ]);

    private int FirstAfter(long ordering)
    {
        (int low, int high) = (0, _log.Count);
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = _log[middle].Ordering <= ordering ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);

    private AppendFailed Refuse(AppendRequest request, AppendFailureReason reason, string message)
    {
        var answer = new AppendFailed(request.CorrelationId, reason, message);
        Observer?.Refused(request, answer);
        return answer;
    }

    private AppendFailed Refuse(AppendRequest request, AppendFailureReason reason, FormattableString message) =>
        Refuse(request, reason, $"{request.PersistenceId}: {Text(message)}");

    private Entity EntityFor(string persistenceId)
    {
        if (!_entities.TryGetValue(persistenceId, out Entity? entity))
        {
            _entities.Add(persistenceId, entity = new Entity());
        }

        return entity;
    }

    private sealed class Entity
    {
        /// <summary>Events up to this number are deleted.</summary>
        public long Compacted { get; set; }

        public long LastSequenceNr => Compacted + Events.Count;

        public SortedDictionary<string, InboxAttempt> Attempts { get; } = new(StringComparer.Ordinal);

        public SortedDictionary<(string Sender, long SequenceNr), ParkedMessage> Parked { get; } = new(
            Comparer<(string Sender, long SequenceNr)>.Create((left, right) =>
                string.CompareOrdinal(left.Sender, right.Sender) is var order and not 0 ? order : left.SequenceNr.CompareTo(right.SequenceNr)));

        public List<JournalEvent> Events { get; } = [];

        public List<OutboxRow> Outbox { get; } = [];

        public Dictionary<string, OutboxPosition> Positions { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, InboxRow> Inbox { get; } = new(StringComparer.Ordinal);

        public StoredSnapshot? Snapshot { get; set; }

        public bool IsListed => Events.Count > 0 || Snapshot is not null || Outbox.Count > 0;

        /// <summary>Removes what a receiver has acknowledged.</summary>
        /// <returns>The bytes that it took.</returns>
        public long RemoveSent(string receiver, long upTo)
        {
            long freed = 0;
            int kept = 0;
            for (int i = 0; i < Outbox.Count; i++)
            {
                OutboxRow row = Outbox[i];
                if (row.Receiver == receiver && row.SequenceNr <= upTo)
                {
                    freed += row.Payload.Length + OutboxRowBytes;
                }
                else
                {
                    Outbox[kept++] = row;
                }
            }

            Outbox.RemoveRange(kept, Outbox.Count - kept);
            return freed;
        }

        public OutboxPosition Position(string receiver) => Positions.GetValueOrDefault(receiver) ?? new OutboxPosition(receiver, 0, 0);
    }
}
