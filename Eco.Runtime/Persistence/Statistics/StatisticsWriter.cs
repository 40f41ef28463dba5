using Eco.Runtime.Persistence.Sqlite;
using Microsoft.Data.Sqlite;

namespace Eco.Runtime.Persistence.Statistics;

/// <summary>The statements of the write connection, used by the store's thread alone, inside its transactions.</summary>
internal sealed class StatisticsWriter : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly StatisticsStoreOptions _options;
    private readonly StatisticsLimits _limits;
    private readonly StatisticsReader _reader;
    private readonly StatisticsBufferTables _buffer;
    private readonly Dictionary<(string Ion, string Node, string Agent, string Name), long> _series = [];
    private readonly List<SqliteStatement> _all = [];
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _rollback;
    private readonly SqliteStatement _insertSeries;
    private readonly SqliteStatement _updateNewest;
    private readonly SqliteStatement _insertStored;
    private readonly SqliteStatement _trimStored;
    private readonly SqliteStatement _selectPosition;
    private readonly SqliteStatement _upsertPosition;
    private readonly SqliteStatement _pageCount;
    private readonly SqliteStatement _freePages;
    private readonly long _pageSize;
    private long _stored;
    private long _evicted;
    private bool _waitsForDisk;
    private bool _writtenSinceSync;

    public StatisticsWriter(SqliteConnection connection, StatisticsStoreOptions options, StatisticsLimits limits)
    {
        SqliteStatement Prepare(string sql)
        {
            var statement = new SqliteStatement(connection, sql);
            _all.Add(statement);
            return statement;
        }

        _connection = connection;
        _options = options;
        _limits = limits;
        _reader = new StatisticsReader(connection);
        _buffer = new StatisticsBufferTables(connection);
        _begin = Prepare("BEGIN IMMEDIATE");
        _commit = Prepare("COMMIT");
        _rollback = Prepare("ROLLBACK");
        _insertSeries = Prepare("INSERT INTO series(id, ion, node, agent, name, sequence_number, value, wall, counter, host) VALUES ($1, $2, $3, $4, $5, 0, 0, -1, 0, '')");
        _updateNewest = Prepare("UPDATE series SET sequence_number = $2, value = $3, wall = $4, counter = $5, host = $6 WHERE id = $1 AND (wall, counter, host) <= ($4, $5, $6)");
        _insertStored = Prepare("INSERT INTO stored(series, incarnation, sequence_number, value, wall, counter, host) VALUES ($1, $2, $3, $4, $5, $6, $7)");
        _trimStored = Prepare("DELETE FROM stored WHERE id IN (SELECT id FROM stored ORDER BY id LIMIT $1)");
        _selectPosition = Prepare("SELECT up_to, stored, reported_dropped, buffered_rows, buffered_bytes FROM position WHERE agent = $1 AND incarnation = $2");
        _upsertPosition = Prepare("INSERT INTO position(agent, incarnation, up_to, stored, reported_dropped, buffered_rows, buffered_bytes) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT(agent, incarnation) DO UPDATE SET up_to = excluded.up_to, stored = excluded.stored, reported_dropped = excluded.reported_dropped, buffered_rows = excluded.buffered_rows, buffered_bytes = excluded.buffered_bytes");
        _pageCount = Prepare("PRAGMA page_count");
        _freePages = Prepare("PRAGMA freelist_count");
        using SqliteStatement pageSize = new(connection, "PRAGMA page_size");
        _pageSize = (long)pageSize.Scalar()!;
        Load();
    }

    /// <summary>Rows dropped since the file was made.</summary>
    public DroppedStatistics Dropped => _buffer.Dropped;

    /// <summary>Counts rows that could not be taken; the next commit keeps the count.</summary>
    public void CountRefused(IEnumerable<NewStatistic> rows) => _buffer.CountRefused(rows);

    /// <summary>Forgets what a transaction that was taken back had left in memory.</summary>
    public void Reload()
    {
        _series.Clear();
        Load();
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
            _buffer.Save(_evicted);
            _commit.Run();
            _buffer.Committed();
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
        return _series.Count + fresh > _limits.Series
            ? FormattableString.Invariant($"{fresh} new statistics do not fit: the file holds {_series.Count} and may hold {_limits.Series}")
            : null;
    }

    public StatisticsRecorded Record(RecordStatistics request)
    {
        foreach (NewStatistic row in request.Rows)
        {
            long series = SeriesOf(row.Ion, row.Node, row.Agent, row.Name);
            long number = _buffer.Add(row, series);
            _updateNewest.Run(series, number, row.Value, row.Timestamp.WallMilliseconds, row.Timestamp.Counter, row.Timestamp.Host);
        }

        _buffer.Drop(_buffer.Count - _options.MaxBufferedRows);
        return new StatisticsRecorded(request.CorrelationId, Dropped.Total);
    }

    /// <summary>Reads buffered rows.</summary>
    /// <param name="request">Which.</param>
    /// <param name="bytes">What the file and its log take.</param>
    public StatisticsPage ReadAfter(ReadStatisticsAfter request, long bytes) => new(
        request.CorrelationId,
        _reader.Buffered(request.AfterSequenceNr, request.Limit),
        new StatisticsUsage(_buffer.Count, bytes, _options.MaxBytes, Dropped));

    public StatisticsAcknowledged Acknowledge(AcknowledgeStatistics request)
    {
        if (request.UpTo > _buffer.LastSequenceNr)
        {
            // The server knows numbers that this file never gave out: it took the place of a lost one, and what it holds was ignored as
            // already stored. Its rows get numbers that the server has not seen.
            _buffer.RenumberAfter(request.UpTo);
        }
        else
        {
            _buffer.Free(request.UpTo);
        }

        return new StatisticsAcknowledged(request.CorrelationId);
    }

    public StatisticsIngested Ingest(IngestStatistics request)
    {
        (long upTo, long stored, long dropped, long rows, long bytes) = (0, 0, 0, 0, 0);
        using (SqliteDataReader row = _selectPosition.Query(request.Agent, request.Incarnation))
        {
            if (row.Read())
            {
                (upTo, stored, dropped) = (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2));
                (rows, bytes) = (row.GetInt64(3), row.GetInt64(4));
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
            _stored++;
        }

        EvictStored(_stored - _options.MaxStoredRows);
        _upsertPosition.Run(
            request.Agent,
            request.Incarnation,
            upTo,
            stored,
            Math.Max(dropped, request.Dropped),
            request.Usage?.Rows ?? rows,
            request.Usage?.Bytes ?? bytes);
        return new StatisticsIngested(request.CorrelationId, request.Agent, upTo);
    }

    public StatisticsLatest Latest(QueryLatestStatistics request) =>
        new(request.CorrelationId, _reader.Latest(request.Ion, request.Node, request.Name));

    /// <summary>Gives free pages at the end of the file back to the disk, some at a time; outside a transaction.</summary>
    /// <returns>Whether there are more.</returns>
    public bool GiveSpaceBack()
    {
        // A file that is written all the time keeps some room for what comes next.
        long free = (long)_freePages.Scalar()! * _pageSize;
        if (free <= Math.Max(_limits.FreeBytes, BytesInUse() / 4))
        {
            return false;
        }

        SqliteFile.Execute(_connection, FormattableString.Invariant($"PRAGMA incremental_vacuum({_limits.CheckpointBytes / _pageSize})"));
        return (long)_freePages.Scalar()! * _pageSize < free;
    }

    public void Dispose()
    {
        _all.ForEach(statement => statement.Dispose());
        _buffer.Dispose();
    }

    private void Load()
    {
        StatisticsBuffer buffer = _reader.Buffer();
        using SqliteStatement bounds = new(_connection, "SELECT COALESCE(MAX(id) - MIN(id) + 1, 0) FROM stored");
        _buffer.Load(buffer);
        _stored = (long)bounds.Scalar()!;
        _evicted = buffer.Evicted;
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

    private void TrimBytes()
    {
        while (BytesInUse() > _limits.UsedBytes && _buffer.Count + _stored > 0)
        {
            _buffer.DropSome();
            EvictStored(_stored / 16 + Math.Min(1, _stored));
        }
    }

    private long BytesInUse() => ((long)_pageCount.Scalar()! - (long)_freePages.Scalar()!) * _pageSize;

    private void EvictStored(long count)
    {
        if (count > 0)
        {
            long evicted = _trimStored.Run(count);
            _stored -= evicted;
            _evicted += evicted;
        }
    }
}
