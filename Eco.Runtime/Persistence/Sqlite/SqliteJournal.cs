using Eco.Runtime.Actors;
using Eco.Runtime.Dispatch;
using Eco.Runtime.Persistence.Journals;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Eco.Runtime.Persistence.Sqlite;

/// <summary>The journal of one host identity in one SQLite file (write-ahead log, synchronous=FULL).</summary>
/// <remarks>
/// <para>One thread owns the only connection that writes and checkpoints; all requests that wait share its next transaction. A second
/// thread with a read-only connection answers recoveries and reads. Answers are sent from these threads.</para>
/// <para>Back-pressure: no call blocks. When the bounded queue is full the answer is <see cref="AppendFailureReason.Overloaded"/> (or
/// a failed claim, snapshot or read that says so). Nothing is lost by it: the request was never taken, and a later one of the same
/// entity that overtakes it is refused for the gap in its sequence numbers.</para>
/// <para>Crash points <c>journal.beforeCommit</c> and <c>journal.afterCommit</c> are announced around each commit, before its answers
/// are sent, once for each of: the distinct event manifests, <c>outbox</c>, <c>outbox-ack</c>, <c>inbox</c>, <c>snapshot</c>, <c>claim</c>. The head file is
/// written after the second one, and then <c>head.afterWrite</c> is announced in the same way.</para>
/// </remarks>
public sealed partial class SqliteJournal : QueuedJournal, IAsyncDisposable
{
    private const long HeldBackFrames = 16_384;
    private const int CommitsBetweenLooks = 8;
    private readonly SqliteJournalOptions _options;
    private readonly ICrashPoints _crashPoints;
    private readonly ILogger _logger;
    private readonly SqliteFile _file;
    private readonly JournalWriter _writer;
    private readonly JournalReader _reader;
    private readonly StorageLoop<JournalWork> _writes;
    private readonly StorageLoop<(object Request, IActorRef ReplyTo)> _reads;
    private readonly List<(IActorRef To, object Answer)> _answers = [];
    private readonly List<string> _details = [];
    private readonly JournalReserve _reserve;
    private string? _fault;
    private bool _isFull;
    private int _commitsWhileFull;
    private long _bytesSinceCheckpoint;
    private int _disposed;

    private SqliteJournal(SqliteJournalOptions options, ICrashPoints crashPoints, ILogger logger, SqliteFile file, JournalWriter writer, JournalReader reader)
        : base(options.MaxPayloadBytes, options.MaxSnapshotBytes)
    {
        _options = options;
        _crashPoints = crashPoints;
        _logger = logger;
        _file = file;
        _writer = writer;
        _reader = reader;
        _reserve = new JournalReserve(options.Path, options.ReserveBytes);
        if (!_reserve.TryMake())
        {
            SetFull(true);
        }

        string name = System.IO.Path.GetFileName(options.Path);
        _writes = new(
            $"{name} writer",
            new StorageLoopLimits(options.QueueCapacity, options.QueueCapacityBytes, options.MaxRequestsPerCommit),
            CommitTogether,
            Fault);
        _reads = new($"{name} reader", new StorageLoopLimits(options.ReadQueueCapacity, long.MaxValue, 1), AnswerReads, Fault);
    }

    private protected override bool IsClosed => Volatile.Read(ref _disposed) != 0;

    private protected override AppendFailureReason ReasonWhenClosed => AppendFailureReason.StorageFault;

