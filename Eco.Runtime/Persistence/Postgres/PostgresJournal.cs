using Eco.Runtime.Actors;
using Eco.Runtime.Dispatch;
using Eco.Runtime.Persistence.Journals;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Eco.Runtime.Persistence.Postgres;

/// <summary>The journal of the server hosts in one PostgreSQL database that they share.</summary>
/// <remarks>
/// <para>One thread owns the connection that writes; all requests that wait share its next transaction. A second thread with a connection of its
/// own answers recoveries and reads. Answers are sent from these threads.</para>
/// <para>Back-pressure is that of the SQLite journal: no call blocks, a full queue is answered <see cref="AppendFailureReason.Overloaded"/>.</para>
/// <para>A database that goes away ends nothing: a write waits <see cref="PostgresOptions.RideOutOutages"/> for it and is then answered
/// <see cref="AppendFailureReason.Unavailable"/>. A connection lost at the commit is read back on the next one before anything is answered; only
/// where none comes in time the answer is <see cref="AppendFailureReason.Unknown"/>.</para>
/// <para>Crash points <c>journal.beforeCommit</c> and <c>journal.afterCommit</c> are announced as by the SQLite journal.</para>
/// </remarks>
public sealed partial class PostgresJournal : QueuedJournal, IAsyncDisposable
{
    private static readonly TimeSpan PauseBetweenAttempts = TimeSpan.FromMilliseconds(100);

    private readonly PostgresJournalOptions _options;
    private readonly ICrashPoints _crashPoints;
    private readonly ILogger _logger;
    private readonly PostgresSession _writing;
    private readonly PostgresSession _reading;
    private readonly PostgresWriter _writer;
    private readonly PostgresReader _reader;
    private readonly StorageLoop<JournalWork> _writes;
    private readonly StorageLoop<(object Request, IActorRef ReplyTo)> _reads;
    private readonly List<string> _details = [];
    private readonly ManualResetEventSlim _stopping = new();
    private bool _isAway;
    private int _disposed;

    private PostgresJournal(PostgresJournalOptions options, ICrashPoints crashPoints, ILogger logger, PostgresSession writing, PostgresWriter writer)
        : base(options.MaxPayloadBytes, options.MaxSnapshotBytes)
    {
        _options = options;
        _crashPoints = crashPoints;
        _logger = logger;
        _writing = writing;
        _writer = writer;
        _reading = new PostgresSession(options.Database, "journal reader");
        _reader = new PostgresReader(_reading);
        _writes = new(
            "postgres journal writer",
            new StorageLoopLimits(options.QueueCapacity, options.QueueCapacityBytes, options.MaxRequestsPerCommit),
            CommitInTurns,
            e => Log.Refused(_logger, _writing.Database, e));
        _reads = new(
            "postgres journal reader",
            new StorageLoopLimits(options.ReadQueueCapacity, long.MaxValue, 1),
            AnswerReads,
            e => Log.Refused(_logger, _reading.Database, e));
    }

    private protected override bool IsClosed => Volatile.Read(ref _disposed) != 0;

    private protected override AppendFailureReason ReasonWhenClosed => AppendFailureReason.Unavailable;

    /// <summary>
    /// Opens the journal. An empty database gets its schema; an older one is refused until <c>eco db migrate</c> has run. Waits for a database that
    /// cannot be reached yet.
    /// </summary>
    /// <param name="options">Where it is and its limits.</param>
    /// <param name="crashPoints">Places at which a fault campaign may end the process; null: none.</param>
    /// <param name="logger">Where outages are reported; null: nowhere.</param>
    /// <exception cref="PostgresOpenException">The database cannot be used; the message says why and what to do.</exception>
    public static PostgresJournal Open(PostgresJournalOptions options, ICrashPoints? crashPoints = null, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        PostgresSession session = PostgresOpening.Open(options.Database, "journal writer");
        try
        {
            RequirePartitions(session, options.PartitionCount);
            var writer = new PostgresWriter(session);
            writer.Register(options.Database.HostName);
            return new PostgresJournal(options, crashPoints ?? ICrashPoints.None, logger ?? NullLogger.Instance, session, writer);
        }
        catch (Exception e) when (e is not PostgresOpenException)
        {
            session.Dispose();
            throw PostgresOpening.Explain(session.Database, e);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Handles what waits, and closes the connections. Waits for no database that is away.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _stopping.Set();
        await _reads.StopAsync().ConfigureAwait(false);
        await _writes.StopAsync().ConfigureAwait(false);
        _reading.Dispose();
        _writing.Dispose();
        _stopping.Dispose();
    }

    private static void RequirePartitions(PostgresSession session, int? wanted)
    {
        List<string> stored = session.Connection.Query(row => row.GetString(0), "SELECT value FROM metadata WHERE key = 'partition_count'");
        if (stored.Count > 0 && wanted is { } count && stored[0] != FormattableString.Invariant($"{count}"))
        {
            throw new PostgresOpenException(
                session.Database,
                FormattableString.Invariant($"cannot be used: it was made for {stored[0]} partitions and {count} are configured"),
                $"configure {stored[0]} partitions, or use another database");
        }
    }

    private protected override bool TryPost(JournalWork work) => _writes.TryPost(work, work.Bytes);

    private protected override bool TryPost(object request, IActorRef replyTo) => _reads.TryPost((request, replyTo), 0);

    private void AnswerReads(List<(object Request, IActorRef ReplyTo)> batch)
    {
        foreach ((object request, IActorRef replyTo) in batch)
        {
            Answer(request, replyTo, mayTryAgain: true);
        }
    }

    private void Answer(object request, IActorRef replyTo, bool mayTryAgain)
    {
        bool hasAnswered = false;
        try
        {
            foreach (object answer in Answers(request))
            {
                Send(replyTo, answer);
                hasAnswered = true;
            }
        }
        catch (JournalDamageException e)
        {
            Send(replyTo, JournalReads.Failure(request, e.Message, e.Damage));
        }
        catch (Exception e) when (PostgresErrors.IsAway(e) && mayTryAgain && !hasAnswered && Volatile.Read(ref _disposed) == 0)
        {
            // The connection may be the only thing that is old.
            _reading.Drop();
            Answer(request, replyTo, mayTryAgain: false);
        }
        catch (Exception e)
        {
            _reading.Drop();
            if (!PostgresErrors.IsAway(e))
            {
                Log.Refused(_logger, _reading.Database, e);
            }

            Send(replyTo, JournalReads.Failure(request, PostgresErrors.Describe(e)));
        }
    }

    private IEnumerable<object> Answers(object request) => request switch
    {
        RecoverRequest r => _reader.Recover(r),
        ReadEvents r => [_reader.Read(r)],
        ListEntities r => [_reader.List(r)],
        ReadOwnerships r => [_reader.ReadOwnership(r)],
        ReadParkedMessages r => [_reader.ReadParked(r)],
        _ => throw new ArgumentException($"{request.GetType().Name} is no read"),
    };

    private void Send(IActorRef to, object answer)
    {
        try
        {
            to.Tell(answer, ActorRefs.NoSender);
        }
        catch (Exception e)
        {
            Log.ReplyFailed(_logger, _writing.Database, answer.GetType().Name, e);
        }
    }
}
