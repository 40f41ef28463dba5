using System.Collections.Immutable;
using Eco.Runtime.Persistence;

namespace Eco.Runtime.Simulation;

/// <summary>
/// The tables of a simulated journal: what a crash leaves. Each change is checked as a whole before any of it is made.
/// </summary>
public sealed class SimulatedJournalStorage
{
    private const int PageSize = 1_000;

    /// <summary>What <c>JournalRequestCheck.Bytes</c> counts for a row beside its payload.</summary>
    private const long OutboxRowBytes = 128;

    private readonly SortedDictionary<string, Entity> _entities = new(StringComparer.Ordinal);
    private readonly List<OrderedEvent> _log = [];
    private readonly TraceRecorder _trace;
    private ImmutableArray<Ownership> _owned = [];

    internal SimulatedJournalStorage(TraceRecorder trace) => _trace = trace;

    /// <summary>All committed events in commit order.</summary>
    public IReadOnlyList<OrderedEvent> Events => _log;

    /// <summary>Who owns the partitions; empty before the first claim.</summary>
    public ImmutableArray<Ownership> Owned => _owned;

    /// <summary>An entity's messages that wait for their acknowledgement.</summary>
    public ImmutableArray<OutboxRow> OutboxOf(string persistenceId) =>
        _entities.TryGetValue(persistenceId, out Entity? entity) ? [.. entity.Outbox] : [];

