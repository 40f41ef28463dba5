using Eco.Host.Composition.Simulated;
using Eco.Runtime.Simulation;

namespace Eco.Host.Campaigns;

/// <summary>Where a test may put something of its own between the product's actors and their ports, to plant a bug.</summary>
internal sealed record CampaignSeams
{
    /// <summary>Nothing is planted.</summary>
    public static CampaignSeams None { get; } = new();

    /// <summary>Called at each start of a host.</summary>
    public Func<SimulatedHost, SimulatedPorts, SimulatedPorts> Ports { get; init; } = (_, ports) => ports;
}
