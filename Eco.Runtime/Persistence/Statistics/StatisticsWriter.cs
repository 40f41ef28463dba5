using Eco.Runtime.Persistence.Sqlite;
using Microsoft.Data.Sqlite;

namespace Eco.Runtime.Persistence.Statistics;

/// <summary>The statements of the write connection, used by the store's thread alone, inside its transactions.</summary>
internal sealed class StatisticsWriter : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly StatisticsStoreOptions _options;
    private readonly StatisticsReader _reader;
    private readonly Dictionary<(string Ion, string Node, string Agent, string Name), long> _series = [];
    private readonly List<SqliteStatement> _all = [];
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _rollback;
    private readonly SqliteStatement _insertSeries;
    private readonly SqliteStatement _updateNewest;
    private readonly SqliteStatement _insertBuffer;
    private readonly SqliteStatement _trimBuffer;
    private readonly SqliteStatement _negateBuffer;
    private readonly SqliteStatement _renumberBuffer;
    private readonly SqliteStatement _insertStored;
    private readonly SqliteStatement _trimStored;
    private readonly SqliteStatement _selectPosition;
    private readonly SqliteStatement _upsertPosition;
    private readonly SqliteStatement _saveCounters;
    private readonly SqliteStatement _pageCount;
    private readonly SqliteStatement _freePages;
    private readonly long _pageSize;
    private State _state;
    private long _lost;
    private bool _waitsForDisk;
    private bool _writtenSinceSync;

    public StatisticsWriter(SqliteConnection connection, StatisticsStoreOptions options)
    {
        SqliteStatement Prepare(string sql)
        {
            var statement = new SqliteStatement(connection, sql);
            _all.Add(statement);
            return statement;
        }

        _connection = connection;
        _options = options;
        _reader = new StatisticsReader(connection);
        _begin = Prepare("BEGIN IMMEDIATE");
        _commit = Prepare("COMMIT");
        _rollback = Prepare("ROLLBACK");
        _insertSeries = Prepare("INSERT INTO series(id, ion, node, agent, name, sequence_number, value, wall, counter, host) VALUES ($1, $2, $3, $4, $5, 0, 0, -1, 0, '')");
        _updateNewest = Prepare("UPDATE series SET sequence_number = $2, value = $3, wall = $4, counter = $5, host = $6 WHERE id = $1 AND (wall, counter, host) <= ($4, $5, $6)");
        _insertBuffer = Prepare("INSERT INTO buffer(sequence_number, series, value, wall, counter, host) VALUES ($1, $2, $3, $4, $5, $6)");
        _trimBuffer = Prepare("DELETE FROM buffer WHERE sequence_number <= $1");
        _negateBuffer = Prepare("UPDATE buffer SET sequence_number = -sequence_number");
        _renumberBuffer = Prepare("UPDATE buffer SET sequence_number = $1 - sequence_number");
        _insertStored = Prepare("INSERT INTO stored(series, incarnation, sequence_number, value, wall, counter, host) VALUES ($1, $2, $3, $4, $5, $6, $7)");
        _trimStored = Prepare("DELETE FROM stored WHERE id IN (SELECT id FROM stored ORDER BY id LIMIT $1)");
        _selectPosition = Prepare("SELECT up_to, stored, reported_dropped FROM position WHERE agent = $1 AND incarnation = $2");
        _upsertPosition = Prepare("INSERT INTO position(agent, incarnation, up_to, stored, reported_dropped) VALUES ($1, $2, $3, $4, $5) ON CONFLICT(agent, incarnation) DO UPDATE SET up_to = excluded.up_to, stored = excluded.stored, reported_dropped = excluded.reported_dropped");
        _saveCounters = Prepare("UPDATE counters SET last_sequence_number = $1, dropped = $2, evicted = $3, syncs = syncs + 1");
        _pageCount = Prepare("PRAGMA page_count");
        _freePages = Prepare("PRAGMA freelist_count");
        using SqliteStatement pageSize = new(connection, "PRAGMA page_size");
        _pageSize = (long)pageSize.Scalar()!;
        Load();
    }

    /// <summary>Rows dropped since the file was made.</summary>
    public long Dropped => _state.Dropped;

    /// <summary>Counts rows that could not be taken; the next commit keeps the count.</summary>
    public void CountLost(long rows)
    {
        _lost += rows;
        _state = _state with { Dropped = _state.Dropped + rows };
    }

    /// <summary>Forgets what a transaction that was taken back had left in memory.</summary>
    public void Reload()
    {
        _series.Clear();
        Load();
        _state = _state with { Dropped = _state.Dropped + _lost };
    }

    /// <summary>Starts a transaction.</summary>
    /// <param name="durable">Whether its commit, and with it all before it, must be on disk before anybody hears of it.</param>
    public void Begin(bool durable)
    {
        if (durable != _waitsForDisk)
        {
            SqliteFile.Execute(_connection, durable ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
            _waitsForDisk = durable;
        }

        _begin.Run();
    }

    /// <summary>Commits what was written; a durable transaction that wrote nothing commits only if earlier ones may not be on disk yet.</summary>
    public void Commit(bool written)
    {
        if (written || (_waitsForDisk && _writtenSinceSync))
        {
            TrimBytes();
            _saveCounters.Run(_state.LastSequenceNr, _state.Dropped, _state.Evicted);
            _commit.Run();
            _lost = 0;
            _writtenSinceSync = !_waitsForDisk;
        }
        else
        {
            _rollback.Run();
        }
    }

    /// <summary>Undoes the transaction after a fault, if SQLite has not done so by itself. This object is of no more use then.</summary>
    public void Rollback()
    {
        if (SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle) == 0)
        {
            _rollback.Run();
        }
    }

    /// <summary>Whether the rows fit into the bound of different statistics; the bound is what keeps names from filling the file.</summary>
    public string? SeriesError(IEnumerable<(string Ion, string Node, string Agent, string Name)> names)
    {
        int fresh = names.Where(name => !_series.ContainsKey(name)).Distinct().Count();
        return _series.Count + fresh > _options.MaxSeries
            ? FormattableString.Invariant($"{fresh} new statistics do not fit: the file holds {_series.Count} and may hold {_options.MaxSeries}")
            : null;
    }

    public StatisticsRecorded Record(RecordStatistics request)
    {
        foreach (NewStatistic row in request.Rows)
        {
            Record(row);
        }

        DropBuffered(_state.Buffered - _options.MaxBufferedRows);
        return new StatisticsRecorded(request.CorrelationId, _state.Dropped);
    }

    public StatisticsPage ReadAfter(ReadStatisticsAfter request) =>
        new(request.CorrelationId, _reader.Buffered(request.AfterSequenceNr, request.Limit), _state.Dropped);

    public StatisticsAcknowledged Acknowledge(AcknowledgeStatistics request)
    {
        if (request.UpTo > _state.LastSequenceNr)
        {
            // The server knows numbers that this file never gave out: it took the place of a lost one, and what it holds was ignored as
            // already stored. Its rows get numbers that the server has not seen.
            _negateBuffer.Run();
            _renumberBuffer.Run(request.UpTo - (_state.LastSequenceNr - _state.Buffered));
            _state = _state with { LastSequenceNr = request.UpTo + _state.Buffered };
        }
        else
        {
            _state = _state with { Buffered = _state.Buffered - _trimBuffer.Run(request.UpTo) };
        }

        return new StatisticsAcknowledged(request.CorrelationId);
    }

    public StatisticsIngested Ingest(IngestStatistics request)
    {
        (long upTo, long stored, long dropped) = (0, 0, 0);
        using (SqliteDataReader row = _selectPosition.Query(request.Agent, request.Incarnation))
        {
            if (row.Read())
            {
                (upTo, stored, dropped) = (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2));
            }
        }

        foreach (StatisticsRow row in request.Rows)
        {
            if (row.SequenceNr <= upTo)
            {
                continue;
            }

            HybridTimestamp at = row.Timestamp;
            long series = SeriesOf(row.Ion, row.Node, row.Agent, row.Name);
            _insertStored.Run(series, request.Incarnation, row.SequenceNr, row.Value, at.WallMilliseconds, at.Counter, at.Host);
            _updateNewest.Run(series, row.SequenceNr, row.Value, at.WallMilliseconds, at.Counter, at.Host);
            upTo = row.SequenceNr;
            stored++;
            _state = _state with { Stored = _state.Stored + 1 };
        }

        EvictStored(_state.Stored - _options.MaxStoredRows);
        _upsertPosition.Run(request.Agent, request.Incarnation, upTo, stored, Math.Max(dropped, request.Dropped));
        return new StatisticsIngested(request.CorrelationId, request.Agent, upTo);
    }

    public StatisticsLatest Latest(QueryLatestStatistics request) =>
        new(request.CorrelationId, _reader.Latest(request.Ion, request.Node, request.Name));

    public void Dispose() => _all.ForEach(statement => statement.Dispose());

    private void Load()
    {
        StatisticsBuffer buffer = _reader.Buffer();
        using SqliteStatement bounds = new(_connection, "SELECT COALESCE(MAX(id) - MIN(id) + 1, 0) FROM stored");
        _state = new State(buffer.LastSequenceNr, buffer.Buffered, (long)bounds.Scalar()!, buffer.Dropped, buffer.Evicted);
        LoadSeries();
    }

    private void LoadSeries()
    {
        using SqliteStatement all = new(_connection, "SELECT id, ion, node, agent, name FROM series");
        using SqliteDataReader row = all.Query();
        while (row.Read())
        {
            _series[(row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4))] = row.GetInt64(0);
        }
    }

    private long SeriesOf(string ion, string node, string agent, string name)
    {
        if (!_series.TryGetValue((ion, node, agent, name), out long id))
        {
            id = _series.Count + 1;
            _insertSeries.Run(id, ion, node, agent, name);
            _series.Add((ion, node, agent, name), id);
        }

        return id;
    }

    private void Record(NewStatistic row)
    {
        long series = SeriesOf(row.Ion, row.Node, row.Agent, row.Name);
        HybridTimestamp at = row.Timestamp;
        _state = _state with { LastSequenceNr = _state.LastSequenceNr + 1, Buffered = _state.Buffered + 1 };
        _insertBuffer.Run(_state.LastSequenceNr, series, row.Value, at.WallMilliseconds, at.Counter, at.Host);
        _updateNewest.Run(series, _state.LastSequenceNr, row.Value, at.WallMilliseconds, at.Counter, at.Host);
    }

    private void TrimBytes()
    {
        while (BytesInUse() > _options.MaxBytes && _state.Buffered + _state.Stored > 0)
        {
            // A sixteenth each time: SQLite frees a page only when all of its rows are gone, so single rows would free none.
            DropBuffered(_state.Buffered / 16 + Math.Min(1, _state.Buffered));
            EvictStored(_state.Stored / 16 + Math.Min(1, _state.Stored));
        }
    }

    private long BytesInUse() => ((long)_pageCount.Scalar()! - (long)_freePages.Scalar()!) * _pageSize;

    private void DropBuffered(long count)
    {
        if (count > 0)
        {
            long dropped = _trimBuffer.Run(_state.LastSequenceNr - _state.Buffered + count);
            _state = _state with { Buffered = _state.Buffered - dropped, Dropped = _state.Dropped + dropped };
        }
    }

    private void EvictStored(long count)
    {
        if (count > 0)
        {
            long evicted = _trimStored.Run(count);
            _state = _state with { Stored = _state.Stored - evicted, Evicted = _state.Evicted + evicted };
        }
    }

    /// <summary>What the counters table and the tables' ends say, kept here so that no commit has to count.</summary>
    private readonly record struct State(long LastSequenceNr, long Buffered, long Stored, long Dropped, long Evicted);
}
