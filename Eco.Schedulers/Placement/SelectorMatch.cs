using System.Collections.Immutable;

namespace Eco.Schedulers.Placement;

/// <summary>Which agents meet criteria.</summary>
/// <param name="Agents">The agents, by id.</param>
/// <param name="Closest">When none matches: those that fail the fewest conditions, by id.</param>
/// <param name="UnknownIds">Explicit ids that no agent has.</param>
public sealed record SelectorMatch(ImmutableArray<AgentProfile> Agents, ImmutableArray<NearMiss> Closest, ImmutableArray<string> UnknownIds);
