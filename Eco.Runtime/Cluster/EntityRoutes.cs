using Eco.Runtime.Persistence;

namespace Eco.Runtime.Cluster;

/// <summary>Which entities a host's role has, in which partitions, and where frames to all others go. Follows from names alone.</summary>
public abstract class EntityRoutes
{
    private protected EntityRoutes(int partitionCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(partitionCount, 1);
        PartitionCount = partitionCount;
    }

    /// <summary>How many partitions the role's database has.</summary>
    public int PartitionCount { get; }

    /// <summary>How a partition's queue is received.</summary>
    public abstract SubscriptionMode Mode { get; }

    /// <summary>The routes of a server: partitions, each with a queue, any of which may run on any server host.</summary>
    /// <param name="partitionCount">How many partitions.</param>
    /// <param name="aliasOf">The alias by which an agent reaches an entity; null for an entity that no agent sends to.</param>
    public static EntityRoutes OfServer(int partitionCount, Func<string, string?> aliasOf) => new ServerRoutes(partitionCount, aliasOf);

    /// <summary>The routes of an agent: one partition, received by this host alone; an agent sends to two aliases and nowhere else.</summary>
    public static EntityRoutes OfAgent(string agentId) => new AgentRoutes(agentId);

    /// <summary>Whether an entity is one of this role, here or on another host of the same database.</summary>
    public abstract bool IsOwn(string entityId);

    /// <summary>The address to which a frame goes.</summary>
    public abstract string AddressOf(string from, string to);

    /// <summary>The address of a partition's queue.</summary>
    public abstract string QueueOf(int partition);

    /// <summary>The alias that the owner of an entity binds to its partition's queue; null for none.</summary>
    public abstract string? AliasOf(string entityId);

    private sealed class ServerRoutes(int partitionCount, Func<string, string?> aliasOf) : EntityRoutes(partitionCount)
    {
        public override SubscriptionMode Mode => SubscriptionMode.SingleActive;

        public override bool IsOwn(string entityId) => EntityAddress.AgentOf(entityId) is null;

        public override string AddressOf(string from, string to) => EntityAddress.AgentOf(to) is { } agent
            ? EntityAddress.OfAgent(agent)
            : QueueOf(Partitioning.PartitionOf(to, PartitionCount));

        public override string QueueOf(int partition) => EntityAddress.OfPartition(partition);

        public override string? AliasOf(string entityId) => aliasOf(entityId);
    }

    private sealed class AgentRoutes(string agentId) : EntityRoutes(1)
    {
        private readonly string _identity = "agent/" + agentId;

        public override SubscriptionMode Mode => SubscriptionMode.Exclusive;

        public override bool IsOwn(string entityId) => EntityAddress.AgentOf(entityId) == agentId;

        // The identity exists before the server knows the agent: what it says goes where joining is heard.
        public override string AddressOf(string from, string to) =>
            from == _identity ? EntityAddress.JoinUplink : EntityAddress.UplinkOf(agentId);

        public override string QueueOf(int partition) => EntityAddress.OfAgent(agentId);

        public override string? AliasOf(string entityId) => null;
    }
}
