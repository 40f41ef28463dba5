using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Eco.Actors.Timeline.Sql;

/// <summary>The timeline in an SQLite file, or in memory.</summary>
public sealed class SqliteTimeline : ITimelineSql
{
    private readonly SqliteConnection _connection;
    private readonly bool _owned;

    private SqliteTimeline(SqliteConnection connection, bool owned)
    {
        _connection = connection;
        _owned = owned;
    }

    /// <summary>Makes the tables over an open connection of the caller, for instance one in memory; the caller closes it.</summary>
    public static SqliteTimeline Over(SqliteConnection connection)
    {
        var timeline = new SqliteTimeline(connection, owned: false);
        timeline.Prepare();
        return timeline;
    }

    /// <summary>Opens or creates a file. There must be no second writer.</summary>
    /// <exception cref="SqliteException">The file cannot be opened, or is not a database.</exception>
    public static SqliteTimeline OpenForWriting(string path)
    {
        SqliteConnection connection = TimelineConnections.OpenForWriting(path);
        try
        {
            // The timeline can be rebuilt, so a commit need not wait for the disk.
            connection.Execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;");
            var timeline = new SqliteTimeline(connection, owned: true);
            timeline.Prepare();
            return timeline;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Opens an existing file for reading only.</summary>
    /// <exception cref="SqliteException">The file is missing, unreadable or no database.</exception>
    public static SqliteTimeline OpenForReading(string path) => new(TimelineConnections.OpenForReading(path), owned: true);

    /// <inheritdoc/>
    public T InTransaction<T>(bool writes, Func<DbTransaction, T> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        using SqliteTransaction transaction = _connection.BeginTransaction(deferred: !writes);
        return work(transaction);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_owned)
        {
            _connection.Dispose();
        }
    }

    private void Prepare()
    {
        using SqliteTransaction transaction = _connection.BeginTransaction();
        long version = _connection.ExecuteScalar<long>("PRAGMA user_version", transaction: transaction);
        if (version != TimelineSchema.Version)
        {
            foreach (string table in TimelineSchema.Tables)
            {
                _connection.Execute($"DROP TABLE IF EXISTS {table}", transaction: transaction);
            }
        }

        _connection.Execute(TimelineSchema.Sqlite, transaction: transaction);
        _connection.Execute($"PRAGMA user_version = {TimelineSchema.Version}", transaction: transaction);
        transaction.Commit();
    }
}
