using Microsoft.Extensions.Logging;

namespace Eco.Runtime.Persistence.Statistics;

public sealed partial class StatisticsStore
{
    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Statistics file {File} refuses everything from now on: {Cause}")]
        public static partial void StorageFault(ILogger logger, string file, string cause, Exception exception);

        [LoggerMessage(2, LogLevel.Warning, "Statistics file {File}: an answer ({Answer}) could not be handed over")]
        public static partial void ReplyFailed(ILogger logger, string file, string answer, Exception exception);

        [LoggerMessage(3, LogLevel.Error, "Statistics file {File}: the callback for storage faults failed")]
        public static partial void CallbackFailed(ILogger logger, string file, Exception exception);

        [LoggerMessage(4, LogLevel.Warning, "Statistics file {File} could not be closed cleanly; the log is recovered at the next start")]
        public static partial void CloseFailed(ILogger logger, string file, Exception exception);

        [LoggerMessage(5, LogLevel.Warning, "Statistics file {File}: it was full and {Dropped} rows were dropped, the least important and oldest first")]
        public static partial void RowsDropped(ILogger logger, string file, long dropped);

        [LoggerMessage(6, LogLevel.Warning, "Statistics file {File}: the rollback after a fault failed too; the file is recovered at the next start")]
        public static partial void RollbackFailed(ILogger logger, string file, Exception exception);

        [LoggerMessage(7, LogLevel.Warning, "Statistics file {File}: the disk is too full to empty the log; it is tried again")]
        public static partial void TidyFailed(ILogger logger, string file, Exception exception);
    }
}
