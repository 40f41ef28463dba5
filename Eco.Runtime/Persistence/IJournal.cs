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
/// <item>An inbox position that advances to or beyond a message removes what <see cref="AppendRequest.Attempt"/> noted of it.</item>
/// <item>A compaction is fenced like an append, and deletes only events that the stored snapshot contains.</item>
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
    /// Raises the owner epoch of the named partitions and makes the caller their writer; answers <see cref="PartitionsClaimed"/> or
    /// <see cref="ClaimFailed"/>. Nothing of a partition may be recovered before its claim is committed.
    /// </summary>
    void Claim(ClaimPartitions request, IActorRef replyTo);

    /// <summary>Reads who owns the partitions, for those who wait for another's claim and for display; answers <see cref="OwnershipsRead"/> or <see cref="ReadFailed"/>.</summary>
    void ReadOwnership(ReadOwnerships request, IActorRef replyTo);

    /// <summary>
    /// Notes that a host of this database is alive, or leaves, and answers <see cref="MembersListed"/> or <see cref="ReadFailed"/>. Ages are
    /// measured on the database's clock alone. For balance and display, never for ownership.
    /// </summary>
    void Announce(AnnounceMember request, IActorRef replyTo);

    /// <summary>Reads parked messages, ordered by receiver, sender and number; answers <see cref="ParkedRead"/> or <see cref="ReadFailed"/>.</summary>
    void ReadParked(ReadParkedMessages request, IActorRef replyTo);

    /// <summary>Deletes events that the stored snapshot contains; answers <see cref="Compacted"/> or <see cref="CompactionFailed"/>.</summary>
    void Compact(CompactEvents request, IActorRef replyTo);

    /// <summary>
    /// Reads events of all entities of some partitions, for projections; answers <see cref="EventsRead"/> or <see cref="ReadFailed"/>. The events of
    /// a partition come in the order of their commits. Between partitions there is no such order: an event that is committed later may have
    /// the lower ordering, so whoever follows the journal keeps a position for each partition.
    /// </summary>
    void Read(ReadEvents request, IActorRef replyTo);

    /// <summary>
    /// Lists the entities of one partition or of all that have events, a snapshot or outbox rows, in ordinal order, so that their owner
    /// can wake them; answers <see cref="EntitiesListed"/> or <see cref="ReadFailed"/>.
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

/// <summary>What is known of a message that could not be applied yet, so that its attempts are counted across restarts and crashes.</summary>
/// <param name="Sender">The sending entity's id.</param>
/// <param name="SequenceNr">The message's number.</param>
/// <param name="Attempts">How often its handling was begun without an end that was journalled, at least 1.</param>
/// <param name="Reason">What the last attempt ended in; where nobody knows that, which starts of hosts have begun one (<see cref="Begin"/>).</param>
public sealed record InboxAttempt(string Sender, long SequenceNr, int Attempts, string Reason)
{
    private const string BegunBy = "begun by ";
    private const string Separator = ", ";

    /// <summary>Whether nobody knows how the last attempt ended.</summary>
    public bool IsOpen => Reason.Length == 0 || Reason.StartsWith(BegunBy, StringComparison.Ordinal);

    /// <summary>The attempt that a start of a host is about to make.</summary>
    /// <param name="known">What is known of earlier ones at this message; null for none.</param>
    /// <param name="sender">The sending entity's id.</param>
    /// <param name="sequenceNr">The message's number.</param>
    /// <param name="writerId">The start of the host (<see cref="Ownership.WriterId"/>).</param>
    public static InboxAttempt Begin(InboxAttempt? known, string sender, long sequenceNr, string writerId) =>
        known?.WasBegunBy(writerId) == true
            ? known
            : new(
                sender,
                sequenceNr,
                (known?.Attempts ?? 0) + 1,
                known is { IsOpen: true, Reason.Length: > 0 } ? known.Reason + Separator + writerId : BegunBy + writerId);

    /// <summary>Whether this start of a host has begun one of those attempts of which nobody knows how they ended.</summary>
    public bool WasBegunBy(string writerId) =>
        Reason.StartsWith(BegunBy, StringComparison.Ordinal) && Reason[BegunBy.Length..].Split(Separator).Contains(writerId, StringComparer.Ordinal);

    /// <summary>
    /// The attempts that speak against the message. One that the asking start of a host began itself does not: whatever has interrupted it, another owner
    /// or a database that was away, the host has not ended over it.
    /// </summary>
    public int CountFor(string writerId) => WasBegunBy(writerId) ? Attempts - 1 : Attempts;
}

