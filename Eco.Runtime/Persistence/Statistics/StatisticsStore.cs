using Eco.Runtime.Actors;
using Eco.Runtime.Persistence.Journals;
using Eco.Runtime.Persistence.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Eco.Runtime.Persistence.Statistics;

/// <summary>The statistics of one host identity in one SQLite file (write-ahead log, synchronous=NORMAL).</summary>
/// <remarks>
/// <para>One thread owns the only connection; all requests that wait share its next transaction. No call blocks: a full queue is
/// answered <see cref="StatisticsFailed"/>, nothing of the request was done and it may be made again.</para>
/// <para>A power cut may take the last rows. Two things wait for the disk all the same, because another host will rely on them: rows
/// are on disk before <see cref="ReadAfter"/> gives them out (else their numbers could be given out again), and before
/// <see cref="Ingest"/> acknowledges them.</para>
/// </remarks>
public sealed partial class StatisticsStore : IStatisticsStore, IAsyncDisposable
{
    private const int MaxRequestsPerCommit = 1_024;
    private readonly StatisticsStoreOptions _options;
    private readonly StatisticsLimits _limits;
    private readonly ILogger _logger;
    private readonly SqliteFile _file;
    private readonly StatisticsWriter _writer;
    private readonly StorageLoop<(object Request, IActorRef ReplyTo)> _requests;
    private readonly List<object> _answers = [];
    private string? _fault;
    private bool _paused;
    private int _disposed;

    private StatisticsStore(StatisticsStoreOptions options, StatisticsLimits limits, ILogger logger, SqliteFile file, StatisticsWriter writer)
    {
        _options = options;
        _limits = limits;
        _logger = logger;
        _file = file;
        _writer = writer;
        _requests = new(
            System.IO.Path.GetFileName(options.Path),
            new StorageLoopLimits(options.QueueCapacity, options.QueueCapacityBytes, MaxRequestsPerCommit),
            CommitTogether,
            Fault);
    }

    /// <summary>Opens the file, and makes it where there is none.</summary>
    /// <exception cref="StatisticsOpenException">The file cannot be used; the message says why and what to do.</exception>
    public static StatisticsStore Open(StatisticsStoreOptions options, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var limits = new StatisticsLimits(options);
        SqliteFile file = SqliteFile.Open(options.Path, StatisticsSchema.Spec, limits.DatabaseBytes);
        try
        {
            var writer = new StatisticsWriter(file.Connection, options, limits);
            if (file.Length > limits.DatabaseBytes)
            {
                // It was written under a greater limit, or as an older schema.
                writer.Begin(durable: false);
                writer.Commit(written: true);
                file.CheckpointWhole();
                while (writer.GiveSpaceBack())
                {
                    file.CheckpointWhole();
                }

                file.LimitSize(limits.DatabaseBytes);
            }

            return new StatisticsStore(options, limits, logger ?? NullLogger.Instance, file, writer);
        }
        catch (Exception e)
        {
            file.DisposeUntouched();
            throw StatisticsSchema.Spec.Explain(options.Path, e);
        }
    }

    /// <summary>Whether new statistics are refused and counted as dropped, because the disk is needed for what matters more.</summary>
    public bool IsPaused
    {
        get => Volatile.Read(ref _paused);
        set => Volatile.Write(ref _paused, value);
    }

    /// <inheritdoc/>
    public void Record(RecordStatistics request, IActorRef replyTo) => Post(request, replyTo);

    /// <inheritdoc/>
    public void ReadAfter(ReadStatisticsAfter request, IActorRef replyTo) => Post(request, replyTo);

    /// <inheritdoc/>
    public void AcknowledgeUpTo(AcknowledgeStatistics request, IActorRef replyTo) => Post(request, replyTo);

    /// <inheritdoc/>
    public void Ingest(IngestStatistics request, IActorRef replyTo) => Post(request, replyTo);

    /// <inheritdoc/>
    public void Latest(QueryLatestStatistics request, IActorRef replyTo) => Post(request, replyTo);

