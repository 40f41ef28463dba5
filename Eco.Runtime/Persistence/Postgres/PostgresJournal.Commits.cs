using Eco.Runtime.Actors;
using Eco.Runtime.Persistence.Journals;
using Npgsql;

namespace Eco.Runtime.Persistence.Postgres;

/// <content>The writer's thread: transactions, and what becomes of those that fail.</content>
public sealed partial class PostgresJournal
{
    // Claims and announcements are transactions of their own: a claim waits for others' locks, an announcement for no disk.
    private void CommitInTurns(List<JournalWork> batch)
    {
        int from = 0;
        while (from < batch.Count)
        {
            int count = 1;
            while (batch[from].Target is not null && from + count < batch.Count && batch[from + count].Target is not null)
            {
                count++;
            }

            CommitTogether(batch.GetRange(from, count));
            from += count;
        }
    }

    private void CommitTogether(List<JournalWork> works)
    {
        long since = _options.Database.TimeProvider.GetTimestamp();
        while (true)
        {
            try
            {
                List<(IActorRef, object)> answers = Transact(works);
                SetAway(null);
                answers.ForEach(answer => Send(answer.Item1, answer.Item2));
                return;
            }
            catch (Exception e) when (PostgresErrors.IsAway(e) || PostgresErrors.IsConflict(e))
            {
                _writer.Rollback();
                bool isConflict = PostgresErrors.IsConflict(e);
                if (!isConflict)
                {
                    _writing.Drop();
                }

                if (!MayTryAgain(since))
                {
                    SetAway(isConflict ? null : PostgresErrors.Describe(e));
                    FailAll(works, AppendFailureReason.Unavailable, PostgresErrors.Describe(e));
                    return;
                }
            }
            catch (Exception e)
            {
                _writer.Rollback();
                if (e is not PostgresException)
                {
                    _writing.Drop(); // What the driver did not expect may have left its connection in the midst of something.
                }

                if (works.Count > 1)
                {
                    // One of them is the reason; the others are not to suffer.
                    works.ForEach(work => CommitTogether([work]));
                    return;
                }

                Log.Refused(_logger, _writing.Database, e);
                FailAll(works, PostgresErrors.IsTaken(e) ? AppendFailureReason.Fenced : AppendFailureReason.Rejected, PostgresErrors.Describe(e));
                return;
            }
        }
    }

    private List<(IActorRef To, object Answer)> Transact(List<JournalWork> works)
    {
        _writer.Begin(works);
        _details.Clear();
        var answers = new List<(IActorRef, object)>(works.Count);
        int stored = 0;
        int events = 0;
        foreach (JournalWork work in works)
        {
            object answer = work.Apply(_writer);
            answers.Add((work.ReplyTo, answer));
            if (answer is AppendFailed or SnapshotFailed or ClaimFailed or CompactionFailed)
            {
                CountRefused(answer);
            }
            else
            {
                stored++;
                events += work.Events;
                work.AddDetails(_details);
            }
        }

        if (stored == 0)
        {
            _writer.Rollback();
            return answers;
        }

        Announce("journal.beforeCommit");
        try
        {
            _writer.Commit();
        }
        catch (CommitUnknownException e)
        {
            if (ReadBack(e) is not { } committed)
            {
                return [.. works.Select(work => (work.ReplyTo, work.Failed(AppendFailureReason.Unknown, e.Message)))];
            }

            if (!committed)
            {
                throw new NpgsqlException(e.Message, e); // Rolled back with its connection: done again as such.
            }
        }

        Counters.Committed(stored, events);
        Announce("journal.afterCommit");
        return answers;
    }

    /// <summary>Whether the transaction happened; null where no connection came in time that could tell.</summary>
    private bool? ReadBack(CommitUnknownException cause)
    {
        Log.CommitUnknown(_logger, _writing.Database, cause.Message);
        _writer.Rollback();
        _writing.Drop();
        long since = _options.Database.TimeProvider.GetTimestamp();
        do
        {
            try
            {
                bool committed = _writer.HasCommitted();
                Log.CommitResolved(_logger, _writing.Database, committed ? "has happened" : "has not happened and is done again");
                return committed;
            }
            catch (Exception e) when (PostgresErrors.IsAway(e) || e is CommitUnknownException)
            {
                _writing.Drop();
            }
        }
        while (MayTryAgain(since));
        Log.CommitResolved(_logger, _writing.Database, "stays unknown");
        SetAway(cause.Message);
        return null;
    }

    private bool MayTryAgain(long since) =>
        !_isAway && _options.Database.TimeProvider.GetElapsedTime(since) < _options.Database.RideOutOutages && !_stopping.Wait(PauseBetweenAttempts);

    private void FailAll(List<JournalWork> works, AppendFailureReason reason, string message) =>
        works.ForEach(work => Send(work.ReplyTo, work.Failed(reason, message)));

    private void SetAway(string? cause)
    {
        if (_isAway == cause is not null)
        {
            return;
        }

        _isAway = cause is not null;
        if (cause is not null)
        {
            Log.Away(_logger, _writing.Database, cause);
        }
        else
        {
            Log.Back(_logger, _writing.Database);
        }

        try
        {
            _options.OnReachable?.Invoke(!_isAway);
        }
        catch (Exception e)
        {
            Log.CallbackFailed(_logger, _writing.Database, e);
        }
    }

    private void CountRefused(object answer)
    {
        if (answer is AppendFailed { Reason: AppendFailureReason.Fenced })
        {
            Counters.Fenced();
        }
        else
        {
            Counters.Rejected();
        }
    }

    private void Announce(string point)
    {
        foreach (string detail in _details)
        {
            _crashPoints.Reached(point, detail);
        }
    }
}
