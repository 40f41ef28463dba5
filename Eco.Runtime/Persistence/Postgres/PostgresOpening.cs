using Npgsql;

namespace Eco.Runtime.Persistence.Postgres;

/// <summary>Opens a database for a store, and says what is wrong where it cannot be used.</summary>
internal static class PostgresOpening
{
    /// <summary>Connects, within the time that the options give, and requires this program's schema.</summary>
    /// <exception cref="PostgresOpenException">It cannot be used.</exception>
    public static PostgresSession Open(PostgresOptions options, string purpose)
    {
        var session = new PostgresSession(options, purpose);
        long since = options.TimeProvider.GetTimestamp();
        using var pause = new ManualResetEventSlim();
        while (true)
        {
            try
            {
                PostgresMigrations.Require(session.Connection, session.Database);
                return session;
            }
            catch (Exception e) when (PostgresErrors.IsAway(e) && !IsConfiguration(e) && options.TimeProvider.GetElapsedTime(since) < options.OpenWithin)
            {
                session.Drop();
                pause.Wait(TimeSpan.FromMilliseconds(200));
            }
            catch (Exception e)
            {
                session.Dispose();
                throw Explain(session.Database, e);
            }
        }
    }

    /// <summary>The exception that says what is wrong and what would cure it.</summary>
    public static PostgresOpenException Explain(string database, Exception e) => e switch
    {
        PostgresOpenException known => known,
        PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } =>
            new(database, $"refuses the login ({PostgresErrors.Describe(e)})", "check the user of eco.server.database and its password file", e),
        PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } =>
            new(database, "does not exist", "create it: createdb -O <user> <name>", e),
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } =>
            new(database, $"does not let this user work ({PostgresErrors.Describe(e)})", "make the user of eco.server.database the owner of the database", e),
        _ when PostgresErrors.IsAway(e) =>
            new(database, $"cannot be reached ({PostgresErrors.Describe(e)})", "start it, or correct eco.server.database", e),
        _ => new(database, $"cannot be used ({PostgresErrors.Describe(e)})", "check what the server said", e),
    };

    private static bool IsConfiguration(Exception e) => e is NpgsqlException { InnerException: ArgumentException or NotSupportedException };
}
