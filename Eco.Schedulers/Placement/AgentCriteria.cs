using System.Collections.Immutable;

namespace Eco.Schedulers.Placement;

/// <summary>What is asked of agents. An agent matches when it meets every condition given; an empty or null condition asks nothing.</summary>
/// <param name="Ids">Explicit agent ids.</param>
/// <param name="Site">The agent's site.</param>
/// <param name="Role">The agent's role.</param>
/// <param name="Labels">Labels that must be present with these values.</param>
/// <param name="Capabilities">Capabilities that must be present.</param>
/// <param name="Engine">An engine that the agent must have.</param>
/// <param name="Limit">At most so many agents, the first by id; 0 for all.</param>
public sealed record AgentCriteria(
    ImmutableArray<string> Ids,
    string? Site,
    string? Role,
    ImmutableSortedDictionary<string, string> Labels,
    ImmutableArray<string> Capabilities,
    string? Engine,
    int Limit);
