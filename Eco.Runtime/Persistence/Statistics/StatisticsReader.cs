using System.Collections.Immutable;
using Dapper;
using Eco.Runtime.Persistence.Sqlite;
using Microsoft.Data.Sqlite;

namespace Eco.Runtime.Persistence.Statistics;

/// <summary>Reads a statistics file, beside the host that writes it or without one. For one thread at a time.</summary>
public sealed class StatisticsReader : IDisposable
{
    private const string NewestColumns =
        "SELECT sequence_number AS SequenceNr, ion AS Ion, node AS Node, agent AS Agent, name AS Name, value AS Value, wall AS Wall, counter AS Counter, host AS Host FROM series";

    private readonly SqliteConnection _connection;

    /// <summary>Reads through a connection that the caller owns.</summary>
    internal StatisticsReader(SqliteConnection connection) => _connection = connection;

    /// <summary>Opens a file for reading.</summary>
    /// <exception cref="StatisticsOpenException">The file is absent, damaged, of a newer version or no statistics file.</exception>
    public static StatisticsReader Open(string path) => new(SqliteFile.OpenReadOnly(path, StatisticsSchema.Spec));

    /// <summary>The newest value of one statistic for each agent, in ordinal order of agents.</summary>
    public ImmutableArray<StatisticsRow> Latest(string ion, string node, string name) =>
        Rows($"{NewestColumns} WHERE ion = @ion AND node = @node AND name = @name ORDER BY agent", new { ion, node, name });

    /// <summary>The newest value of every statistic of an ION, ordered by node, agent and name.</summary>
    /// <param name="ion">The ION.</param>
    /// <param name="limit">At most so many.</param>
    public ImmutableArray<StatisticsRow> Newest(string ion, int limit) =>
        Rows($"{NewestColumns} WHERE ion = @ion ORDER BY node, agent, name LIMIT @limit", new { ion, limit });

    /// <summary>The newest rows of one statistic that the server has stored, in the order of their arrival.</summary>
    public ImmutableArray<StatisticsRow> Series(string ion, string node, string agent, string name, int limit)
    {
        const string Sql = """
            SELECT * FROM (
                SELECT d.sequence_number AS SequenceNr, s.ion AS Ion, s.node AS Node, s.agent AS Agent, s.name AS Name,
                       d.value AS Value, d.wall AS Wall, d.counter AS Counter, d.host AS Host, d.id AS Place
                FROM series s JOIN stored d ON d.series = s.id
                WHERE s.ion = @ion AND s.node = @node AND s.agent = @agent AND s.name = @name
                ORDER BY d.id DESC LIMIT @limit)
            ORDER BY Place
            """;
        return Rows(Sql, new { ion, node, agent, name, limit });
    }

    /// <summary>How far the server has each agent's statistics.</summary>
    public ImmutableArray<IngestPosition> Positions() =>
        [.. _connection.Query<IngestPosition>("SELECT agent AS Agent, incarnation AS Incarnation, up_to AS UpTo, stored AS Stored, reported_dropped AS ReportedDropped, buffered_rows AS BufferedRows, buffered_bytes AS BufferedBytes FROM position ORDER BY agent, incarnation")];

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
            SELECT * FROM buffer_0 WHERE sequence_number > @after
            UNION ALL SELECT * FROM buffer_1 WHERE sequence_number > @after
            UNION ALL SELECT * FROM buffer_2 WHERE sequence_number > @after
            ORDER BY sequence_number LIMIT @limit)
        SELECT b.sequence_number AS SequenceNr, s.ion AS Ion, s.node AS Node, s.agent AS Agent, s.name AS Name,
               b.value AS Value, b.wall AS Wall, b.counter AS Counter, b.host AS Host
        FROM b JOIN series s ON s.id = b.series
        ORDER BY b.sequence_number
        """,
        new { after, limit });

    private ImmutableArray<StatisticsRow> Rows(string sql, object parameters) =>
        [.. _connection.Query<Row>(sql, parameters).Select(row => row.ToStatistic())];

    /// <summary>What Dapper fills; SQLite's integers are 64 bits wide.</summary>
    private sealed class Row
    {
        public long SequenceNr { get; init; }

        public string Ion { get; init; } = "";

        public string Node { get; init; } = "";

        public string Agent { get; init; } = "";

        public string Name { get; init; } = "";

        public double Value { get; init; }

        public long Wall { get; init; }

        public int Counter { get; init; }

        public string Host { get; init; } = "";

        public StatisticsRow ToStatistic() => new(SequenceNr, Ion, Node, Agent, Name, Value, new HybridTimestamp(Wall, Counter, Host));
    }
}