    /// <summary>Opens the journal, and makes its file where there is none. Checks the whole file first.</summary>
    /// <param name="options">Where it is and its limits.</param>
    /// <param name="crashPoints">Places at which a fault campaign may end the process; null: none.</param>
    /// <param name="logger">Where faults are reported; null: nowhere.</param>
    /// <exception cref="JournalOpenException">The file cannot be used; the message says why and what to do.</exception>
    public static SqliteJournal Open(SqliteJournalOptions options, ICrashPoints? crashPoints = null, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        SqliteFile file = SqliteFile.Open(options.Path, JournalSchema.Spec, options.SizeLimitBytes, options.CheckWholeUpToBytes);
        JournalWriter? writer = null;
        try
        {
            writer = new JournalWriter(file.Connection, options.Path);
            if (writer.StoredPartitionCount is { } stored && options.PartitionCount is { } wanted && stored != wanted)
            {
                throw new JournalOpenException(
                    options.Path,
                    $"cannot be used: {JournalWriter.DifferentPartitionCount(stored, wanted)}",
                    $"configure {stored} partitions, or start anew in another folder");
            }

            return new SqliteJournal(options, crashPoints ?? ICrashPoints.None, logger ?? NullLogger.Instance, file, writer, JournalReader.Open(options.Path));
        }
        catch (Exception e)
        {
            writer?.Dispose();
            file.DisposeUntouched();
            throw JournalSchema.Spec.Explain(options.Path, e);
        }
    }

