namespace Eco.Tests.Persistence.Postgres;

/// <summary>One server for all tests that share one, started for the first of them; each test works in a schema of its own.</summary>
public static class PostgresServerOfTests
{
    private static readonly Lazy<PostgresInstance> Server = new(() => PostgresInstance.StartAsync().GetAwaiter().GetResult());
    private static int _schemas;

    public static PostgresInstance Instance => Server.Value;

    /// <summary>A connection string to an empty schema.</summary>
    public static string NewSchema()
    {
        string name = $"test_{Interlocked.Increment(ref _schemas)}";
        Instance.Execute($"CREATE SCHEMA {name}");
        return $"{Instance.ConnectionString()};Search Path={name}";
    }

    public static async Task StopAsync()
    {
        if (Server.IsValueCreated)
        {
            await Server.Value.DisposeAsync();
        }
    }
}
