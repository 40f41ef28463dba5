using Eco.Runtime.Persistence;

namespace Eco.Runtime.Cluster;

/// <content>Events that a snapshot has made superfluous, forgotten where a decision says so. Without one everything is kept.</content>
public abstract partial class EntityActor<TState>
{
    private long _compactions;

    /// <summary>After a snapshot is durable: tell whoever has to agree before the events below it are forgotten.</summary>
    /// <param name="sequenceNr">The last event that it contains.</param>
    protected virtual void OnSnapshotSaved(long sequenceNr)
    {
    }

    private void AfterSnapshot(long sequenceNr)
    {
        if (_stopsWithSnapshot)
        {
            StopWhenAsked();
            return;
        }

        OnSnapshotSaved(sequenceNr);
    }

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
