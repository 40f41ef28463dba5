using System.Collections.Immutable;
using Eco.Runtime.Persistence.Statistics;
using Npgsql;

namespace Eco.Runtime.Persistence.Postgres;

/// <summary>Reads the statistics of the servers' database on a connection of its own. For one thread at a time.</summary>
public sealed class PostgresStatisticsReader(PostgresOptions options) : IDisposable
{
    internal const string PositionColumns = "agent, incarnation, up_to, stored, reported_dropped, buffered_rows, buffered_bytes";

    private const string NewestColumns = "SELECT sequence_number, ion, node, agent, name, value, wall, counter, host FROM statistics_series";

    private readonly PostgresSession _session = new(options, "statistics reader");

    /// <summary>The newest value of every statistic of an ION, ordered by node, agent and name.</summary>
    /// <param name="ion">The ION.</param>
    /// <param name="limit">At most so many.</param>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public ImmutableArray<StatisticsRow> Newest(string ion, int limit) =>
        Read(connection => Rows(connection, $"{NewestColumns} WHERE ion = $1 AND wall >= 0 ORDER BY node, agent, name LIMIT $2", ion, limit));

    /// <summary>The newest rows of one statistic that are stored, in the order of their arrival.</summary>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public ImmutableArray<StatisticsRow> Series(string ion, string node, string agent, string name, int limit) => Read(connection => Rows(
        connection,
        """
        SELECT sequence_number, ion, node, agent, name, value, wall, counter, host FROM (
          SELECT d.sequence_number, s.ion, s.node, s.agent, s.name, d.value, d.wall, d.counter, d.host, d.id
          FROM statistics_series s JOIN statistics_stored d ON d.series = s.id
          WHERE s.ion = $1 AND s.node = $2 AND s.agent = $3 AND s.name = $4 ORDER BY d.id DESC LIMIT $5) AS newest
        ORDER BY id
        """,
        ion,
        node,
        agent,
        name,
        limit));

    /// <summary>How far the servers have each agent's statistics.</summary>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public ImmutableArray<IngestPosition> Positions() =>
        Read<ImmutableArray<IngestPosition>>(connection =>
            [.. connection.Query(ReadPosition, $"SELECT {PositionColumns} FROM statistics_position ORDER BY agent, incarnation")]);

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    /// <summary>The newest value of one statistic for each agent, in ordinal order of agents.</summary>
    internal static ImmutableArray<StatisticsRow> Latest(NpgsqlConnection connection, string ion, string node, string name) =>
        Rows(connection, $"{NewestColumns} WHERE ion = $1 AND node = $2 AND name = $3 AND wall >= 0 ORDER BY agent", ion, node, name);

    internal static IngestPosition ReadPosition(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6));

    private static ImmutableArray<StatisticsRow> Rows(NpgsqlConnection connection, string sql, params ReadOnlySpan<SqlValue> values) =>
        [.. connection.Query(
            row => new StatisticsRow(
                row.GetInt64(0),
                row.GetString(1),
                row.GetString(2),
                row.GetString(3),
                row.GetString(4),
                row.GetDouble(5),
                new HybridTimestamp(row.GetInt64(6), row.GetInt32(7), row.GetString(8))),
            sql,
            values)];

    private T Read<T>(Func<NpgsqlConnection, T> read)
    {
        try
        {
            return read(_session.Connection);
        }
        catch (Exception e) when (PostgresErrors.IsAway(e))
        {
            // The connection may be the only thing that is old.
            _session.Drop();
            return read(_session.Connection);
        }
    }
}
