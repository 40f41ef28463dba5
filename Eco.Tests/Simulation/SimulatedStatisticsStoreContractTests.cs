using Eco.Runtime.Persistence.Statistics;
using Eco.Runtime.Simulation;
using Eco.Tests.Persistence.Contracts;

namespace Eco.Tests.Simulation;

public sealed class SimulatedStatisticsStoreContractTests : StatisticsStoreContract
{
    protected override StorageHarness<IStatisticsStore> CreateHarness(int bufferRows) => new SimulatedHarness<IStatisticsStore>(
        host => host.Statistics,
        new SimulationOptions { Storage = new SimulatedStorageOptions { StatisticsBufferRows = bufferRows } });
}
