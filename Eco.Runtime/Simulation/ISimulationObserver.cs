using Eco.Runtime.Actors;
using Eco.Runtime.Cluster;

namespace Eco.Runtime.Simulation;

/// <summary>
/// Sees what happens in a simulated world as it happens, for oracles that check step by step. It must change nothing. What becomes
/// durable is seen at <see cref="SimulatedJournalStorage"/>.
/// </summary>
public interface ISimulationObserver
{
    /// <summary>An actor has handled a message: one that was sent, or that a timer or a port has brought.</summary>
    void Handled(SimulatedHost host, IActorRef actor);

    /// <summary>The transport has handed a frame to a receiver on a host.</summary>
    void Delivered(SimulatedHost host, TransportDelivery delivery);

    /// <summary>A host has started.</summary>
    void Started(SimulatedHost host);

    /// <summary>A host has crashed; its memory is gone.</summary>
    void Crashed(SimulatedHost host);
}
