using Eco.Runtime.Actors;

namespace Eco.Runtime.Persistence.Journals;

/// <summary>
/// What the journals over a database have in common: a request is checked where it is made, and waits in one of two bounded queues, for the
/// writer or for the reader. No call blocks; one that finds its queue full is answered so.
/// </summary>
public abstract class QueuedJournal : IJournal
{
    private readonly int _maxPayloadBytes;
    private readonly int _maxSnapshotBytes;

    private protected QueuedJournal(int maxPayloadBytes, int maxSnapshotBytes)
    {
        _maxPayloadBytes = maxPayloadBytes;
        _maxSnapshotBytes = maxSnapshotBytes;
    }

    /// <summary>What the journal has done since it was opened.</summary>
    public JournalStatistics Statistics => Counters.Read();

    private protected JournalCounters Counters { get; } = new();

    /// <summary>Whether it was closed.</summary>
    private protected abstract bool IsClosed { get; }

    /// <summary>What a write is answered after the end.</summary>
    private protected abstract AppendFailureReason ReasonWhenClosed { get; }

    /// <inheritdoc/>
    public void Append(AppendRequest request, IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(request);
        Write(new AppendWork(request, replyTo), JournalRequestCheck.Error(request, _maxPayloadBytes));
    }

    /// <inheritdoc/>
    public void SaveSnapshot(SaveSnapshotRequest request, IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(request);
        Write(new SnapshotWork(request, replyTo), JournalRequestCheck.Error(request, _maxSnapshotBytes));
    }

    /// <inheritdoc/>
    public void Claim(ClaimPartitions request, IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(request);
        Write(new ClaimWork(request, replyTo), JournalRequestCheck.Error(request));
    }

    /// <inheritdoc/>
    public void Announce(AnnounceMember request, IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(request);
        Write(new AnnounceWork(request, replyTo), JournalRequestCheck.Error(request));
    }

    /// <inheritdoc/>
    public void Compact(CompactEvents request, IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(request);
        Write(new CompactWork(request, replyTo), JournalRequestCheck.Error(request));
    }

    /// <inheritdoc/>
    public void Recover(RecoverRequest request, IActorRef replyTo) => PostRead(request, null, replyTo);

    /// <inheritdoc/>
    public void Read(ReadEvents request, IActorRef replyTo) => PostRead(request, JournalRequestCheck.Error(request), replyTo);

    /// <inheritdoc/>
    public void List(ListEntities request, IActorRef replyTo) => PostRead(request, null, replyTo);

    /// <inheritdoc/>
    public void ReadOwnership(ReadOwnerships request, IActorRef replyTo) => PostRead(request, null, replyTo);

    /// <inheritdoc/>
    public void ReadParked(ReadParkedMessages request, IActorRef replyTo) => PostRead(request, JournalRequestCheck.Error(request), replyTo);

    /// <summary>Hands a write to the writer; false: its queue is full, or closed.</summary>
    private protected abstract bool TryPost(JournalWork work);

    /// <summary>Hands a read to the reader; false: its queue is full, or closed.</summary>
    private protected abstract bool TryPost(object request, IActorRef replyTo);

    private void Write(JournalWork work, string? error)
    {
        if (error is not null)
        {
            Counters.Rejected();
            work.ReplyTo.Tell(work.Failed(AppendFailureReason.Rejected, error), ActorRefs.NoSender);
        }
        else if (TryPost(work))
        {
            // Answered by the writer's thread.
        }
        else if (IsClosed)
        {
            work.ReplyTo.Tell(work.Failed(ReasonWhenClosed, "the journal is closed"), ActorRefs.NoSender);
        }
        else
        {
            Counters.Overloaded();
            work.ReplyTo.Tell(work.Failed(AppendFailureReason.Overloaded, "the journal's queue of waiting writes is full"), ActorRefs.NoSender);
        }
    }

    private void PostRead(object request, string? error, IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (error is not null || !TryPost(request, replyTo))
        {
            string reason = error ?? (IsClosed ? "the journal is closed" : "the journal's queue of waiting reads is full");
            replyTo.Tell(JournalReads.Failure(request, reason), ActorRefs.NoSender);
        }
    }
}
