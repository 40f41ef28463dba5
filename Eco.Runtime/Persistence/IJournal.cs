using System.Collections.Immutable;
using Eco.Runtime.Actors;

namespace Eco.Runtime.Persistence;

/// <summary>
/// The journal port: one database per host identity that holds events, snapshots, outbox and inbox of its entities, and who owns
/// their partitions. Calls return nothing; each outcome arrives at <c>replyTo</c> as a message with the request's correlation id.
/// </summary>
/// <remarks>
/// Contract, checked by one test suite on every implementation:
/// <list type="bullet">
/// <item>An <see cref="AppendRequest"/> is one transaction: events, outbox rows, outbox removals and inbox advance all commit or none.</item>
/// <item>Before anything is written the transaction reads the partition's ownership row and fails with
/// <see cref="AppendFailureReason.Fenced"/> unless epoch and writer are the request's (fence), and (persistence id, sequence number)
/// is unique (second line, also <see cref="AppendFailureReason.Fenced"/>).</item>
/// <item>Requests of one persistence id commit in the order of the calls. Requests of many may share one commit (group commit).</item>
/// <item><see cref="AppendCommitted"/> is sent only after the commit is durable.</item>
/// <item>Sequence numbers of events (per entity) and of outbox rows (per receiver) are consecutive from 1: a taken one is
/// <see cref="AppendFailureReason.Fenced"/>, one after a gap <see cref="AppendFailureReason.Rejected"/>, as are an acknowledgement of what
/// was never sent, an inbox position that does not advance (number, or owner epoch at the same number) and a payload above 1 MiB.</item>
/// <item>A snapshot is fenced like an append, and refused when it is older than the stored one or ahead of the last event.</item>
/// <item>A failure of the storage itself (I/O, full disk) answers every waiting and every later request; nothing is retried.</item>
/// <item>The arrays in a request belong to the journal from the call on; the caller must not change them.</item>
/// </list>
/// </remarks>
public interface IJournal
{
    /// <summary>Appends; answers <see cref="AppendCommitted"/> or <see cref="AppendFailed"/>.</summary>
    void Append(AppendRequest request, IActorRef replyTo);

    /// <summary>
    /// Reads one entity back: <see cref="RecoveryStarted"/>, then pages of <see cref="RecoveredEvents"/> (at most 1,000 events each), the last
    /// one with <see cref="RecoveredEvents.IsLast"/>; or <see cref="RecoveryFailed"/>.
    /// </summary>
    void Recover(RecoverRequest request, IActorRef replyTo);

    /// <summary>Stores a snapshot, replacing an older one; answers <see cref="SnapshotSaved"/> or <see cref="SnapshotFailed"/>.</summary>
    void SaveSnapshot(SaveSnapshotRequest request, IActorRef replyTo);

    /// <summary>
    /// Raises the owner epoch of partitions 0..<see cref="ClaimPartitions.PartitionCount"/>-1 and makes the caller their writer; answers
    /// <see cref="PartitionsClaimed"/> or <see cref="ClaimFailed"/>. Nothing may be recovered before the claim is committed.
    /// </summary>
    void Claim(ClaimPartitions request, IActorRef replyTo);

    /// <summary>
    /// Reads events of all entities in commit order, for projections; answers <see cref="EventsRead"/> or <see cref="ReadFailed"/>.
    /// </summary>
    void Read(ReadEvents request, IActorRef replyTo);

    /// <summary>
    /// Lists all entities that have events, a snapshot or outbox rows, in ordinal order, so that a host can wake them at its start;
    /// answers <see cref="EntitiesListed"/> or <see cref="ReadFailed"/>.
    /// </summary>
    void List(ListEntities request, IActorRef replyTo);
}

/// <summary>An event as it is stored.</summary>
/// <param name="SequenceNr">Gapless per persistence id, from 1.</param>
/// <param name="Manifest">Stable name and version, such as <c>ion.submitted/1</c>.</param>
/// <param name="Payload">UTF-8 JSON.</param>
/// <param name="Timestamp">When and where it was decided.</param>
public sealed record JournalEvent(long SequenceNr, string Manifest, byte[] Payload, HybridTimestamp Timestamp);

