using System.Collections.Immutable;
using System.Globalization;
using Eco.Runtime.Persistence.Journals;
using Npgsql;

namespace Eco.Runtime.Persistence.Postgres;

/// <summary>What a person does with the servers' database: migrate, look, verify.</summary>
public static class PostgresAdministration
{
    /// <summary>The schema that this program works with.</summary>
    public static int Schema => PostgresMigrations.Current;

    /// <summary>Brings the schema up to this program's.</summary>
    /// <returns>The schema before and after.</returns>
    /// <exception cref="PostgresOpenException">The database cannot be used, or is of a newer program.</exception>
    public static (int Before, int After) Migrate(PostgresOptions options) =>
        With(options, session => PostgresMigrations.Run(session.Connection, session.Database));

    /// <summary>Holds the whole journal to what was acknowledged; hosts may run meanwhile.</summary>
    /// <exception cref="PostgresOpenException">The database cannot be used.</exception>
    public static JournalVerification Verify(PostgresOptions options) => With(options, session =>
    {
        PostgresMigrations.Require(session.Connection, session.Database);
        return new PostgresReader(session).Verify();
    });

    /// <summary>What there is to know of the database.</summary>
    /// <exception cref="PostgresOpenException">The database cannot be reached.</exception>
    public static PostgresStatus Status(PostgresOptions options) => With(options, session =>
    {
        NpgsqlConnection connection = session.Connection;
        int schema = PostgresMigrations.VersionOf(connection);
        string Setting(string name) => connection.Query(row => row.GetString(0), "SELECT current_setting($1)", name)[0];
        long Count(string sql) => connection.Query(row => row.GetInt64(0), sql)[0];
        return new PostgresStatus(
            session.Database,
            string.Create(CultureInfo.InvariantCulture, $"{connection.Host}:{connection.Port}"),
            Setting("server_version"),
            schema,
            ImmutableSortedDictionary.CreateRange(
                StringComparer.Ordinal,
                PostgresStatus.WatchedSettings.Select(name => KeyValuePair.Create(name, Setting(name)))),
            [.. connection.Query(
                row => new PostgresStandby(row.GetString(0), row.GetString(1), row.GetString(2)),
                "SELECT application_name, COALESCE(state, ''), COALESCE(sync_state, '') FROM pg_stat_replication ORDER BY application_name")],
            Count("SELECT pg_database_size(current_database())"),
            schema == 0
                ? []
                : [.. connection.Query(
                    row => (row.GetString(0), row.GetInt64(1)),
                    """
                    SELECT relname::TEXT, pg_total_relation_size(c.oid) FROM pg_class c
                    WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' ORDER BY 2 DESC, 1 LIMIT 10
                    """)],
            schema == 0 ? 0 : Count("SELECT COUNT(*) FROM ownership"),
            schema == 0 ? 0 : Count("SELECT COUNT(*) FROM entity"),
            schema == 0 ? 0 : Count("SELECT COUNT(*) FROM journal"));
    });

    internal static T With<T>(PostgresOptions options, Func<PostgresSession, T> work)
    {
        using var session = new PostgresSession(options with { ConnectWithin = TimeSpan.FromSeconds(30) }, "administration");
        try
        {
            return work(session);
        }
        catch (Exception e) when (e is NpgsqlException or IOException or TimeoutException or InvalidOperationException or CommitUnknownException)
        {
            throw PostgresOpening.Explain(session.Database, e);
        }
    }
}
