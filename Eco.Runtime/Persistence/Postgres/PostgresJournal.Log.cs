using Microsoft.Extensions.Logging;

namespace Eco.Runtime.Persistence.Postgres;

public sealed partial class PostgresJournal
{
    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Journal {Database} cannot be reached; requests fail until it can: {Cause}")]
        public static partial void Away(ILogger logger, string database, string cause);

        [LoggerMessage(2, LogLevel.Warning, "Journal {Database} can be reached again")]
        public static partial void Back(ILogger logger, string database);

        [LoggerMessage(3, LogLevel.Warning, "Journal {Database}: CommitUnknown, it is read back ({Cause})")]
        public static partial void CommitUnknown(ILogger logger, string database, string cause);

        [LoggerMessage(4, LogLevel.Warning, "Journal {Database}: the commit of unknown outcome {Outcome}")]
        public static partial void CommitResolved(ILogger logger, string database, string outcome);

        [LoggerMessage(5, LogLevel.Error, "Journal {Database} refused a transaction")]
        public static partial void Refused(ILogger logger, string database, Exception exception);

        [LoggerMessage(6, LogLevel.Warning, "Journal {Database}: an answer ({Answer}) could not be handed over")]
        public static partial void ReplyFailed(ILogger logger, string database, string answer, Exception exception);

        [LoggerMessage(7, LogLevel.Error, "Journal {Database}: the callback for outages failed")]
        public static partial void CallbackFailed(ILogger logger, string database, Exception exception);
    }
}
