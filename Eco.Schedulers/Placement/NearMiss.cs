using System.Collections.Immutable;

namespace Eco.Schedulers.Placement;

/// <summary>An agent that almost matches.</summary>
/// <param name="AgentId">The agent.</param>
/// <param name="Failed">The conditions that it fails, each with what the agent has instead.</param>
public sealed record NearMiss(string AgentId, ImmutableArray<string> Failed)
{
    /// <summary><c>edge-1: role is edge, not cloud</c>.</summary>
    public override string ToString() => $"{AgentId}: {string.Join("; ", Failed)}";
}
