using System.Collections.Immutable;
using Eco.Runtime.Actors;

namespace Eco.Runtime.Cluster;

/// <summary>What entities of one host share; registered as an extension of the actor system.</summary>
public sealed class EntityServices
{
    internal EntityServices(IActorRef router, EntityOptions options, PartitionTable partitions, EntityCounters counters)
    {
        Router = router;
        Options = options;
        Partitions = partitions;
        Counters = counters;
    }

    /// <summary>The host's <see cref="EntityRouter"/>.</summary>
    public IActorRef Router { get; }

    /// <summary>How messages are resent.</summary>
    public EntityOptions Options { get; }

    /// <summary>What the host has counted since its start.</summary>
    public EntityCounters Counters { get; }

    /// <summary>The partitions that run here, or are about to, in order.</summary>
    public ImmutableArray<int> OpenPartitions() => Partitions.OpenHere();

    /// <summary>Which handlers run just now.</summary>
    internal HandlerWatch Handlers { get; } = new();

    internal PartitionTable Partitions { get; }
}
