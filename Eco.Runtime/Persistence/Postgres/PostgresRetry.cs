using Npgsql;

namespace Eco.Runtime.Persistence.Postgres;

/// <summary>
/// Does work that may be done twice: again while the database is away, for as long as outages are ridden out. While it stays away, each work is tried
/// once. For one thread.
/// </summary>
internal sealed class PostgresRetry(PostgresSession session, PostgresOptions options, WaitHandle stopping)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private bool _isAway;

    /// <summary>Runs work in a transaction, which the work's end commits.</summary>
    /// <exception cref="Exception">What the last attempt ended in.</exception>
    public T Run<T>(Func<NpgsqlConnection, T> work)
    {
        long since = options.TimeProvider.GetTimestamp();
        while (true)
        {
            try
            {
                using NpgsqlTransaction transaction = session.Connection.BeginTransaction();
                T result = work(session.Connection);
                session.Commit(transaction);
                _isAway = false;
                return result;
            }
            catch (Exception e) when (PostgresErrors.IsAway(e) || PostgresErrors.IsConflict(e) || e is CommitUnknownException)
            {
                bool isConflict = PostgresErrors.IsConflict(e);
                if (!isConflict)
                {
                    session.Drop();
                }

                if (!MayTryAgain(since))
                {
                    _isAway = !isConflict;
                    throw;
                }
            }
            catch (Exception e) when (e is not PostgresException)
            {
                session.Drop(); // What the driver did not expect may have left its connection in the midst of something.
                throw;
            }
        }
    }

    private bool MayTryAgain(long since) =>
        !_isAway && options.TimeProvider.GetElapsedTime(since) < options.RideOutOutages && !stopping.WaitOne(Pause);
}
