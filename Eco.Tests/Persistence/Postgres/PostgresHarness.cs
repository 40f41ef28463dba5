using Eco.Runtime.Persistence.Postgres;
using Eco.Tests.Integration;
using Eco.Tests.Persistence.Contracts;

namespace Eco.Tests.Persistence.Postgres;

/// <summary>A store in a schema of its own.</summary>
public sealed class PostgresHarness<TPort, TStore>(Func<PostgresOptions, TStore> open) : StorageHarness<TPort>
    where TStore : TPort, IAsyncDisposable
{
    private readonly PostgresOptions _options = new() { ConnectionString = PostgresServerOfTests.NewSchema(), HostName = "test" };
    private TStore? _store;

    public TStore Store => _store ??= open(_options);

    public string ConnectionString => _options.ConnectionString;

    public override TPort Port => Store;

    public override async Task ReopenAsync()
    {
        await Store.DisposeAsync();
        _store = open(_options);
    }

    public override Task WaitAsync(string what, Func<bool> condition, Func<string> lastObservation) =>
        Eventually.HoldsAsync(what, condition, lastObservation);

    public override async ValueTask DisposeAsync() => await Store.DisposeAsync();
}