/// <summary>A durable message that waits in its sender's outbox until its receiver has acknowledged it.</summary>
/// <param name="Receiver">The receiving entity's id.</param>
/// <param name="SequenceNr">Gapless per (sender, receiver), from 1.</param>
/// <param name="Manifest">Stable name and version of the message.</param>
/// <param name="Payload">UTF-8 JSON.</param>
/// <param name="Timestamp">When and where it was decided to send.</param>
public sealed record OutboxRow(string Receiver, long SequenceNr, string Manifest, byte[] Payload, HybridTimestamp Timestamp);

/// <summary>How far an entity has applied the messages of one sender.</summary>
/// <param name="Sender">The sending entity's id.</param>
/// <param name="LastSequenceNr">The last applied sequence number.</param>
/// <param name="OwnerEpoch">The highest owner epoch seen from that sender; a frame with a lower one is stale.</param>
public sealed record InboxRow(string Sender, long LastSequenceNr, long OwnerEpoch);

/// <summary>The last sequence number that an entity has given out to a receiver, kept when the outbox rows are gone.</summary>
/// <param name="Receiver">The receiving entity's id.</param>
/// <param name="LastSequenceNr">The last number given out.</param>
/// <param name="AcknowledgedSequenceNr">All up to this one are acknowledged and removed.</param>
public sealed record OutboxPosition(string Receiver, long LastSequenceNr, long AcknowledgedSequenceNr);

/// <summary>The right to write a partition's entities.</summary>
/// <param name="Partition">The partition's number, from 0.</param>
/// <param name="OwnerEpoch">Raised at each activation; an older one is refused.</param>
/// <param name="WriterId">Who claimed it.</param>
public sealed record Ownership(int Partition, long OwnerEpoch, string WriterId);

/// <summary>One transaction of one entity.</summary>
/// <param name="CorrelationId">Comes back with the outcome.</param>
/// <param name="PersistenceId">The entity.</param>
/// <param name="Ownership">The claim under which it writes.</param>
/// <param name="Events">Events to append, with consecutive sequence numbers; may be empty.</param>
/// <param name="Outbox">Durable messages to send; may be empty.</param>
/// <param name="Acknowledged">Outbox rows to remove: for each receiver all up to and including a number; may be empty.</param>
/// <param name="Inbox">The inbox position that this transaction advances, or null.</param>
public sealed record AppendRequest(
    long CorrelationId,
    string PersistenceId,
    Ownership Ownership,
    ImmutableArray<JournalEvent> Events,
    ImmutableArray<OutboxRow> Outbox,
    ImmutableArray<(string Receiver, long UpTo)> Acknowledged,
    InboxRow? Inbox);

/// <summary>The transaction is durable.</summary>
public sealed record AppendCommitted(long CorrelationId);

/// <summary>Nothing of the transaction is stored, or (with <see cref="AppendFailureReason.Unknown"/>) it is not known whether it is.</summary>
public sealed record AppendFailed(long CorrelationId, AppendFailureReason Reason, string Message);

/// <summary>Why an append failed.</summary>
public enum AppendFailureReason
{
    /// <summary>Another writer owns the partition, or the sequence number is taken.</summary>
    Fenced,

    /// <summary>The storage refused or failed; the journal takes no more writes until the host restarts.</summary>
    StorageFault,

    /// <summary>The connection was lost at commit; only a recovery can tell.</summary>
    Unknown,

    /// <summary>The request itself is wrong (gap in sequence numbers, oversized payload).</summary>
    Rejected,

    /// <summary>The queue of waiting writes is full. Nothing is stored and nothing is broken: the same request may be sent again later.</summary>
    Overloaded,
}

/// <summary>Asks for an entity's state.</summary>
/// <param name="CorrelationId">Comes back with each answer.</param>
/// <param name="PersistenceId">The entity.</param>
public sealed record RecoverRequest(long CorrelationId, string PersistenceId);

