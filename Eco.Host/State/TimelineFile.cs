using Eco.Actors.Timeline.Sql;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Eco.Host.State;

/// <summary>
/// Opens the timeline for writing. One that cannot be read stops nobody: it is put aside, and the projection fills a new one from the journal.
/// </summary>
internal static partial class TimelineFile
{
    private const int Damaged = 11;
    private const int NotADatabase = 26;

    /// <summary>Opens the file; a damaged one becomes <c>timeline.db.damaged</c>.</summary>
    public static TimelineDatabase Open(string path, ILogger logger)
    {
        try
        {
            return TimelineDatabase.Open(path);
        }
        catch (SqliteException error) when (error.SqliteErrorCode is Damaged or NotADatabase)
        {
            LogPutAside(logger, path, error);
            File.Move(path, path + ".damaged", overwrite: true);
            File.Delete(path + "-wal");
            File.Delete(path + "-shm");
            return TimelineDatabase.Open(path);
        }
    }

    [LoggerMessage(4011, LogLevel.Warning, "the timeline {Path} cannot be read; it is put aside and made anew from the journal")]
    private static partial void LogPutAside(ILogger logger, string path, Exception error);
}
