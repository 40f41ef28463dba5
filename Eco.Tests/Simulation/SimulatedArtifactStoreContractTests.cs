using Eco.Runtime.Persistence;
using Eco.Tests.Persistence.Contracts;

namespace Eco.Tests.Simulation;

public sealed class SimulatedArtifactStoreContractTests : ArtifactStoreContract
{
    protected override StorageHarness<IArtifactStore> CreateHarness() => new SimulatedHarness<IArtifactStore>(host => host.Artifacts);
}