    internal object? Refusal(AppendRequest request) => FenceError(request.Ownership) is { } fenced
        ? Refuse(request, AppendFailureReason.Fenced, fenced)
        : EventsRefusal(request) ?? OutboxRefusal(request) ?? AcknowledgedRefusal(request) ?? InboxRefusal(request);

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
            _log.Add(new OrderedEvent(_log.Count + 1, request.PersistenceId, e));
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
                bool IsDone(OutboxRow row) => row.Receiver == receiver && row.SequenceNr <= upTo;
                freedBytes += entity.Outbox.Where(IsDone).Sum(row => row.Payload.Length + OutboxRowBytes);
                entity.Outbox.RemoveAll(IsDone);
            }
        }

        if (request.Inbox is { } inbox)
        {
            entity.Inbox[inbox.Sender] = inbox;
        }

        return new AppendCommitted(request.CorrelationId);
    }

    internal object? Refusal(SaveSnapshotRequest request)
    {
        long wanted = request.Snapshot.SequenceNr;
        Entity? entity = _entities.GetValueOrDefault(request.PersistenceId);
        long newest = entity?.Snapshot?.SequenceNr ?? 0;
        long last = entity?.Events.Count ?? 0;
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
        return new SnapshotSaved(request.CorrelationId, request.Snapshot.SequenceNr);
    }

    internal object? Refusal(ClaimPartitions request) => _owned.Length > 0 && _owned.Length != request.PartitionCount
        ? new ClaimFailed(request.CorrelationId, Text($"it was made for {_owned.Length} partitions and {request.PartitionCount} are configured"))
        : null;

    internal PartitionsClaimed Claim(ClaimPartitions request)
    {
        _owned =
        [
            .. Enumerable.Range(0, request.PartitionCount)
                .Select(partition => new Ownership(partition, (_owned.IsEmpty ? 0 : _owned[partition].OwnerEpoch) + 1, request.WriterId)),
        ];
        return new PartitionsClaimed(request.CorrelationId, _owned);
    }

    internal IEnumerable<object> Recover(RecoverRequest request)
    {
        Entity entity = _entities.GetValueOrDefault(request.PersistenceId) ?? new Entity();
        yield return new RecoveryStarted(
            request.CorrelationId,
            entity.Snapshot,
            [.. entity.Outbox.OrderBy(row => row.Receiver, StringComparer.Ordinal).ThenBy(row => row.SequenceNr)],
            [.. entity.Positions.Values],
            [.. entity.Inbox.Values]);
        int after = (int)(entity.Snapshot?.SequenceNr ?? 0);
        bool isLast;
        do
        {
            int count = Math.Min(PageSize, entity.Events.Count - after);
            ImmutableArray<JournalEvent> page = [.. entity.Events.GetRange(after, count)];
            after += count;
            isLast = after == entity.Events.Count;
            yield return new RecoveredEvents(request.CorrelationId, page, isLast);
        }
        while (!isLast);
    }

    internal EventsRead Read(ReadEvents request)
    {
        int first = (int)Math.Clamp(request.AfterOrdering, 0, _log.Count);
        return new EventsRead(request.CorrelationId, [.. _log.GetRange(first, Math.Min(request.Limit, _log.Count - first))], _log.Count);
    }

    internal EntitiesListed List(ListEntities request) =>
        new(request.CorrelationId, [.. _entities.Where(pair => pair.Value.IsListed).Select(pair => pair.Key)]);

    private static string Text(FormattableString text) => FormattableString.Invariant(text);

    private static AppendFailed Refuse(AppendRequest request, AppendFailureReason reason, string message) =>
        new(request.CorrelationId, reason, message);

    private static AppendFailed Refuse(AppendRequest request, AppendFailureReason reason, FormattableString message) =>
        Refuse(request, reason, $"{request.PersistenceId}: {Text(message)}");

    private Entity EntityFor(string persistenceId)
    {
        if (!_entities.TryGetValue(persistenceId, out Entity? entity))
        {
            _entities.Add(persistenceId, entity = new Entity());
        }

        return entity;
    }

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

    private AppendFailed? EventsRefusal(AppendRequest request)
    {
        long last = _entities.GetValueOrDefault(request.PersistenceId)?.Events.Count ?? 0;
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

    private AppendFailed? OutboxRefusal(AppendRequest request)
    {
        Entity? entity = _entities.GetValueOrDefault(request.PersistenceId);
        var lasts = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (OutboxRow row in request.Outbox)
        {
            if (!lasts.TryGetValue(row.Receiver, out long last))
            {
                last = entity?.Position(row.Receiver).LastSequenceNr ?? 0;
            }

            if (row.SequenceNr != last + 1)
            {
                AppendFailureReason reason = row.SequenceNr <= last ? AppendFailureReason.Fenced : AppendFailureReason.Rejected;
                return Refuse(request, reason, $"message {row.SequenceNr} to {row.Receiver} must be number {last + 1}");
            }

            lasts[row.Receiver] = row.SequenceNr;
        }

        return null;
    }

    private AppendFailed? AcknowledgedRefusal(AppendRequest request)
    {
        Entity? entity = _entities.GetValueOrDefault(request.PersistenceId);
        foreach ((string receiver, long upTo) in request.Acknowledged)
        {
            long sentHere = request.Outbox.Where(row => row.Receiver == receiver).Select(row => row.SequenceNr).DefaultIfEmpty(0).Max();
            long sent = Math.Max(sentHere, entity?.Position(receiver).LastSequenceNr ?? 0);
            if (upTo > sent)
            {
                return Refuse(request, AppendFailureReason.Rejected, $"acknowledgement of {upTo} by {receiver}, but only {sent} were sent");
            }
        }

        return null;
    }

    private AppendFailed? InboxRefusal(AppendRequest request)
    {
        if (request.Inbox is not { } wanted)
        {
            return null;
        }

        InboxRow present = _entities.GetValueOrDefault(request.PersistenceId)?.Inbox.GetValueOrDefault(wanted.Sender) ?? new InboxRow(wanted.Sender, 0, 0);
        bool advances = wanted.LastSequenceNr > present.LastSequenceNr
            || (wanted.LastSequenceNr == present.LastSequenceNr && wanted.OwnerEpoch > present.OwnerEpoch);
        return advances && wanted.OwnerEpoch >= present.OwnerEpoch
            ? null
            : Refuse(
                request,
                AppendFailureReason.Rejected,
                $"the inbox of {wanted.Sender} is at {present.LastSequenceNr} in owner epoch {present.OwnerEpoch} and cannot go to {wanted.LastSequenceNr} in {wanted.OwnerEpoch}");
    }

    private sealed class Entity
    {
        public List<JournalEvent> Events { get; } = [];

        public List<OutboxRow> Outbox { get; } = [];

        public SortedDictionary<string, OutboxPosition> Positions { get; } = new(StringComparer.Ordinal);

        public SortedDictionary<string, InboxRow> Inbox { get; } = new(StringComparer.Ordinal);

        public StoredSnapshot? Snapshot { get; set; }

        public bool IsListed => Events.Count > 0 || Snapshot is not null || Outbox.Count > 0;

        public OutboxPosition Position(string receiver) => Positions.GetValueOrDefault(receiver) ?? new OutboxPosition(receiver, 0, 0);
    }
}
