using Eco.Host.Fleet;

namespace Eco.Tests.Persistence.Postgres;

/// <summary>One server for all tests that share one, started for the first of them; each test works in a schema of its own.</summary>
internal static class PostgresServerOfTests
{
    private static readonly Lazy<PostgresServer> Server = new(() => TestPostgres.StartAsync().GetAwaiter().GetResult());
    private static int _schemas;

    /// <summary>A connection string to an empty schema.</summary>
    public static string NewSchema()
    {
        string name = $"test_{Interlocked.Increment(ref _schemas)}";
        string server = TestPostgres.ConnectionString(Server.Value);
        TestPostgres.Execute(server, $"CREATE SCHEMA {name}");
        return $"{server};Search Path={name}";
    }

    /// <summary>A file that holds the password of all connection strings.</summary>
    public static string PasswordFile => Server.Value.PasswordFile;

    public static async Task StopAsync()
    {
        if (Server.IsValueCreated)
        {
            await Server.Value.DisposeAsync();
        }
    }
}