    /// <summary>Handles what waits, empties the log into the database and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _requests.StopAsync().ConfigureAwait(false);
        try
        {
            _writer.Dispose();
            if (Volatile.Read(ref _fault) is null)
            {
                _file.Dispose();
            }
            else
            {
                _file.DisposeUntouched();
            }
        }
        catch (Exception e)
        {
            Log.CloseFailed(_logger, _options.Path, e);
        }
    }

    private static StatisticsFailed Failure(object request, string reason) => new(StatisticsRequestCheck.CorrelationOf(request), reason);

    private void Post(object request, IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (StatisticsRequestCheck.Error(request, _options) is { } error)
        {
            Send(replyTo, Failure(request, error));
        }
        else if (!_requests.TryPost((request, replyTo), StatisticsRequestCheck.Bytes(request)))
        {
            string reason = Volatile.Read(ref _disposed) != 0 ? "the statistics file is closed" : "too many statistics requests are waiting; try again later";
            Send(replyTo, Failure(request, reason));
        }
    }

    private void CommitTogether(List<(object Request, IActorRef ReplyTo)> batch)
    {
        long dropped = _writer.Dropped.Total;
        int done = 0;
        while (done < batch.Count)
        {
            // No commit writes more than the file has headroom for, but a request is never torn.
            int end = done;
            int rows = 0;
            do
            {
                rows += RowsOf(batch[end++].Request);
            }
            while (end < batch.Count && rows + RowsOf(batch[end].Request) <= _limits.RowsPerCommit);

            Commit(batch.GetRange(done, end - done));
            done = end;
        }

        if (_writer.Dropped.Total > dropped)
        {
            Log.RowsDropped(_logger, _options.Path, _writer.Dropped.Total - dropped);
        }
    }

    private void Commit(List<(object Request, IActorRef ReplyTo)> batch)
    {
        _answers.Clear();
        try
        {
            if (Volatile.Read(ref _fault) is { } fault)
            {
                FailAll(batch, fault);
                return;
            }

            if (Volatile.Read(ref _paused))
            {
                Drop(batch.FindAll(entry => entry.Request is RecordStatistics), "the disk is full: statistics are not taken");
                batch.RemoveAll(entry => entry.Request is RecordStatistics);
            }

            if (_file.LogLength > _limits.LastCommitAtLogBytes && !TryEmptyLog())
            {
                Drop(batch, "the statistics file has reached its bytes, and another program that reads it holds them");
                return;
            }

            _writer.Begin(durable: batch.Exists(entry => entry.Request is IngestStatistics or ReadStatisticsAfter));
            bool written = false;
            foreach ((object request, _) in batch)
            {
                object answer = Apply(request);
                written |= answer is StatisticsRecorded or StatisticsAcknowledged or StatisticsIngested;
                _answers.Add(answer);
            }

            _writer.Commit(written);
        }
        catch (SqliteException e) when (SqliteErrors.IsFull(e))
        {
            // Statistics are the first thing to go without: they are counted as dropped, and taken again when there is room.
            TryRollback();
            _writer.Reload();
            Drop(batch, "the disk is full");
            return;
        }
        catch (Exception e)
        {
            Fault(e);
            TryRollback();
            FailAll(batch, _fault!);
            return;
        }

        for (int i = 0; i < batch.Count; i++)
        {
            Send(batch[i].ReplyTo, _answers[i]);
        }

        Tidy();
    }

    private static int RowsOf(object request) => request switch
    {
        RecordStatistics r => r.Rows.Length,
        IngestStatistics r => r.Rows.Length,
        _ => 0,
    };

    private void Drop(List<(object Request, IActorRef ReplyTo)> batch, string reason)
    {
        _writer.CountRefused(batch.SelectMany(entry => entry.Request is RecordStatistics record ? record.Rows : []));
        FailAll(batch, reason);
    }

    private object Apply(object request)
    {
        switch (request)
        {
            case RecordStatistics r when _writer.SeriesError(r.Rows.Select(row => (row.Ion, row.Node, row.Agent, row.Name))) is { } error:
                return Failure(r, error);
            case IngestStatistics r when _writer.SeriesError(r.Rows.Select(row => (row.Ion, row.Node, row.Agent, row.Name))) is { } error:
                return Failure(r, error);
            case RecordStatistics r:
                return _writer.Record(r);
            case ReadStatisticsAfter r:
                return _writer.ReadAfter(r, _file.Length + _file.LogLength);
            case AcknowledgeStatistics r:
                return _writer.Acknowledge(r);
            case IngestStatistics r:
                return _writer.Ingest(r);
            case QueryLatestStatistics r:
                return _writer.Latest(r);
            default:
                throw new ArgumentException($"{request.GetType().Name} is no statistics request");
        }
    }

    /// <summary>After the answers: keeps the log short, and gives back what rows that went have left.</summary>
    private void Tidy()
    {
        try
        {
            if (_file.LogLength > _limits.CheckpointBytes && !TryEmptyLog())
            {
                return;
            }

            while (_writer.GiveSpaceBack() && TryEmptyLog())
            {
                // Some pages at a time, so that the log stays short.
            }
        }
        catch (SqliteException e) when (SqliteErrors.IsFull(e))
        {
            // The log keeps what could not be copied; the next commit tries again.
            Log.TidyFailed(_logger, _options.Path, e);
        }
    }

    /// <summary>False where somebody reads from the log.</summary>
    private bool TryEmptyLog()
    {
        _file.CheckpointWhole();
        return _file.LogLength == 0;
    }

    private void FailAll(List<(object Request, IActorRef ReplyTo)> batch, string reason)
    {
        foreach ((object request, IActorRef replyTo) in batch)
        {
            Send(replyTo, Failure(request, reason));
        }
    }

    private void Send(IActorRef to, object answer)
    {
        try
        {
            to.Tell(answer, ActorRefs.NoSender);
        }
        catch (Exception e)
        {
            Log.ReplyFailed(_logger, _options.Path, answer.GetType().Name, e);
        }
    }

    private void TryRollback()
    {
        try
        {
            _writer.Rollback();
        }
        catch (Exception e)
        {
            Log.RollbackFailed(_logger, _options.Path, e);
        }
    }

    private void Fault(Exception e)
    {
        if (Interlocked.CompareExchange(ref _fault, SqliteErrors.Describe(e), null) is not null)
        {
            return;
        }

        Log.StorageFault(_logger, _options.Path, _fault!, e);
        try
        {
            _options.OnStorageFault?.Invoke(e);
        }
        catch (Exception callback)
        {
            Log.CallbackFailed(_logger, _options.Path, callback);
        }
    }
}
