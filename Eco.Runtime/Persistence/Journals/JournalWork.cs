using Eco.Runtime.Actors;

namespace Eco.Runtime.Persistence.Journals;

/// <summary>What writes into the running transaction of a database; each answers what its caller is told if the transaction commits.</summary>
internal interface IJournalWriter
{
    object Append(AppendRequest request);

    object SaveSnapshot(SaveSnapshotRequest request);

    object Claim(ClaimPartitions request);

    object Announce(AnnounceMember request);

    object Compact(CompactEvents request);
}

/// <summary>A queued write: how it is done inside the transaction, and how its caller is told that the storage failed.</summary>
internal abstract class JournalWork(IActorRef replyTo, long bytes)
{
    public IActorRef ReplyTo { get; } = replyTo;

    /// <summary>About what it adds to the log, and holds of the memory while it waits.</summary>
    public long Bytes { get; } = bytes;

    public virtual int Events => 0;

    /// <summary>The entity that it writes and the claim under which it does; null where it is about no single entity.</summary>
    public virtual (string PersistenceId, Ownership Ownership)? Target => null;

    /// <summary>Writes into the running transaction; returns the answer if it commits.</summary>
    public abstract object Apply(IJournalWriter writer);

    public abstract object Failed(AppendFailureReason reason, string message);

    /// <summary>Adds what a crash point may name in this request.</summary>
    public abstract void AddDetails(List<string> details);

    protected static void AddOnce(List<string> details, string detail)
    {
        if (!details.Contains(detail))
        {
            details.Add(detail);
        }
    }
}

/// <summary>A queued append.</summary>
internal sealed class AppendWork(AppendRequest request, IActorRef replyTo) : JournalWork(replyTo, JournalRequestCheck.Bytes(request))
{
    public override int Events => request.Events.Length;

    public override (string PersistenceId, Ownership Ownership)? Target => (request.PersistenceId, request.Ownership);

    public override object Apply(IJournalWriter writer) => writer.Append(request);

    public override object Failed(AppendFailureReason reason, string message) => new AppendFailed(request.CorrelationId, reason, message);

    public override void AddDetails(List<string> details)
    {
        foreach (JournalEvent e in request.Events)
        {
            AddOnce(details, e.Manifest);
        }

        if (!request.Outbox.IsEmpty)
        {
            AddOnce(details, "outbox");
        }

        if (!request.Acknowledged.IsEmpty)
        {
            AddOnce(details, "outbox-ack");
        }

        if (request.Inbox is not null)
        {
            AddOnce(details, "inbox");
        }

        if (request.Attempt is not null)
        {
            AddOnce(details, "attempt");
        }

        if (request.Parked is not null)
        {
            AddOnce(details, "parked");
        }

        if (request.Unparked is not null)
        {
            AddOnce(details, "unparked");
        }
    }
}

/// <summary>A queued snapshot.</summary>
internal sealed class SnapshotWork(SaveSnapshotRequest request, IActorRef replyTo)
    : JournalWork(replyTo, request.Snapshot.Payload.Length + 256)
{
    public override (string PersistenceId, Ownership Ownership)? Target => (request.PersistenceId, request.Ownership);

    public override object Apply(IJournalWriter writer) => writer.SaveSnapshot(request);

    public override object Failed(AppendFailureReason reason, string message) =>
        new SnapshotFailed(request.CorrelationId, request.Snapshot.SequenceNr, message);

    public override void AddDetails(List<string> details) => AddOnce(details, "snapshot");
}

/// <summary>A queued claim.</summary>
internal sealed class ClaimWork(ClaimPartitions request, IActorRef replyTo) : JournalWork(replyTo, 256)
{
    public override object Apply(IJournalWriter writer) => writer.Claim(request);

    public override object Failed(AppendFailureReason reason, string message) => new ClaimFailed(request.CorrelationId, message);

    public override void AddDetails(List<string> details) => AddOnce(details, "claim");
}

/// <summary>A queued announcement of a member.</summary>
internal sealed class AnnounceWork(AnnounceMember request, IActorRef replyTo) : JournalWork(replyTo, 128)
{
    public override object Apply(IJournalWriter writer) => writer.Announce(request);

    public override object Failed(AppendFailureReason reason, string message) => new ReadFailed(request.CorrelationId, message);

    public override void AddDetails(List<string> details) => AddOnce(details, "member");
}

/// <summary>A queued compaction.</summary>
internal sealed class CompactWork(CompactEvents request, IActorRef replyTo) : JournalWork(replyTo, 256)
{
    public override (string PersistenceId, Ownership Ownership)? Target => (request.PersistenceId, request.Ownership);

    public override object Apply(IJournalWriter writer) => writer.Compact(request);

    public override object Failed(AppendFailureReason reason, string message) => new CompactionFailed(request.CorrelationId, message);

    public override void AddDetails(List<string> details) => AddOnce(details, "compaction");
}
