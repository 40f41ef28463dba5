using Microsoft.Extensions.Logging;

namespace Eco.Runtime.Persistence;

public abstract partial class PersistentActor
{
    [LoggerMessage(1200, LogLevel.Error, "{PersistenceId} could not write event {SequenceNr} ({Reason}): {Cause}; the actor stops")]
    private static partial void LogPersistFailure(ILogger logger, string persistenceId, long sequenceNr, AppendFailureReason reason, string cause);

    [LoggerMessage(1201, LogLevel.Error, "{PersistenceId} could not be recovered past event {SequenceNr}; the actor stops")]
    private static partial void LogRecoveryFailure(ILogger logger, Exception cause, string persistenceId, long sequenceNr);

    [LoggerMessage(1202, LogLevel.Warning, "the snapshot of {PersistenceId} at {SequenceNr} was not stored: {Cause}")]
    private static partial void LogSnapshotFailure(ILogger logger, string persistenceId, long sequenceNr, string cause);

    [LoggerMessage(1203, LogLevel.Warning, "{PersistenceId} got a {Reply} from its journal that it does not wait for")]
    private static partial void LogUnexpectedReply(ILogger logger, string persistenceId, string reply);
}
