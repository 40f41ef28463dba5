using Eco.Runtime.Actors;

namespace Eco.Runtime.Persistence;

/// <content>Reading the state back.</content>
public abstract partial class PersistentActor
{
    private long _recoveryId;

    /// <summary>The event or snapshot that is being applied, for the failure hook.</summary>
    private object? _applying;

    internal sealed override void OnPortReply(object reply)
    {
        switch (reply)
        {
            case AppendCommitted committed:
                OnCommitted(committed);
                break;
            case AppendFailed failed:
                OnAppendFailed(failed);
                break;
            case RecoveryStarted started when IsCurrent(started.CorrelationId):
                Recovering(() => Begin(started));
                break;
            case RecoveredEvents page when IsCurrent(page.CorrelationId):
                Recovering(() => Apply(page));
                break;
            case RecoveryFailed failed when IsCurrent(failed.CorrelationId):
                FailRecovery(new PersistentActorException($"{PersistenceId} could not be read: {failed.Message}"), null);
                break;
            case SnapshotSaved saved when _snapshots.Remove(saved.CorrelationId, out SnapshotMetadata? metadata):
                Cell.TellOwn(new SaveSnapshotSuccess(metadata), Self);
                break;
            case SnapshotFailed failed when _snapshots.Remove(failed.CorrelationId, out SnapshotMetadata? metadata):
                Cell.TellOwn(new SaveSnapshotFailure(metadata, new PersistentActorException(failed.Message)), Self);
                break;
            default:
                LogUnexpectedReply(Logger, PersistenceId, reply.GetType().Name);
                break;
        }
    }

    private bool IsCurrent(long correlationId) => IsRecovering && !_hasFailed && correlationId == _recoveryId;

    private void StartRecovery()
    {
        Cell.Hold();
        _recoveryId = ++_correlation;
        Persistence.Journal.Recover(new RecoverRequest(_recoveryId, PersistenceId), ReplyTo);
    }

    private void Recovering(Action action)
    {
        try
        {
            action();
        }
        catch (Exception cause)
        {
            FailRecovery(cause, _applying);
        }
    }

    private void Begin(RecoveryStarted started)
    {
        OnRecoveryStarted(started);
        if (started.Snapshot is { } snapshot)
        {
            _applying = Persistence.Registry.Decode(snapshot.Manifest, snapshot.Payload);
            LastSequenceNr = snapshot.SequenceNr;
            Persistence.Clock.Observe(snapshot.Timestamp);
            var metadata = new SnapshotMetadata(PersistenceId, snapshot.SequenceNr, snapshot.Timestamp);
            if (!ReceiveRecover(new SnapshotOffer(metadata, _applying)))
            {
                throw new IllegalActorStateException(
                    $"{GetType()} handles no SnapshotOffer, but {PersistenceId} has a snapshot of {snapshot.Manifest} at {snapshot.SequenceNr}");
            }

            _applying = null;
        }
    }

    private void Apply(RecoveredEvents page)
    {
        foreach (JournalEvent stored in page.Events)
        {
            if (stored.SequenceNr != LastSequenceNr + 1)
            {
                throw new PersistentActorException(
                    $"the journal of {PersistenceId} has event {stored.SequenceNr} after {LastSequenceNr}; events are missing");
            }

            _applying = Persistence.Registry.Decode(stored.Manifest, stored.Payload);
            LastSequenceNr = stored.SequenceNr;
            Persistence.Clock.Observe(stored.Timestamp);
            if (!ReceiveRecover(_applying))
            {
                Unhandled(_applying);
            }

            _applying = null;
        }

        if (page.IsLast)
        {
            CompleteRecovery();
        }
    }

    private void CompleteRecovery()
    {
        IsRecovering = false;
        _sentSequenceNr = LastSequenceNr;
        _draftedSequenceNr = LastSequenceNr;
        Committing(() =>
        {
            if (!ReceiveRecover(RecoveryCompleted.Instance))
            {
                Unhandled(RecoveryCompleted.Instance);
            }
        });
    }

    private void FailRecovery(Exception cause, object? message)
    {
        LogRecoveryFailure(Logger, cause, PersistenceId, LastSequenceNr);
        Context.System.EventStream.Publish(new RecoveryFailure(PersistenceId, LastSequenceNr, cause));
        StopAfterFailure(() => OnRecoveryFailure(cause, message));
    }
}
