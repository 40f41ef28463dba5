using System.Data;
using System.Data.Common;
using Dapper;
using Eco.Runtime.Persistence.Postgres;
using Npgsql;

namespace Eco.Actors.Timeline.Sql;

/// <summary>
/// The timeline in the PostgreSQL database that servers share. A connection that fails is given up, and the next use opens another. The timeline
/// can be rebuilt, so its commits wait for no disk and no standby; the journal's do, and a promotion never leaves it behind the timeline.
/// </summary>
/// <param name="options">Where the database is.</param>
/// <param name="purpose">What the connection is for, in the server's list.</param>
public sealed class PostgresTimeline(PostgresOptions options, string purpose) : ITimelineSql
{
    private readonly PostgresSession _session = new(options, purpose);
    private bool _isPrepared;

    /// <inheritdoc/>
    public T InTransaction<T>(bool writes, Func<DbTransaction, T> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        try
        {
            NpgsqlConnection connection = _session.Connection;
            if (!_isPrepared)
            {
                Prepare(connection);
                _isPrepared = true;
            }

            using NpgsqlTransaction transaction = connection.BeginTransaction(writes ? IsolationLevel.ReadCommitted : IsolationLevel.RepeatableRead);
            if (writes)
            {
                connection.Execute("SET LOCAL synchronous_commit = off", transaction: transaction);
            }

            return work(transaction);
        }
        catch (Exception e) when (PostgresSession.IsAway(e))
        {
            _session.Drop();
            throw e as DbException ?? new NpgsqlException(e.Message, e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    private static void Prepare(NpgsqlConnection connection)
    {
        using NpgsqlTransaction transaction = connection.BeginTransaction();
        PostgresSession.LockSchema(connection);
        connection.Execute("CREATE TABLE IF NOT EXISTS timeline_version(version BIGINT NOT NULL)", transaction: transaction);
        long version = connection.ExecuteScalar<long>("SELECT COALESCE(MAX(version), 0) FROM timeline_version", transaction: transaction);
        if (version == TimelineSchema.Version)
        {
            return;
        }

        if (version > TimelineSchema.Version)
        {
            throw new NpgsqlException($"the timeline is of version {version} and this eco knows versions up to {TimelineSchema.Version}: use a newer eco");
        }

        foreach (string table in TimelineSchema.Tables)
        {
            connection.Execute($"DROP TABLE IF EXISTS {table}", transaction: transaction);
        }

        connection.Execute(TimelineSchema.Postgres, transaction: transaction);
        connection.Execute($"DELETE FROM timeline_version; INSERT INTO timeline_version VALUES ({TimelineSchema.Version})", transaction: transaction);
        transaction.Commit();
    }
}
