using Dapper;
using Microsoft.Data.Sqlite;

namespace Eco.Actors.Timeline.Sql;

/// <summary>How the timeline's file is opened.</summary>
internal static class TimelineConnections
{
    private const int CannotOpen = 14;
    private const int ReadOnlyFile = 8;

    static TimelineConnections() => SQLitePCL.Batteries_V2.Init();

    public static SqliteConnection OpenForWriting(string path) => Open(new SqliteConnectionStringBuilder
    {
        DataSource = path,
        Mode = SqliteOpenMode.ReadWriteCreate,
        Pooling = false,
    });

    /// <remarks>
    /// A file in WAL mode needs its shared-memory file even to be read. Where that cannot be made (a read-only folder), nobody can be writing
    /// either, and the file is read as immutable.
    /// </remarks>
    public static SqliteConnection OpenForReading(string path)
    {
        try
        {
            return Open(ReadOnly(path));
        }
        catch (SqliteException error) when (error.SqliteErrorCode is CannotOpen or ReadOnlyFile)
        {
            return Open(ReadOnly($"file:{Uri.EscapeDataString(path).Replace("%2F", "/", StringComparison.Ordinal)}?immutable=1"));
        }
    }

    private static SqliteConnectionStringBuilder ReadOnly(string source) =>
        new() { DataSource = source, Mode = SqliteOpenMode.ReadOnly, Pooling = false };

    private static SqliteConnection Open(SqliteConnectionStringBuilder builder)
    {
        var connection = new SqliteConnection(builder.ToString());
        try
        {
            connection.Open();
            connection.Execute("PRAGMA busy_timeout = 5000; SELECT COUNT(*) FROM sqlite_master;");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