    /// <summary>
    /// Handles what waits, empties the log into the database and closes. After a storage fault the file is left as it is; the next
    /// opening recovers it.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        // Readers first: the writer's last checkpoint must find none.
        await _reads.StopAsync().ConfigureAwait(false);
        await _writes.StopAsync().ConfigureAwait(false);
        try
        {
            _reader.Dispose();
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

    /// <summary>Closes without emptying the log into the database, as a kill would leave them. For tests.</summary>
    internal ValueTask CrashAsync()
    {
        Volatile.Write(ref _fault, "crashed by a test");
        return DisposeAsync();
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

    private protected override bool TryPost(JournalWork work) => _writes.TryPost(work, work.Bytes);

    private protected override bool TryPost(object request, IActorRef replyTo) => _reads.TryPost((request, replyTo), 0);

    private void CommitTogether(List<JournalWork> batch)
    {
        _answers.Clear();
        bool committing = false;
        try
        {
            if (Volatile.Read(ref _fault) is { } fault)
            {
                Fail(batch, AppendFailureReason.StorageFault, fault);
                return;
            }

            try
            {
                Transact(batch, ref committing);
            }
            catch (SqliteException e) when (SqliteErrors.IsFull(e) && FreeReserve())
            {
                // A full disk is met before the commit is in the log, so nothing of it is stored: with the reserve's space it is done again.
                _writer.Rollback();
                _answers.Clear();
                committing = false;
                Transact(batch, ref committing);
            }
        }
        catch (Exception e)
        {
            Fault(e is SqliteException s && SqliteErrors.IsDamaged(s)
                ? new JournalDamageException(SqliteErrors.Damage(_file.Connection, System.IO.Path.GetFileName(_options.Path), s))
                : e);
            TryRollback();
            _answers.Clear();

            // A commit that fails may or may not have reached the disk.
            Fail(batch, committing ? AppendFailureReason.Unknown : AppendFailureReason.StorageFault, _fault!);
            return;
        }

        SendAnswers();
        CheckpointIfDue();
    }

    private void Transact(List<JournalWork> batch, ref bool committing)
    {
        _writer.Begin();
        _details.Clear();
        (int stored, int events) = Apply(batch);
        if (stored == 0)
        {
            _writer.Rollback();
            return;
        }

        Announce("journal.beforeCommit");
        committing = true;
        _writer.Commit();
        Counters.Committed(stored, events);
        Announce("journal.afterCommit");
        _writer.WriteHead();
        Announce("head.afterWrite");
        if (_isFull && ++_commitsWhileFull % CommitsBetweenLooks == 0 && _reserve.TryMake())
        {
            SetFull(false);
        }
    }

    private bool FreeReserve()
    {
        bool freed = _reserve.Release();
        if (!_isFull)
        {
            SetFull(true);
        }

        return freed;
    }

    private void SetFull(bool full)
    {
        _isFull = full;
        Log.Full(_logger, _options.Path, full ? "is full: the journal lives on its reserve" : "has room again");
        try
        {
            _options.OnFull?.Invoke(full);
        }
        catch (Exception callback)
        {
            Log.CallbackFailed(_logger, _options.Path, callback);
        }
    }

    private (int Stored, int Events) Apply(List<JournalWork> batch)
    {
        (int stored, int events) = (0, 0);
        foreach (JournalWork work in batch)
        {
            object answer = work.Apply(_writer);
            _answers.Add((work.ReplyTo, answer));
            switch (answer)
            {
                case AppendFailed { Reason: AppendFailureReason.Fenced }:
                    Counters.Fenced();
                    break;
                case AppendFailed or SnapshotFailed or ClaimFailed or CompactionFailed:
                    Counters.Rejected();
                    break;
                default:
                    stored++;
                    events += work.Events;
                    _bytesSinceCheckpoint += work.Bytes;
                    work.AddDetails(_details);
                    break;
            }
        }

        return (stored, events);
    }

    private void Announce(string point)
    {
        foreach (string detail in _details)
        {
            _crashPoints.Reached(point, detail);
        }
    }

    private void CheckpointIfDue()
    {
        if (_bytesSinceCheckpoint < _options.CheckpointAfterBytes)
        {
            return;
        }

        _bytesSinceCheckpoint = 0;
        long heldBack;
        try
        {
            heldBack = _file.CheckpointPassive();
        }
        catch (SqliteException e) when (SqliteErrors.IsFull(e))
        {
            // The log keeps what could not be copied.
            FreeReserve();
            return;
        }

        Counters.Checkpointed();
        if (heldBack > HeldBackFrames)
        {
            Log.CheckpointHeldBack(_logger, _options.Path, heldBack);
        }
    }

    private void AnswerReads(List<(object Request, IActorRef ReplyTo)> batch)
    {
        foreach ((object request, IActorRef replyTo) in batch)
        {
            if (Volatile.Read(ref _fault) is { } fault)
            {
                Send(replyTo, JournalReads.Failure(request, fault));
                continue;
            }

            try
            {
                foreach (object answer in Answers(request))
                {
                    FaultIfFileIsCorrupt(answer is RecoveryFailed { Damage: { } damage } ? damage : null);
                    Send(replyTo, answer);
                }
            }
            catch (JournalDamageException e)
            {
                FaultIfFileIsCorrupt(e.Damage);
                Send(replyTo, JournalReads.Failure(request, e.Message, e.Damage));
            }
            catch (Exception e)
            {
                Fault(e);
                Send(replyTo, JournalReads.Failure(request, SqliteErrors.Describe(e)));
            }
        }
    }

    /// <summary>
    /// Damaged rows of one entity are that entity's trouble. Where pages are damaged, writing on could damage others.
    /// </summary>
    private void FaultIfFileIsCorrupt(JournalDamage? damage)
    {
        if (damage is FileCorrupt { IsInPages: true })
        {
            Fault(new JournalDamageException(damage));
        }
    }

    private void Fail(List<JournalWork> batch, AppendFailureReason reason, string message)
    {
        foreach (JournalWork work in batch)
        {
            _answers.Add((work.ReplyTo, work.Failed(reason, message)));
        }

        SendAnswers();
    }

    private void SendAnswers()
    {
        foreach ((IActorRef to, object answer) in _answers)
        {
            Send(to, answer);
        }

        _answers.Clear();
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

    private void Fault(Exception e)
    {
        string name = SqliteErrors.IsFull(e) ? "JournalFull: " : SqliteErrors.IsInputOutput(e) ? "JournalFault: " : "";
        if (Interlocked.CompareExchange(ref _fault, name + SqliteErrors.Describe(e), null) is not null)
        {
            return;
        }

        Log.StorageFault(_logger, _options.Path, _fault!, e);
        try
        {
            _options.OnStorageFault?.Invoke(new IOException(_fault, e));
        }
        catch (Exception callback)
        {
            Log.CallbackFailed(_logger, _options.Path, callback);
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
}
