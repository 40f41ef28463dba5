using System.Collections.Immutable;
using Eco.Runtime.Actors;
using Eco.Runtime.Persistence;
using NUnit.Framework;

namespace Eco.Tests.Persistence;

/// <summary>A journal in memory; it answers when the test says so, or at once.</summary>
internal sealed class PersistentActorJournal : IJournal
{
    private readonly Queue<Action> _held = [];

    public Dictionary<string, List<JournalEvent>> Events { get; } = [];

    public Dictionary<string, StoredSnapshot> Snapshots { get; } = [];

    public List<AppendRequest> Appends { get; } = [];

    public ImmutableArray<OutboxRow> Outbox { get; set; } = [];

    public int PageLength { get; set; } = 2;

    /// <summary>Whether answers wait for <see cref="Answer"/>.</summary>
    public bool Holds { get; set; }

    /// <summary>Fails the next append so.</summary>
    public AppendFailureReason? FailNext { get; set; }

    public bool FailsRecovery { get; set; }

    public bool FailsSnapshots { get; set; }

    public int Held => _held.Count;

    public void Answer(int count = int.MaxValue)
    {
        for (int i = 0; i < count && _held.TryDequeue(out Action? answer); i++)
        {
            answer();
        }
    }

    public void Append(AppendRequest request, IActorRef replyTo)
    {
        Appends.Add(request);
        AppendFailureReason? failure = FailNext;
        FailNext = null;
        Do(() =>
        {
            if (failure is { } reason)
            {
                replyTo.Tell(new AppendFailed(request.CorrelationId, reason, "as the test wants"));
                return;
            }

            List<JournalEvent> stored = Of(request.PersistenceId);
            foreach (JournalEvent e in request.Events)
            {
                Assert.That(e.SequenceNr, Is.EqualTo((stored.Count == 0 ? FirstOf(request.PersistenceId) : stored[^1].SequenceNr) + 1));
                stored.Add(e);
            }

            replyTo.Tell(new AppendCommitted(request.CorrelationId));
        });
    }

    public void Recover(RecoverRequest request, IActorRef replyTo) => Do(() =>
    {
        if (FailsRecovery)
        {
            replyTo.Tell(new RecoveryFailed(request.CorrelationId, "as the test wants"));
            return;
        }

        Snapshots.TryGetValue(request.PersistenceId, out StoredSnapshot? snapshot);
        replyTo.Tell(new RecoveryStarted(request.CorrelationId, snapshot, Outbox, [], [], []));
        JournalEvent[] events = [.. Of(request.PersistenceId).Where(e => e.SequenceNr > (snapshot?.SequenceNr ?? 0))];
        for (int i = 0; i == 0 || i < events.Length; i += PageLength)
        {
            replyTo.Tell(new RecoveredEvents(request.CorrelationId, [.. events.Skip(i).Take(PageLength)], i + PageLength >= events.Length));
        }
    });

    public void SaveSnapshot(SaveSnapshotRequest request, IActorRef replyTo) => Do(() =>
    {
        if (FailsSnapshots)
        {
            replyTo.Tell(new SnapshotFailed(request.CorrelationId, request.Snapshot.SequenceNr, "as the test wants"));
            return;
        }

        Snapshots[request.PersistenceId] = request.Snapshot;
        replyTo.Tell(new SnapshotSaved(request.CorrelationId, request.Snapshot.SequenceNr));
    });

    public void Claim(ClaimPartitions request, IActorRef replyTo) => throw new NotSupportedException("no persistent actor claims");

    public void Read(ReadEvents request, IActorRef replyTo) => throw new NotSupportedException("no persistent actor reads all");

    public void List(ListEntities request, IActorRef replyTo) => throw new NotSupportedException("no persistent actor lists all");

    public void ReadOwnership(ReadOwnerships request, IActorRef replyTo) => throw new NotSupportedException("no persistent actor claims");

    public void Announce(AnnounceMember request, IActorRef replyTo) => throw new NotSupportedException("no persistent actor is a host");

    public void ReadParked(ReadParkedMessages request, IActorRef replyTo) => throw new NotSupportedException("no persistent actor parks");

    public void Compact(CompactEvents request, IActorRef replyTo) => throw new NotSupportedException("no persistent actor compacts yet");

    private List<JournalEvent> Of(string id) => Events.TryGetValue(id, out List<JournalEvent>? events) ? events : Events[id] = [];

    private long FirstOf(string id) => Snapshots.TryGetValue(id, out StoredSnapshot? snapshot) ? snapshot.SequenceNr : 0;

    private void Do(Action answer)
    {
        if (Holds)
        {
            _held.Enqueue(answer);
        }
        else
        {
            answer();
        }
    }
}