/// <summary>A message that was set aside because it could not be applied; its number counts as handled.</summary>
/// <param name="Sender">The sending entity's id.</param>
/// <param name="SequenceNr">The message's number; unique with receiver and sender.</param>
/// <param name="Manifest">Stable name and version of the message.</param>
/// <param name="Payload">Its bytes as they came.</param>
/// <param name="Timestamp">When it was parked.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="Reason">Why it could not be applied, in a line.</param>
/// <param name="Detail">The stack of the last attempt's exception; empty where there is none.</param>
public sealed record ParkedMessage(
    string Sender, long SequenceNr, string Manifest, byte[] Payload, HybridTimestamp Timestamp, int Attempts, string Reason, string Detail);

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
/// <param name="Attempt">An attempt to be remembered, in place of an older one of the same message, or null.</param>
/// <param name="Parked">A message to be set aside, or null.</param>
/// <param name="Unparked">The parked message that this transaction takes out again (applied after all, or dropped by an operator), or null.</param>
public sealed record AppendRequest(
    long CorrelationId,
    string PersistenceId,
    Ownership Ownership,
    ImmutableArray<JournalEvent> Events,
    ImmutableArray<OutboxRow> Outbox,
    ImmutableArray<(string Receiver, long UpTo)> Acknowledged,
    InboxRow? Inbox,
    InboxAttempt? Attempt = null,
    ParkedMessage? Parked = null,
    (string Sender, long SequenceNr)? Unparked = null);

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

    /// <summary>The database cannot be reached. Nothing is stored; the journal goes on when it is back.</summary>
    Unavailable,
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
/// <param name="Attempts">What is known of messages that could not be applied yet, per sender.</param>
public sealed record RecoveryStarted(
    long CorrelationId,
    StoredSnapshot? Snapshot,
    ImmutableArray<OutboxRow> Outbox,
    ImmutableArray<OutboxPosition> Positions,
    ImmutableArray<InboxRow> Inbox,
    ImmutableArray<InboxAttempt> Attempts);

/// <summary>A page of events after the snapshot, in order. An entity without events gets one empty last page.</summary>
public sealed record RecoveredEvents(long CorrelationId, ImmutableArray<JournalEvent> Events, bool IsLast);

/// <summary>The entity cannot be read; it must not start.</summary>
/// <param name="CorrelationId">The request's.</param>
/// <param name="Message">Why, in a line.</param>
/// <param name="Damage">What is damaged; null where it is something else.</param>
public sealed record RecoveryFailed(long CorrelationId, string Message, JournalDamage? Damage = null);

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

/// <summary>Asks to own partitions of this database.</summary>
/// <param name="CorrelationId">Comes back with the answer.</param>
/// <param name="PartitionCount">Stored at the first claim; a later, different number is refused.</param>
/// <param name="WriterId">Who claims: unique to this start of the host.</param>
/// <param name="Partitions">Which, each below the count, at least one, none twice.</param>
public sealed record ClaimPartitions(long CorrelationId, int PartitionCount, string WriterId, ImmutableArray<int> Partitions)
{
    /// <summary>Asks for all of them.</summary>
    public static ClaimPartitions All(long correlationId, int partitionCount, string writerId) =>
        new(correlationId, partitionCount, writerId, [.. Enumerable.Range(0, Math.Max(0, partitionCount))]);
}

/// <summary>The claim is durable.</summary>
/// <param name="CorrelationId">The request's.</param>
/// <param name="Owned">One per claimed partition, in the request's order.</param>
public sealed record PartitionsClaimed(long CorrelationId, ImmutableArray<Ownership> Owned);

/// <summary>The claim failed.</summary>
public sealed record ClaimFailed(long CorrelationId, string Message);

/// <summary>A place in the events of a partition.</summary>
/// <param name="Partition">The partition's number.</param>
/// <param name="Ordering">All of its events up to this ordering lie before; 0 is the begin.</param>
public readonly record struct PartitionPosition(int Partition, long Ordering);

/// <summary>Asks for events of all entities of some partitions.</summary>
/// <param name="CorrelationId">Comes back with the answer.</param>
/// <param name="After">The partitions, each once, and after what their events are returned.</param>
/// <param name="Limit">At most so many, 1 to 10,000.</param>
public sealed record ReadEvents(long CorrelationId, ImmutableArray<PartitionPosition> After, int Limit);

