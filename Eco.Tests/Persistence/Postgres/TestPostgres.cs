using Eco.Host.Fleet;
using Eco.Runtime.Persistence.Postgres;
using Npgsql;

namespace Eco.Tests.Persistence.Postgres;

/// <summary>PostgreSQL servers of the tests' own. Where PostgreSQL is missing they fail with the words that install it.</summary>
internal static class TestPostgres
{
    /// <summary>Makes a folder that user postgres can reach, and starts a server in it.</summary>
    public static Task<PostgresServer> StartAsync() => PostgresServer.StartAsync(NewFolder(), TimeProvider.System);

    /// <summary>Makes a synchronous standby.</summary>
    public static Task<PostgresServer> StandbyOfAsync(PostgresServer primary) => primary.StandbyAsync(NewFolder());

    /// <summary>What a client of these servers needs.</summary>
    public static string ConnectionString(params PostgresServer[] servers) =>
        $"{PostgresServer.ConnectionStringOf([.. servers])};Password={servers[0].Password}";

    public static PostgresOptions Options(string connectionString) => new() { ConnectionString = connectionString, HostName = "test" };

    /// <summary>Runs a statement; the connection is closed again.</summary>
    public static object? Execute(string connectionString, string sql)
    {
        using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        return command.ExecuteScalar();
    }

    private static string NewFolder()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("eco-pg-");
        if (!OperatingSystem.IsWindows())
        {
            folder.UnixFileMode |= UnixFileMode.OtherExecute | UnixFileMode.GroupExecute;
        }

        return folder.FullName;
    }
}
