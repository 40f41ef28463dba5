namespace Eco.Runtime.Cluster;

/// <summary>
/// Names of entities and where they live. An entity id is a path of lower-case names, such as <c>ion/factory/merge</c> or
/// <c>agent/edge-1/1</c>; it outlives processes.
/// </summary>
/// <remarks>
/// Entities below <c>agent/</c> live on the agent with that id, all others on the server. An agent's entity id ends in its
/// incarnation or continues after it, so that a reinstalled agent is a new pair for every counterpart.
/// </remarks>
public static class EntityAddress
{
    /// <summary>The transport address of the server.</summary>
    public const string Server = "eco.server";

    /// <summary>No entity id is longer, in characters.</summary>
    public const int MaximumLength = 400;

    private const string AgentPrefix = "agent/";

    /// <summary>The transport address of an agent.</summary>
    public static string OfAgent(string agentId) => $"eco.agent.{agentId}";

    /// <summary>The transport address of the host on which an entity lives.</summary>
    public static string HostOf(string entityId)
    {
        ArgumentNullException.ThrowIfNull(entityId);
        if (!entityId.StartsWith(AgentPrefix, StringComparison.Ordinal))
        {
            return Server;
        }

        int end = entityId.IndexOf('/', AgentPrefix.Length);
        return OfAgent(end < 0 ? entityId[AgentPrefix.Length..] : entityId[AgentPrefix.Length..end]);
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
