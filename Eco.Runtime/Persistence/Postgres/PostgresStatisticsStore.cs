using Eco.Runtime.Actors;
using Eco.Runtime.Persistence.Journals;
using Eco.Runtime.Persistence.Statistics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Eco.Runtime.Persistence.Postgres;

/// <summary>The statistics that agents have sent, in the database that the servers share. An agent's own buffer is never here.</summary>
/// <remarks>
/// One thread owns the only connection; all requests that wait share its next transaction. Rows are durable before their
/// acknowledgement, because the agent frees them then; what nobody relies on (evicting old rows) waits for no disk. A request that meets a database
/// that is away is tried for a while and then answered <see cref="StatisticsFailed"/>; the agent keeps its rows and sends them again.
/// </remarks>
public sealed partial class PostgresStatisticsStore : IStatisticsStore, IAsyncDisposable
{
    private const int MaxRequestsPerCommit = 256;
    private const int RowsBetweenEvictions = 10_000;
    private readonly PostgresStatisticsOptions _options;
    private readonly StatisticsStoreOptions _limits;
    private readonly ILogger _logger;
    private readonly PostgresSession _session;
    private readonly PostgresRetry _retry;
    private readonly StatisticsRows _rows;
    private readonly StorageLoop<(object Request, IActorRef ReplyTo)> _requests;
    private readonly ManualResetEvent _stopping = new(false);
    private long _storedSinceEviction;
    private int _disposed;

    private PostgresStatisticsStore(PostgresStatisticsOptions options, ILogger logger, PostgresSession session)
    {
        _options = options;
        _limits = new StatisticsStoreOptions { Path = string.Empty, MaxRowsPerRequest = options.MaxRowsPerRequest };
        _logger = logger;
        _session = session;
        _retry = new PostgresRetry(session, options.Database, _stopping);
        _rows = new StatisticsRows(options.MaxSeries);
        _requests = new(
            "postgres statistics",
            new StorageLoopLimits(options.QueueCapacity, options.QueueCapacityBytes, MaxRequestsPerCommit),
            Handle,
            e => LogUnexpected(_logger, _session.Database, e));
    }

    /// <summary>Opens the store; as with the journal an empty database gets its schema, and an older one is refused.</summary>
    /// <exception cref="PostgresOpenException">The database cannot be used.</exception>
    public static PostgresStatisticsStore Open(PostgresStatisticsOptions options, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new PostgresStatisticsStore(options, logger ?? NullLogger.Instance, PostgresOpening.Open(options.Database, "statistics"));
    }

    /// <inheritdoc/>
    public void Record(RecordStatistics request, IActorRef replyTo) => Refuse(request, replyTo);

    /// <inheritdoc/>
    public void ReadAfter(ReadStatisticsAfter request, IActorRef replyTo) => Refuse(request, replyTo);

    /// <inheritdoc/>
    public void AcknowledgeUpTo(AcknowledgeStatistics request, IActorRef replyTo) => Refuse(request, replyTo);

    /// <inheritdoc/>
    public void Ingest(IngestStatistics request, IActorRef replyTo) => Post(request, replyTo);

    /// <inheritdoc/>
    public void Latest(QueryLatestStatistics request, IActorRef replyTo) => Post(request, replyTo);

    /// <summary>Handles what waits, and closes the connection. Waits for no database that is away.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _stopping.Set();
        await _requests.StopAsync().ConfigureAwait(false);
        _session.Dispose();
        _stopping.Dispose();
    }

    private static StatisticsFailed Failure(object request, string reason) => new(StatisticsRequestCheck.CorrelationOf(request), reason);

    private void Refuse(object request, IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(request);
        Send(replyTo, Failure(request, "an agent's buffer is a file of the agent, not a table of the servers' database"));
    }

    private void Post(object request, IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (StatisticsRequestCheck.Error(request, _limits) is { } error)
        {
            Send(replyTo, Failure(request, error));
        }
        else if (!_requests.TryPost((request, replyTo), StatisticsRequestCheck.Bytes(request)))
        {
            string reason = Volatile.Read(ref _disposed) != 0 ? "the statistics store is closed" : "too many statistics requests are waiting; try again later";
            Send(replyTo, Failure(request, reason));
        }
    }

    private void Handle(List<(object Request, IActorRef ReplyTo)> batch)
    {
        List<object> answers;
        try
        {
            answers = _retry.Run(connection => Answer(connection, batch));
            _rows.Keep();
        }
        catch (Exception e)
        {
            _rows.Forget();
            if (batch.Count > 1 && !PostgresErrors.IsAway(e) && e is not CommitUnknownException)
            {
                // One of them is the reason; the others are not to suffer.
                batch.ToList().ForEach(entry => Handle([entry]));
                return;
            }

            LogFailed(_logger, _session.Database, e);
            batch.ForEach(entry => Send(entry.ReplyTo, Failure(entry.Request, PostgresErrors.Describe(e))));
            return;
        }

        for (int i = 0; i < batch.Count; i++)
        {
            Send(batch[i].ReplyTo, answers[i]);
        }

        Evict();
    }

    private List<object> Answer(NpgsqlConnection connection, List<(object Request, IActorRef ReplyTo)> batch)
    {
        IngestStatistics[] ingested = [.. batch.Select(entry => entry.Request).OfType<IngestStatistics>()];
        Dictionary<IngestStatistics, object> stored = _rows.Ingest(connection, ingested);
        _storedSinceEviction += ingested.Sum(request => (long)request.Rows.Length);
        return
        [
            .. batch.Select(entry => entry.Request switch
            {
                IngestStatistics request => stored[request],
                QueryLatestStatistics request => new StatisticsLatest(
                    request.CorrelationId, PostgresStatisticsReader.Latest(connection, request.Ion, request.Node, request.Name)),
                _ => throw new ArgumentException($"{entry.Request.GetType().Name} is no request of a server"),
            }),
        ];
    }

    private void Evict()
    {
        if (_storedSinceEviction < Math.Min(RowsBetweenEvictions, _options.MaxStoredRows))
        {
            return;
        }

        _storedSinceEviction = 0;
        try
        {
            _retry.Run(connection =>
            {
                connection.Execute("SET LOCAL synchronous_commit = off");
                return connection.Execute(
                    "DELETE FROM statistics_stored WHERE id <= (SELECT COALESCE(MAX(id), 0) FROM statistics_stored) - $1", _options.MaxStoredRows);
            });
        }
        catch (Exception e)
        {
            LogFailed(_logger, _session.Database, e);
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
            LogUnexpected(_logger, _session.Database, e);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Statistics in {Database}: a request failed")]
    private static partial void LogFailed(ILogger logger, string database, Exception exception);

    [LoggerMessage(2, LogLevel.Error, "Statistics in {Database}: an unexpected failure")]
    private static partial void LogUnexpected(ILogger logger, string database, Exception exception);
}
