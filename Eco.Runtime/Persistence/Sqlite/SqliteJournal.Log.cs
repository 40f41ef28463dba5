using Microsoft.Extensions.Logging;

namespace Eco.Runtime.Persistence.Sqlite;

public sealed partial class SqliteJournal
{
    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Critical, "Journal {File} refuses everything from now on: {Cause}")]
        public static partial void StorageFault(ILogger logger, string file, string cause, Exception exception);

        [LoggerMessage(2, LogLevel.Warning, "Journal {File}: an answer ({Answer}) could not be handed over")]
        public static partial void ReplyFailed(ILogger logger, string file, string answer, Exception exception);

        [LoggerMessage(3, LogLevel.Error, "Journal {File}: the callback for storage faults failed")]
        public static partial void CallbackFailed(ILogger logger, string file, Exception exception);

        [LoggerMessage(4, LogLevel.Warning, "Journal {File}: the rollback after a fault failed too; the file is recovered at the next start")]
        public static partial void RollbackFailed(ILogger logger, string file, Exception exception);

        [LoggerMessage(5, LogLevel.Warning, "Journal {File}: a reader holds {Frames} frames of the log back")]
        public static partial void CheckpointHeldBack(ILogger logger, string file, long frames);

        [LoggerMessage(7, LogLevel.Warning, "The disk of journal {File} {State}")]
        public static partial void Full(ILogger logger, string file, string state);

        [LoggerMessage(6, LogLevel.Warning, "Journal {File} could not be closed cleanly; the log is recovered at the next start")]
        public static partial void CloseFailed(ILogger logger, string file, Exception exception);
    }
}
