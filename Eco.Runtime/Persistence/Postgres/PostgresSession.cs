using System.Globalization;
using Npgsql;

namespace Eco.Runtime.Persistence.Postgres;

/// <summary>
/// One connection of one thread, opened when needed and dropped when it fails. It has no pool: a pool would hand out connections to a primary
/// that is none any more.
/// </summary>
public sealed class PostgresSession : IDisposable
{
    private readonly string _connectionString;
    private NpgsqlConnection? _connection;
    private bool _warned;

    /// <summary>Nothing is opened yet.</summary>
    /// <param name="options">Where the database is.</param>
    /// <param name="purpose">What the connection is for, in the server's list.</param>
    public PostgresSession(PostgresOptions options, string purpose)
    {
        _connectionString = ConnectionString(options, purpose);
        Database = NameOf(_connectionString);
    }

    /// <summary>Hosts and name of the database, for messages.</summary>
    public string Database { get; }

    /// <summary>The open connection.</summary>
    /// <exception cref="NpgsqlException">There is no primary to be reached.</exception>
    public NpgsqlConnection Connection
    {
        get
        {
            if (_connection is { State: System.Data.ConnectionState.Open } open)
            {
                return open;
            }

            Drop();
            var connection = new NpgsqlConnection(_connectionString);
            try
            {
                connection.Open();
                RequirePrimary(connection);
            }
            catch
            {
                connection.Dispose();
                throw;
            }

            connection.Notice += (_, notice) => _warned |= notice.Notice.InvariantSeverity == "WARNING";
            return _connection = connection;
        }
    }

    /// <summary>
    /// Commits. A warning at this place is the server's word that it has given up waiting for the standby: the transaction is committed, but a
    /// promotion could lose it, so it counts as of unknown outcome.
    /// </summary>
    /// <exception cref="CommitUnknownException">The connection was lost or the wait was given up.</exception>
    internal void Commit(NpgsqlTransaction transaction)
    {
        _warned = false;
        try
        {
            transaction.Commit();
        }
        catch (PostgresException e) when (e.InvariantSeverity == "ERROR" && !PostgresErrors.IsAway(e))
        {
            throw; // It was rolled back.
        }
        catch (Exception e)
        {
            throw new CommitUnknownException(PostgresErrors.Describe(e), e);
        }

        if (_warned)
        {
            throw new CommitUnknownException("PostgreSQL: the wait for the synchronous standby was given up", null);
        }
    }

    /// <summary>Closes the connection; the next use opens another.</summary>
    public void Drop()
    {
        _connection?.Dispose();
        _connection = null;
    }

    /// <inheritdoc/>
    public void Dispose() => Drop();

    /// <summary>Whether the connection or the server is gone, or is no primary: the work may be done again on another connection.</summary>
    public static bool IsAway(Exception error) => PostgresErrors.IsAway(error);

    /// <summary>Waits, in a transaction, until nobody else changes a schema.</summary>
    public static void LockSchema(NpgsqlConnection connection) => connection.Execute("SELECT pg_advisory_xact_lock($1)", PostgresMigrations.Lock);

    /// <summary>The connection string with what a connection of a host needs.</summary>
    /// <exception cref="PostgresOpenException">It is no connection string.</exception>
    internal static string ConnectionString(PostgresOptions options, string purpose)
    {
        NpgsqlConnectionStringBuilder builder;
        try
        {
            builder = new NpgsqlConnectionStringBuilder(options.ConnectionString);
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            throw new PostgresOpenException(
                "eco.server.database", $"is no connection string ({e.Message})", "write it as 'Host=db1,db2;Database=eco;Username=eco', its keys are those of Npgsql", e);
        }

        if (string.IsNullOrEmpty(builder.Host))
        {
            throw new PostgresOpenException("eco.server.database", "names no host", "write it as 'Host=db1,db2;Database=eco;Username=eco'");
        }

        int seconds = (int)Math.Ceiling(options.ConnectWithin.TotalSeconds);
        builder.ApplicationName = $"{options.HostName} {purpose}";
        builder.Pooling = false;
        builder.Timeout = Math.Max(1, seconds);
        builder.CommandTimeout = Math.Max(1, (int)Math.Ceiling(options.CommandWithin.TotalSeconds));
        builder.KeepAlive = 0; // It would lock the connection for each use; TCP's own is enough.
        builder.TcpKeepAlive = true;
        builder.TcpKeepAliveTime = 5;
        builder.TcpKeepAliveInterval = 2;
        builder.MaxAutoPrepare = 0; // A statement prepared on one server is unknown to the next.
        builder.Enlist = false;
        builder.CancellationTimeout = -1; // A cancelled COMMIT would be answered as done without its standby.
        if (builder.Host.Contains(',', StringComparison.Ordinal))
        {
            builder.TargetSessionAttributes ??= "primary";
            builder.HostRecheckSeconds = 1; // A standby that was just promoted must be seen as such.
        }

        // A host that is paused or cut off inside a transaction must not hold its partitions for longer than this.
        const string OnServer = "-c idle_in_transaction_session_timeout=5000 -c tcp_user_timeout=10000 -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3";
        builder.Options = string.IsNullOrEmpty(builder.Options) ? OnServer : $"{OnServer} {builder.Options}";
        return builder.ConnectionString;
    }

    private static void RequirePrimary(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand("SELECT pg_is_in_recovery()", connection);
        if (command.ExecuteScalar() is true)
        {
            throw new NpgsqlException($"{connection.Host} is a standby; name all servers in the connection string, and the primary is found");
        }
    }

    private static string NameOf(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        string host = builder.Host!.Contains(':', StringComparison.Ordinal)
            ? builder.Host
            : string.Create(CultureInfo.InvariantCulture, $"{builder.Host}:{builder.Port}");
        return $"database '{builder.Database ?? builder.Username}' at {host}";
    }
}
