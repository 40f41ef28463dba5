using System.Collections.Immutable;

namespace Eco.Schedulers.Placement;

/// <summary>What an agent says of itself when it joins; selectors are matched against it.</summary>
/// <param name="Id">The agent's id: <c>^[a-z0-9][a-z0-9._-]{0,63}$</c>.</param>
/// <param name="Site">The place with its own network that it stands in.</param>
/// <param name="Role">Its role, such as <c>edge</c> or <c>cloud</c>.</param>
/// <param name="Labels">Free labels.</param>
/// <param name="Capabilities">Free capabilities, such as <c>gpu</c>.</param>
/// <param name="Engines">The engines it has.</param>
public sealed record AgentProfile(
    string Id,
    string Site,
    string Role,
    ImmutableSortedDictionary<string, string> Labels,
    ImmutableArray<string> Capabilities,
    ImmutableArray<string> Engines);
