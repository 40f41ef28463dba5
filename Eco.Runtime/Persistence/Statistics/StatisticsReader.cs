using System.Collections.Immutable;
using Eco.Runtime.Persistence.Sqlite;
using Microsoft.Data.Sqlite;

namespace Eco.Runtime.Persistence.Statistics;

/// <summary>Reads a statistics file, beside the host that writes it or without one. For one thread at a time.</summary>
public sealed class StatisticsReader : IDisposable
{
    private const string NewestColumns = "SELECT sequence_number, ion, node, agent, name, value, wall, counter, host FROM series";

    private readonly SqliteConnection _connection;

    /// <summary>Reads through a connection that the caller owns.</summary>
    internal StatisticsReader(SqliteConnection connection) => _connection = connection;

    /// <summary>Opens a file for reading.</summary>
    /// <exception cref="StatisticsOpenException">The file is absent, damaged, of a newer version or no statistics file.</exception>
    public static StatisticsReader Open(string path) => new(SqliteFile.OpenReadOnly(path, StatisticsSchema.Spec));

    /// <summary>The newest value of one statistic for each agent, in ordinal order of agents.</summary>
    public ImmutableArray<StatisticsRow> Latest(string ion, string node, string name) =>
        Rows($"{NewestColumns} WHERE ion = $1 AND node = $2 AND name = $3 ORDER BY agent", ion, node, name);

    /// <summary>The newest value of every statistic of an ION, ordered by node, agent and name.</summary>
    /// <param name="ion">The ION.</param>
    /// <param name="limit">At most so many.</param>
    public ImmutableArray<StatisticsRow> Newest(string ion, int limit) =>
        Rows($"{NewestColumns} WHERE ion = $1 ORDER BY node, agent, name LIMIT $2", ion, limit);

    /// <summary>The newest rows of one statistic that the server has stored, in the order of their arrival.</summary>
    public ImmutableArray<StatisticsRow> Series(string ion, string node, string agent, string name, int limit)
    {
        const string Sql = """
            SELECT * FROM (
                SELECT d.sequence_number, s.ion, s.node, s.agent, s.name, d.value, d.wall, d.counter, d.host, d.id AS place
                FROM series s JOIN stored d ON d.series = s.id
                WHERE s.ion = $1 AND s.node = $2 AND s.agent = $3 AND s.name = $4
                ORDER BY d.id DESC LIMIT $5)
            ORDER BY place
            """;
        return Rows(Sql, ion, node, agent, name, limit);
    }

    /// <summary>How far the server has each agent's statistics.</summary>
    public ImmutableArray<IngestPosition> Positions() => Select(
        "SELECT agent, incarnation, up_to, stored, reported_dropped, buffered_rows, buffered_bytes FROM position ORDER BY agent, incarnation",
        row => new IngestPosition(
            row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6)));

    /// <summary>What the buffer holds and has dropped.</summary>
    public StatisticsBuffer Buffer()
    {
        using SqliteStatement select = new(
            _connection,
            """
            SELECT last_sequence_number, (SELECT COUNT(*) FROM buffer_0), (SELECT COUNT(*) FROM buffer_1), (SELECT COUNT(*) FROM buffer_2),
                   dropped_0, dropped_1, dropped_2, evicted
            FROM counters
            """);
        using SqliteDataReader row = select.Query();
        row.Read();
        return new StatisticsBuffer(
            row.GetInt64(0),
            row.GetInt64(1),
            row.GetInt64(2),
            row.GetInt64(3),
            new DroppedStatistics(row.GetInt64(4), row.GetInt64(5), row.GetInt64(6)),
            row.GetInt64(7));
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    /// <summary>Buffered rows after a number.</summary>
    internal ImmutableArray<StatisticsRow> Buffered(long after, int limit) => Rows(
        """
        WITH b AS (
            SELECT * FROM buffer_0 WHERE sequence_number > $1
            UNION ALL SELECT * FROM buffer_1 WHERE sequence_number > $1
            UNION ALL SELECT * FROM buffer_2 WHERE sequence_number > $1
            ORDER BY sequence_number LIMIT $2)
        SELECT b.sequence_number, s.ion, s.node, s.agent, s.name, b.value, b.wall, b.counter, b.host
        FROM b JOIN series s ON s.id = b.series
        ORDER BY b.sequence_number
        """,
        after,
        limit);

    private ImmutableArray<StatisticsRow> Rows(string sql, params ReadOnlySpan<object?> values) => Select(
        sql,
        row => new StatisticsRow(
            row.GetInt64(0),
            row.GetString(1),
            row.GetString(2),
            row.GetString(3),
            row.GetString(4),
            row.GetDouble(5),
            new HybridTimestamp(row.GetInt64(6), row.GetInt32(7), row.GetString(8))),
        values);

    private ImmutableArray<T> Select<T>(string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<object?> values)
    {
        using SqliteStatement select = new(_connection, sql);
        using SqliteDataReader row = select.Query(values);
        var rows = ImmutableArray.CreateBuilder<T>();
        while (row.Read())
        {
            rows.Add(read(row));
        }

        return rows.ToImmutable();
    }
}
