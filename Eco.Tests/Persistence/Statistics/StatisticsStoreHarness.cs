using Eco.Runtime.Persistence.Statistics;
using Eco.Tests.Integration;
using Eco.Tests.Persistence.Contracts;
using Eco.Tests.Persistence.Sqlite;

namespace Eco.Tests.Persistence.Statistics;

/// <summary>Statistics in a file of a folder of its own.</summary>
public sealed class StatisticsStoreHarness : StorageHarness<IStatisticsStore>
{
    private readonly TemporaryFolder _folder = new();
    private readonly StatisticsStoreOptions _options;

    public StatisticsStoreHarness(Func<StatisticsStoreOptions, StatisticsStoreOptions>? change = null)
    {
        _options = new StatisticsStoreOptions { Path = _folder.File("statistics.db") };
        _options = change?.Invoke(_options) ?? _options;
        Store = StatisticsStore.Open(_options);
    }

    public StatisticsStore Store { get; private set; }

    public string File => _options.Path;

    public override IStatisticsStore Port => Store;

    public override async Task ReopenAsync()
    {
        await Store.DisposeAsync();
        Store = StatisticsStore.Open(_options);
    }

    public override Task WaitAsync(string what, Func<bool> condition, Func<string> lastObservation) =>
        Eventually.HoldsAsync(what, condition, lastObservation);

    public override async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        _folder.Dispose();
    }
}
