using System.Globalization;

namespace Eco.Runtime.Cluster;

/// <summary>
/// Names of entities and where they live. An entity id is a path of lower-case names, such as <c>ion/factory/merge</c> or
/// <c>agent/edge-1/1</c>; it outlives processes.
/// </summary>
/// <remarks>
/// Entities below <c>agent/</c> live on the agent with that id, all others in a partition of the server. An agent's entity id ends in its
/// incarnation or continues after it, so that a reinstalled agent is a new pair for every counterpart.
/// </remarks>
public static class EntityAddress
{
    /// <summary>The name of the server in the accounts of a transport; its queues are those of its partitions.</summary>
    public const string Server = "eco.server";

    /// <summary>The alias to which an agent sends when it asks to join.</summary>
    public const string JoinUplink = "eco.up.join";

    /// <summary>No entity id is longer, in characters.</summary>
    public const int MaximumLength = 400;

    private const string AgentPrefix = "agent/";
    private const string AgentQueuePrefix = "eco.agent.";

    /// <summary>The transport address of an agent.</summary>
    public static string OfAgent(string agentId) => AgentQueuePrefix + agentId;

    /// <summary>The name of the host behind an address of a host, as it stands in timestamps: <c>edge-1</c> for <c>eco.agent.edge-1</c>.</summary>
    public static string HostOf(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.StartsWith(AgentQueuePrefix, StringComparison.Ordinal) ? address[AgentQueuePrefix.Length..]
            : address.StartsWith(Server + ".", StringComparison.Ordinal) ? address[(Server.Length + 1)..]
            : address[(address.LastIndexOf('.') + 1)..];
    }

    /// <summary>The transport address at which a server host gets answers of other servers; also its name in the accounts of a transport.</summary>
    public static string OfServer(string host) => $"{Server}.{host}";

    /// <summary>The transport address of a partition of the server.</summary>
    public static string OfPartition(int partition) => string.Create(CultureInfo.InvariantCulture, $"eco.part.{partition}");

    /// <summary>The alias to which an agent that has joined sends: its proxy's partition, wherever that runs.</summary>
    public static string UplinkOf(string agentId) => $"eco.up.{agentId}";

    /// <summary>The id of the agent on which an entity lives; null for one of the server.</summary>
    public static string? AgentOf(string entityId)
    {
        ArgumentNullException.ThrowIfNull(entityId);
        if (!entityId.StartsWith(AgentPrefix, StringComparison.Ordinal))
        {
            return null;
        }

        int end = entityId.IndexOf('/', AgentPrefix.Length);
        return end < 0 ? entityId[AgentPrefix.Length..] : entityId[AgentPrefix.Length..end];
    }

    /// <summary>The incarnation of the agent to which an entity belongs; null for an agent's identity, and for entities of the server.</summary>
    public static long? IncarnationOf(string entityId)
    {
        ArgumentNullException.ThrowIfNull(entityId);
        string[] names = entityId.Split('/', 4);
        return names.Length > 2
            && entityId.StartsWith(AgentPrefix, StringComparison.Ordinal)
            && long.TryParse(names[2], NumberStyles.None, CultureInfo.InvariantCulture, out long incarnation)
                ? incarnation
                : null;
    }

    /// <summary>
    /// Whether a text can be an entity's id: names of ASCII letters, digits, <c>.</c>, <c>_</c> and <c>-</c>, parted by <c>/</c>, at most
    /// <see cref="MaximumLength"/> characters.
    /// </summary>
    public static bool IsWellFormed(string entityId)
    {
        ArgumentNullException.ThrowIfNull(entityId);
        return entityId.Length <= MaximumLength
            && entityId.Split('/').All(name => name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-'));
    }
}
