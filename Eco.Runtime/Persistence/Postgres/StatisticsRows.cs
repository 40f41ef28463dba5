using Eco.Runtime.Persistence.Statistics;
using Npgsql;

namespace Eco.Runtime.Persistence.Postgres;

/// <summary>Stores the rows of several agents with one statement a table, and remembers the ids of their series.</summary>
internal sealed class StatisticsRows(int maxSeries)
{
    private readonly Dictionary<SeriesKey, long> _series = [];
    private readonly Dictionary<SeriesKey, long> _fresh = [];

    private readonly record struct SeriesKey(string Ion, string Node, string Agent, string Name);

    /// <summary>Stores what is not stored yet, in the caller's transaction; gives each request's answer.</summary>
    public Dictionary<IngestStatistics, object> Ingest(NpgsqlConnection connection, IngestStatistics[] requests)
    {
        _fresh.Clear();
        var answers = new Dictionary<IngestStatistics, object>(ReferenceEqualityComparer.Instance);
        if (requests.Length == 0)
        {
            return answers;
        }

        Dictionary<(string Agent, long Incarnation), IngestPosition> positions = Positions(connection, requests);
        string? error = LearnSeries(connection, requests);
        var rows = new List<(long Series, long Incarnation, StatisticsRow Row)>();
        foreach (IngestStatistics request in requests)
        {
            if (error is not null && request.Rows.Any(row => !IsKnown(KeyOf(row))))
            {
                answers[request] = new StatisticsFailed(request.CorrelationId, error);
                continue;
            }

            (string, long) key = (PostgresText.Storable(request.Agent), request.Incarnation);
            IngestPosition at = positions[key];
            foreach (StatisticsRow row in request.Rows.Where(row => row.SequenceNr > at.UpTo))
            {
                rows.Add((IdOf(KeyOf(row)), request.Incarnation, row));
                at = at with { UpTo = row.SequenceNr, Stored = at.Stored + 1 };
            }

            positions[key] = at with
            {
                ReportedDropped = Math.Max(at.ReportedDropped, request.Dropped),
                BufferedRows = request.Usage?.Rows ?? at.BufferedRows,
                BufferedBytes = request.Usage?.Bytes ?? at.BufferedBytes,
            };
            answers[request] = new StatisticsIngested(request.CorrelationId, request.Agent, at.UpTo);
        }

        Write(connection, rows, [.. positions.Values]);
        return answers;
    }

    /// <summary>The transaction is committed: what it has learnt is true.</summary>
    public void Keep()
    {
        foreach ((SeriesKey key, long id) in _fresh)
        {
            _series[key] = id;
        }

        _fresh.Clear();
    }

    /// <summary>The transaction was taken back.</summary>
    public void Forget() => _fresh.Clear();

    // Locked in one order, so that two servers that have the same agents wait for each other instead of both.
    private static Dictionary<(string, long), IngestPosition> Positions(NpgsqlConnection connection, IngestStatistics[] requests)
    {
        (string Agent, long Incarnation)[] keys = [.. requests.Select(request => (PostgresText.Storable(request.Agent), request.Incarnation)).Distinct().Order()];
        string[] agents = [.. keys.Select(key => key.Agent)];
        long[] incarnations = [.. keys.Select(key => key.Incarnation)];
        connection.Execute(
            "INSERT INTO statistics_position SELECT agent, incarnation, 0, 0, 0, 0, 0 FROM unnest($1, $2) AS new(agent, incarnation) ON CONFLICT DO NOTHING",
            agents,
            incarnations);
        return connection.Query(
            PostgresStatisticsReader.ReadPosition,
            $"""
            SELECT {PostgresStatisticsReader.PositionColumns} FROM statistics_position
            WHERE (agent, incarnation) IN (SELECT * FROM unnest($1, $2)) ORDER BY agent, incarnation FOR UPDATE
            """,
            agents,
            incarnations).ToDictionary(position => (position.Agent, position.Incarnation));
    }

    private static SeriesKey KeyOf(StatisticsRow row) => new(
        PostgresText.Storable(row.Ion), PostgresText.Storable(row.Node), PostgresText.Storable(row.Agent), PostgresText.Storable(row.Name));

    private bool IsKnown(SeriesKey key) => _series.ContainsKey(key) || _fresh.ContainsKey(key);

    private long IdOf(SeriesKey key) => _series.TryGetValue(key, out long id) ? id : _fresh[key];