/// <summary>An event with its place in the whole journal.</summary>
/// <param name="Ordering">Unique; rises in commit order within the partition; gaps are possible.</param>
/// <param name="Partition">The entity's partition.</param>
/// <param name="PersistenceId">The entity.</param>
/// <param name="Event">The event.</param>
public sealed record OrderedEvent(long Ordering, int Partition, string PersistenceId, JournalEvent Event);

/// <summary>Events, in the order of their orderings.</summary>
/// <param name="CorrelationId">The request's.</param>
/// <param name="Events">At most the limit.</param>
/// <param name="Positions">Where each asked partition stands after them, in the request's order: to be asked after next time.</param>
/// <param name="Ends">The end of each asked partition at the time of reading, in the request's order. Nothing is left when all positions are there.</param>
public sealed record EventsRead(
    long CorrelationId, ImmutableArray<OrderedEvent> Events, ImmutableArray<PartitionPosition> Positions, ImmutableArray<PartitionPosition> Ends);

/// <summary>Asks which entities there are.</summary>
/// <param name="CorrelationId">Comes back with the answer.</param>
/// <param name="Partition">Only those of this partition; null for all.</param>
public sealed record ListEntities(long CorrelationId, int? Partition = null);

/// <summary>The entities asked for, in ordinal order.</summary>
public sealed record EntitiesListed(long CorrelationId, ImmutableArray<string> PersistenceIds);

/// <summary>The events cannot be read.</summary>
/// <param name="CorrelationId">The request's.</param>
/// <param name="Message">Why, in a line.</param>
/// <param name="Damage">What is damaged; null where it is something else.</param>
public sealed record ReadFailed(long CorrelationId, string Message, JournalDamage? Damage = null);

/// <summary>Asks who owns the partitions.</summary>
public sealed record ReadOwnerships(long CorrelationId);

/// <summary>Who owns the partitions.</summary>
/// <param name="CorrelationId">The request's.</param>
/// <param name="Owners">Each partition that was ever claimed, in order.</param>
public sealed record OwnershipsRead(long CorrelationId, ImmutableArray<Ownership> Owners);

/// <summary>Says that a host of this database is alive.</summary>
/// <param name="CorrelationId">Comes back with the answer.</param>
/// <param name="Host">The writer id of the host's present start: two living ones of one host are two processes with one identity.</param>
/// <param name="Leaves">Whether it ends in order and is to be forgotten.</param>
public sealed record AnnounceMember(long CorrelationId, string Host, bool Leaves = false);

/// <summary>The hosts of this database.</summary>
/// <param name="CorrelationId">The request's.</param>
/// <param name="Members">All that announced themselves within the last day and did not leave, in ordinal order.</param>
public sealed record MembersListed(long CorrelationId, ImmutableArray<Member> Members);

/// <summary>A host of this database.</summary>
/// <param name="Host">As what it announced itself.</param>
/// <param name="Age">How long ago it announced itself, on the database's clock.</param>
public sealed record Member(string Host, TimeSpan Age);

/// <summary>Asks for parked messages.</summary>
/// <param name="CorrelationId">Comes back with the answer.</param>
/// <param name="Receiver">Only those of this entity; null for all.</param>
/// <param name="Limit">At most so many, 1 to 10,000.</param>
public sealed record ReadParkedMessages(long CorrelationId, string? Receiver, int Limit);

/// <summary>Parked messages.</summary>
/// <param name="CorrelationId">The request's.</param>
/// <param name="Messages">At most the limit.</param>
/// <param name="Total">How many there are.</param>
public sealed record ParkedRead(long CorrelationId, ImmutableArray<(string Receiver, ParkedMessage Message)> Messages, long Total);

/// <summary>Asks to delete events that a snapshot has made superfluous.</summary>
/// <param name="CorrelationId">Comes back with the answer.</param>
/// <param name="PersistenceId">The entity.</param>
/// <param name="Ownership">The claim under which it writes.</param>
/// <param name="UpTo">All events up to this number; refused above the stored snapshot's.</param>
public sealed record CompactEvents(long CorrelationId, string PersistenceId, Ownership Ownership, long UpTo);

/// <summary>The deletion is durable.</summary>
/// <param name="CorrelationId">The request's.</param>
/// <param name="Deleted">How many events were deleted.</param>
public sealed record Compacted(long CorrelationId, long Deleted);

/// <summary>Nothing was deleted.</summary>
public sealed record CompactionFailed(long CorrelationId, string Message);
