using Eco.Runtime.Persistence;
using Eco.Tests.Persistence.Contracts;

namespace Eco.Tests.Simulation;

public sealed class SimulatedJournalModelTests : JournalModelContract
{
    protected override StorageHarness<IJournal> CreateHarness() => new SimulatedHarness<IJournal>(host => host.Journal);
}
