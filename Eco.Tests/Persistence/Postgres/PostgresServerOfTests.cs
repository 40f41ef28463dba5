using NUnit.Framework;

namespace Eco.Tests.Persistence.Postgres;

/// <summary>One server for all tests of this folder; each test works in a schema of its own.</summary>
[SetUpFixture]
public sealed class PostgresServerOfTests
{
    private static PostgresInstance? _instance;
    private static int _schemas;

    public static PostgresInstance Instance => _instance ?? throw new InvalidOperationException("the server of the tests has not been started");

    /// <summary>A connection string to an empty schema.</summary>
    public static string NewSchema()
    {
        string name = $"test_{Interlocked.Increment(ref _schemas)}";
        Instance.Execute($"CREATE SCHEMA {name}");
        return $"{Instance.ConnectionString()};Search Path={name}";
    }

    [OneTimeSetUp]
    public async Task Start() => _instance = await PostgresInstance.StartAsync();

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_instance is not null)
        {
            await _instance.DisposeAsync();
        }
    }
}
