using Eco.Runtime.Actors;
using Eco.Runtime.Persistence.Journals;
using Eco.Runtime.Persistence;

namespace Eco.Runtime.Simulation;

/// <summary>A waiting append.</summary>
internal sealed class AppendOperation(SimulatedJournalStorage storage, AppendRequest request, IActorRef replyTo) : StorageOperation(replyTo)
{
    public override long Bytes { get; } = JournalRequestCheck.Bytes(request);

    public override object? Refusal() => storage.Refusal(request);

    public override object Run()
    {
        AppendCommitted answer = storage.Append(request, out long freed);
        FreedBytes = freed;
        return answer;
    }

    public override object Failed(AppendFailureReason reason, string message) => new AppendFailed(request.CorrelationId, reason, message);

    public override void AddDetails(List<string> details)
    {
        foreach (JournalEvent e in request.Events)
        {
            if (!details.Contains(e.Manifest))
            {
                details.Add(e.Manifest);
            }
        }

        if (!request.Outbox.IsEmpty)
        {
            details.Add("outbox");
        }

        if (!request.Acknowledged.IsEmpty)
        {
            details.Add("outbox-ack");
        }

        if (request.Inbox is not null)
        {
            details.Add("inbox");
        }

        if (request.Attempt is not null)
        {
            details.Add("attempt");
        }

        if (request.Parked is not null)
        {
            details.Add("parked");
        }

        if (request.Unparked is not null)
        {
            details.Add("unparked");
        }
    }
}

/// <summary>A waiting snapshot.</summary>
internal sealed class SnapshotOperation(SimulatedJournalStorage storage, SaveSnapshotRequest request, IActorRef replyTo) : StorageOperation(replyTo)
{
    public override long Bytes => BytesOf(request.Snapshot);

    public static long BytesOf(StoredSnapshot snapshot) => snapshot.Payload.Length + 256;

    public override object? Refusal() => storage.Refusal(request);

    public override object Run()
    {
        SnapshotSaved answer = storage.Save(request, out long freed);
        FreedBytes = freed;
        return answer;
    }

    public override object Failed(AppendFailureReason reason, string message) =>
        new SnapshotFailed(request.CorrelationId, request.Snapshot.SequenceNr, message);

    public override void AddDetails(List<string> details) => details.Add("snapshot");
}

/// <summary>A waiting claim.</summary>
internal sealed class ClaimOperation(SimulatedJournalStorage storage, ClaimPartitions request, IActorRef replyTo) : StorageOperation(replyTo)
{
    public override long Bytes => 256;

    public override object? Refusal() => storage.Refusal(request);

    public override object Run() => storage.Claim(request);

    public override object Failed(AppendFailureReason reason, string message) => new ClaimFailed(request.CorrelationId, message);

    public override void AddDetails(List<string> details) => details.Add("claim");
}

/// <summary>A waiting announcement of a member.</summary>
internal sealed class AnnounceOperation(SimulatedJournalStorage storage, AnnounceMember request, TimeSpan now, IActorRef replyTo)
    : StorageOperation(replyTo)
{
    public override object Run() => storage.Announce(request, now);

    public override object Failed(AppendFailureReason reason, string message) => new ReadFailed(request.CorrelationId, message);

    public override void AddDetails(List<string> details) => details.Add("member");
}

/// <summary>A waiting compaction.</summary>
internal sealed class CompactOperation(SimulatedJournalStorage storage, CompactEvents request, IActorRef replyTo) : StorageOperation(replyTo)
{
    public override object? Refusal() => storage.Refusal(request);

    public override object Run()
    {
        Compacted answer = storage.Compact(request, out long freed);
        FreedBytes = freed;
        return answer;
    }

    public override object Failed(AppendFailureReason reason, string message) => new CompactionFailed(request.CorrelationId, message);

    public override void AddDetails(List<string> details) => details.Add("compaction");
}

/// <summary>A waiting read of any kind.</summary>
internal sealed class ReadOperation(IActorRef replyTo, Func<object> run, Func<string, object> failed) : StorageOperation(replyTo)
{
    public override object Run() => run();

    public override object Failed(AppendFailureReason reason, string message) => failed(message);
}