    /// <summary>Gives every statistic a series; what does not fit into the bound gets none, and a text that says so.</summary>
    private string? LearnSeries(NpgsqlConnection connection, IngestStatistics[] requests)
    {
        SeriesKey[] unknown = [.. requests.SelectMany(request => request.Rows).Select(KeyOf).Where(key => !IsKnown(key)).Distinct()
            .OrderBy(key => (key.Ion, key.Node, key.Agent, key.Name))];
        if (unknown.Length == 0)
        {
            return null;
        }

        SelectSeries(connection, unknown);
        unknown = [.. unknown.Where(key => !IsKnown(key))];
        long held = unknown.Length == 0 ? 0 : connection.Query(row => row.GetInt64(0), "SELECT COUNT(*) FROM statistics_series")[0];
        if (held + unknown.Length > maxSeries)
        {
            return FormattableString.Invariant($"{unknown.Length} new statistics do not fit: the database holds {held} and may hold {maxSeries}");
        }

        connection.Execute(
            """
            INSERT INTO statistics_series(ion, node, agent, name, sequence_number, value, wall, counter, host)
            SELECT ion, node, agent, name, 0, 0, -1, 0, '' FROM unnest($1, $2, $3, $4) AS new(ion, node, agent, name) ON CONFLICT DO NOTHING
            """,
            Column(unknown, key => key.Ion),
            Column(unknown, key => key.Node),
            Column(unknown, key => key.Agent),
            Column(unknown, key => key.Name));
        SelectSeries(connection, unknown);
        return null;
    }

    private void SelectSeries(NpgsqlConnection connection, SeriesKey[] keys)
    {
        foreach ((SeriesKey key, long id) in connection.Query(
            row => (new SeriesKey(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3)), row.GetInt64(4)),
            """
            SELECT s.ion, s.node, s.agent, s.name, s.id FROM statistics_series s JOIN unnest($1, $2, $3, $4) AS asked(ion, node, agent, name)
              ON s.ion = asked.ion AND s.node = asked.node AND s.agent = asked.agent AND s.name = asked.name
            """,
            Column(keys, key => key.Ion),
            Column(keys, key => key.Node),
            Column(keys, key => key.Agent),
            Column(keys, key => key.Name)))
        {
            _fresh[key] = id;
        }
    }

    private static void Write(NpgsqlConnection connection, List<(long Series, long Incarnation, StatisticsRow Row)> rows, IngestPosition[] positions)
    {
        using var batch = new NpgsqlBatch(connection);
        if (rows.Count > 0)
        {
            batch.Add(
                """
                INSERT INTO statistics_stored(series, incarnation, sequence_number, value, wall, counter, host)
                SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7)
                """,
                Column(rows, r => r.Series),
                Column(rows, r => r.Incarnation),
                Column(rows, r => r.Row.SequenceNr),
                Column(rows, r => r.Row.Value),
                Column(rows, r => r.Row.Timestamp.WallMilliseconds),
                Column(rows, r => r.Row.Timestamp.Counter),
                Column(rows, r => r.Row.Timestamp.Host));
            (long Series, long Incarnation, StatisticsRow Row)[] newest =
                [.. rows.GroupBy(r => r.Series).Select(series => series.MaxBy(r => (r.Row.Timestamp, r.Row.SequenceNr))).OrderBy(r => r.Series)];
            batch.Add(
                """
                UPDATE statistics_series s SET sequence_number = n.seq, value = n.value, wall = n.wall, counter = n.counter, host = n.host
                FROM unnest($1, $2, $3, $4, $5, $6) AS n(id, seq, value, wall, counter, host)
                WHERE s.id = n.id AND (s.wall, s.counter, s.host) <= (n.wall, n.counter, n.host)
                """,
                Column(newest, r => r.Series),
                Column(newest, r => r.Row.SequenceNr),
                Column(newest, r => r.Row.Value),
                Column(newest, r => r.Row.Timestamp.WallMilliseconds),
                Column(newest, r => r.Row.Timestamp.Counter),
                Column(newest, r => r.Row.Timestamp.Host));
        }

        batch.Add(
            """
            UPDATE statistics_position p SET up_to = n.up_to, stored = n.stored, reported_dropped = n.dropped, buffered_rows = n.rows, buffered_bytes = n.bytes
            FROM unnest($1, $2, $3, $4, $5, $6, $7) AS n(agent, incarnation, up_to, stored, dropped, rows, bytes)
            WHERE p.agent = n.agent AND p.incarnation = n.incarnation
            """,
            Column(positions, p => p.Agent),
            Column(positions, p => p.Incarnation),
            Column(positions, p => p.UpTo),
            Column(positions, p => p.Stored),
            Column(positions, p => p.ReportedDropped),
            Column(positions, p => p.BufferedRows),
            Column(positions, p => p.BufferedBytes));
        batch.ExecuteNonQuery();
    }

    private static TColumn[] Column<TRow, TColumn>(IEnumerable<TRow> rows, Func<TRow, TColumn> column) => [.. rows.Select(column)];
}
