using System.Collections.Immutable;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Eco.Actors.Timeline.Sql;

/// <summary>
/// The writing side of the timeline: one connection that applies projected events. Synchronous; the caller owns the thread. The offset of each
/// partition moves in the transaction that writes its rows, so that after a crash the projection goes on exactly where it stopped.
/// </summary>
public sealed class TimelineDatabase : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly bool _owned;

    /// <summary>Works on an open connection of the caller, for instance one in memory; the caller closes it.</summary>
    public TimelineDatabase(SqliteConnection connection)
        : this(connection, owned: false)
    {
    }

    private TimelineDatabase(SqliteConnection connection, bool owned)
    {
        _connection = connection;
        _owned = owned;
        Prepare();
    }

    /// <summary>Opens or creates the file. There must be no second writer.</summary>
    /// <exception cref="SqliteException">The file cannot be opened, or is not a database.</exception>
    public static TimelineDatabase Open(string path)
    {
        SqliteConnection connection = TimelineConnections.OpenForWriting(path);
        try
        {
            // The timeline can be rebuilt, so a commit need not wait for the disk.
            connection.Execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;");
            return new TimelineDatabase(connection, owned: true);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>The ordering of the last applied event; 0 for none.</summary>
    public long LastOrdering() => _connection.ExecuteScalar<long>("SELECT COALESCE(MAX(ordering), 0) FROM projection_offset");

    /// <summary>
    /// Applies events in one transaction. An event at or below its partition's offset is ignored, so the same events may come again.
    /// </summary>
    /// <returns>The ordering of the last applied event.</returns>
    public long Apply(ImmutableArray<ProjectedEvent> events)
    {
        using SqliteTransaction transaction = _connection.BeginTransaction();
        Dictionary<int, long> offsets = _connection
            .Query<(long Partition, long Ordering)>("SELECT partition, ordering FROM projection_offset", transaction: transaction)
            .ToDictionary(row => (int)row.Partition, row => row.Ordering);
        foreach (ProjectedEvent projected in events)
        {
            if (projected.Ordering <= offsets.GetValueOrDefault(projected.Partition))
            {
                continue;
            }

            var writer = new TimelineWriter(_connection, transaction, projected);
            foreach (TimelineChange change in projected.Changes)
            {
                writer.Write(change);
            }

            offsets[projected.Partition] = projected.Ordering;
        }

        foreach ((int partition, long ordering) in offsets)
        {
            _connection.Execute(
                "INSERT INTO projection_offset VALUES(@partition, @ordering) ON CONFLICT(partition) DO UPDATE SET ordering = excluded.ordering",
                new { partition, ordering },
                transaction);
        }

        transaction.Commit();
        return offsets.Count == 0 ? 0 : offsets.Values.Max();
    }

    /// <summary>Empties every table and the offsets.</summary>
    public void Clear()
    {
        using SqliteTransaction transaction = _connection.BeginTransaction();
        foreach (string table in TimelineSchema.Tables)
        {
            _connection.Execute($"DELETE FROM {table}", transaction: transaction);
        }

        transaction.Commit();
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

        _connection.Execute(TimelineSchema.Create, transaction: transaction);
        _connection.Execute($"PRAGMA user_version = {TimelineSchema.Version}", transaction: transaction);
        transaction.Commit();
    }
}