/// <summary>The first answer of a recovery.</summary>
/// <param name="CorrelationId">The request's.</param>
/// <param name="Snapshot">The newest snapshot, or null.</param>
/// <param name="Outbox">Messages without acknowledgement, in order per receiver.</param>
/// <param name="Positions">The numbers given out per receiver.</param>
/// <param name="Inbox">The positions per sender.</param>
public sealed record RecoveryStarted(
    long CorrelationId,
    StoredSnapshot? Snapshot,
    ImmutableArray<OutboxRow> Outbox,
    ImmutableArray<OutboxPosition> Positions,
    ImmutableArray<InboxRow> Inbox);

/// <summary>A page of events after the snapshot, in order. An entity without events gets one empty last page.</summary>
public sealed record RecoveredEvents(long CorrelationId, ImmutableArray<JournalEvent> Events, bool IsLast);

/// <summary>The entity cannot be read; it must not start.</summary>
public sealed record RecoveryFailed(long CorrelationId, string Message);

/// <summary>A snapshot as it is stored.</summary>
/// <param name="SequenceNr">The last event that it contains.</param>
/// <param name="Manifest">Stable name and version.</param>
/// <param name="Payload">UTF-8 JSON.</param>
/// <param name="Timestamp">When it was taken.</param>
public sealed record StoredSnapshot(long SequenceNr, string Manifest, byte[] Payload, HybridTimestamp Timestamp);

/// <summary>Asks to store a snapshot.</summary>
public sealed record SaveSnapshotRequest(long CorrelationId, string PersistenceId, Ownership Ownership, StoredSnapshot Snapshot);

/// <summary>The snapshot is durable.</summary>
public sealed record SnapshotSaved(long CorrelationId, long SequenceNr);

/// <summary>The snapshot is not stored; the older one and the events remain.</summary>
public sealed record SnapshotFailed(long CorrelationId, long SequenceNr, string Message);

/// <summary>Asks to own all partitions of this database.</summary>
/// <param name="CorrelationId">Comes back with the answer.</param>
/// <param name="PartitionCount">Stored at the first start; a later, different number is refused.</param>
/// <param name="WriterId">Who claims: unique to this start of the host.</param>
public sealed record ClaimPartitions(long CorrelationId, int PartitionCount, string WriterId);

/// <summary>The claim is durable.</summary>
/// <param name="CorrelationId">The request's.</param>
/// <param name="Owned">One per partition, in order.</param>
public sealed record PartitionsClaimed(long CorrelationId, ImmutableArray<Ownership> Owned);

/// <summary>The claim failed.</summary>
public sealed record ClaimFailed(long CorrelationId, string Message);

/// <summary>Asks for events of all entities.</summary>
/// <param name="CorrelationId">Comes back with the answer.</param>
/// <param name="AfterOrdering">Events with a greater ordering are returned.</param>
/// <param name="Limit">At most so many, 1 to 10,000.</param>
public sealed record ReadEvents(long CorrelationId, long AfterOrdering, int Limit);

/// <summary>An event with its place in the whole journal.</summary>
/// <param name="Ordering">Rises in commit order; gaps are possible.</param>
/// <param name="PersistenceId">The entity.</param>
/// <param name="Event">The event.</param>
public sealed record OrderedEvent(long Ordering, string PersistenceId, JournalEvent Event);

/// <summary>Events in commit order.</summary>
/// <param name="CorrelationId">The request's.</param>
/// <param name="Events">At most the limit.</param>
/// <param name="LastOrdering">The journal's last ordering at the time of reading.</param>
public sealed record EventsRead(long CorrelationId, ImmutableArray<OrderedEvent> Events, long LastOrdering);

/// <summary>Asks which entities there are.</summary>
public sealed record ListEntities(long CorrelationId);

/// <summary>All entities, in ordinal order.</summary>
public sealed record EntitiesListed(long CorrelationId, ImmutableArray<string> PersistenceIds);

/// <summary>The events cannot be read.</summary>
public sealed record ReadFailed(long CorrelationId, string Message);
