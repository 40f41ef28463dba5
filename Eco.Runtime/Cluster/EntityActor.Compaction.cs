using Eco.Runtime.Persistence;

namespace Eco.Runtime.Cluster;

/// <content>Events that a snapshot has made superfluous, forgotten where a decision says so. Without one everything is kept.</content>
public abstract partial class EntityActor<TState>
{
    // So many snapshots are remembered over the time that events are kept: events stay at most a sixteenth of it longer.
    private const int RetainedSnapshots = 16;

    private readonly Queue<SnapshotMetadata> _retained = [];
    private SnapshotMetadata? _lastRetained;
    private long _compactions;

    /// <summary>After a snapshot is durable: tell whoever has to agree before the events below it are forgotten.</summary>
    /// <param name="sequenceNr">The last event that it contains.</param>
    protected virtual void OnSnapshotSaved(long sequenceNr)
    {
    }

    private void AfterSnapshot(SnapshotMetadata snapshot)
    {
        if (_stopsWithSnapshot)
        {
            StopWhenAsked();
            return;
        }

        OnSnapshotSaved(snapshot.SequenceNr);
        Retain(snapshot);
        ForgetByAge();
    }

    private void Retain(SnapshotMetadata snapshot)
    {
        if (_services.Options.KeepEvents is { } keep
            && (_lastRetained is null || AgeOf(_lastRetained, snapshot.Timestamp) >= keep / RetainedSnapshots))
        {
            _retained.Enqueue(snapshot);
            _lastRetained = snapshot;
        }
    }

    private void ForgetByAge()
    {
        long upTo = 0;
        while (_retained.TryPeek(out SnapshotMetadata? oldest) && AgeOf(oldest, Clock.Now()) >= _services.Options.KeepEvents)
        {
            upTo = oldest.SequenceNr;
            _retained.Dequeue();
        }

        Forget(upTo);
    }

    private static TimeSpan AgeOf(SnapshotMetadata snapshot, HybridTimestamp now) =>
        TimeSpan.FromMilliseconds(now.WallMilliseconds - snapshot.Timestamp.WallMilliseconds);

    // Lost with its host, it is made up for by the next one, which goes further.
    private void Forget(long upTo)
    {
        if (upTo > 0)
        {
            Persistence.Journal.Compact(
                new CompactEvents(++_compactions, PersistenceId, Persistence.OwnershipOf(PersistenceId), upTo), Self);
        }
    }
}
