namespace Eco.Runtime.Persistence;

/// <summary>Names a snapshot.</summary>
/// <param name="PersistenceId">The entity.</param>
/// <param name="SequenceNr">The last event that it contains.</param>
/// <param name="Timestamp">When it was taken.</param>
public sealed record SnapshotMetadata(string PersistenceId, long SequenceNr, HybridTimestamp Timestamp);

/// <summary>The first message of a recovery, where there is a snapshot.</summary>
/// <param name="Metadata">Its name.</param>
/// <param name="Snapshot">The state.</param>
public sealed record SnapshotOffer(SnapshotMetadata Metadata, object Snapshot);

/// <summary>The last message of a recovery: the state is what it was, and commands follow.</summary>
public sealed record RecoveryCompleted
{
    private RecoveryCompleted()
    {
    }

    /// <summary>The only instance.</summary>
    public static RecoveryCompleted Instance { get; } = new();
}

/// <summary>A snapshot is durable.</summary>
public sealed record SaveSnapshotSuccess(SnapshotMetadata Metadata);

/// <summary>A snapshot is not stored; the older one and the events remain.</summary>
public sealed record SaveSnapshotFailure(SnapshotMetadata Metadata, Exception Cause);

/// <summary>A write failed and its actor stops; published on the event stream.</summary>
/// <param name="PersistenceId">The entity.</param>
/// <param name="SequenceNr">The first event of the transaction, or the last known one if it had none.</param>
/// <param name="Reason">Why.</param>
/// <param name="Message">One line of cause.</param>
public sealed record PersistFailure(string PersistenceId, long SequenceNr, AppendFailureReason Reason, string Message);

/// <summary>An entity could not be recovered and its actor stops; published on the event stream.</summary>
/// <param name="PersistenceId">The entity.</param>
/// <param name="SequenceNr">The last event that was applied.</param>
/// <param name="Cause">Why.</param>
public sealed record RecoveryFailure(string PersistenceId, long SequenceNr, Exception Cause);
