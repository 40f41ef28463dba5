namespace Eco.Runtime.Actors.Routing;

/// <summary>A pool of which the routee that owns a message's hash key gets it.</summary>
/// <param name="nrOfInstances">How many routees there are at the start.</param>
public sealed class ConsistentHashingPool(int nrOfInstances) : Pool(nrOfInstances)
{
    /// <summary>Gives keys to messages that have none, before <see cref="IConsistentHashable"/> is asked; may be null.</summary>
    public ConsistentHashMapping? HashMapping { get; init; }

    /// <summary>How many points each routee has on the ring; more spread the keys more evenly. At least 1.</summary>
    public int VirtualNodesFactor { get; init; } = 10;

    /// <inheritdoc/>
    protected internal override RoutingLogic CreateLogic(ActorSystem system) =>
        new ConsistentHashingRoutingLogic(system, VirtualNodesFactor, HashMapping);
}
