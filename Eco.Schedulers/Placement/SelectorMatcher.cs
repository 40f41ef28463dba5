using System.Collections.Immutable;

namespace Eco.Schedulers.Placement;

/// <summary>Matches criteria against agents. A pure function: the same agents, in whatever order, give the same answer.</summary>
public static class SelectorMatcher
{
    private const int ClosestShown = 3;

    /// <summary>Finds the agents that meet every condition, and those that came closest when none does.</summary>
    public static SelectorMatch Match(AgentCriteria criteria, IEnumerable<AgentProfile> agents)
    {
        ArgumentNullException.ThrowIfNull(criteria);
        var judged = agents
            .OrderBy(a => a.Id, StringComparer.Ordinal)
            .Select(a => (Agent: a, Failed: Failures(criteria, a)))
            .ToList();
        var matching = judged.Where(j => j.Failed.IsEmpty).Select(j => j.Agent);
        var chosen = (criteria.Limit > 0 ? matching.Take(criteria.Limit) : matching).ToImmutableArray();
        ImmutableArray<string> unknown = [.. criteria.Ids.Where(id => judged.TrueForAll(j => j.Agent.Id != id)).Order(StringComparer.Ordinal)];
        if (!chosen.IsEmpty || judged.Count == 0)
        {
            return new SelectorMatch(chosen, [], unknown);
        }

        int fewest = judged.Min(j => j.Failed.Length);
        var closest = judged.Where(j => j.Failed.Length == fewest).Take(ClosestShown).Select(j => new NearMiss(j.Agent.Id, j.Failed));
        return new SelectorMatch([], [.. closest], unknown);
    }

    private static ImmutableArray<string> Failures(AgentCriteria criteria, AgentProfile agent)
    {
        var failed = ImmutableArray.CreateBuilder<string>();
        if (!criteria.Ids.IsEmpty && !criteria.Ids.Contains(agent.Id))
        {
            failed.Add($"id is not among {string.Join(", ", criteria.Ids)}");
        }

        if (criteria.Site is { } site && site != agent.Site)
        {
            failed.Add($"site is {agent.Site}, not {site}");
        }

        if (criteria.Role is { } role && role != agent.Role)
        {
            failed.Add($"role is {agent.Role}, not {role}");
        }

        foreach (var (label, value) in criteria.Labels)
        {
            if (!agent.Labels.TryGetValue(label, out string? has))
            {
                failed.Add($"label {label} is missing, not {value}");
            }
            else if (has != value)
            {
                failed.Add($"label {label} is {has}, not {value}");
            }
        }

        foreach (string capability in criteria.Capabilities.Where(c => !agent.Capabilities.Contains(c)))
        {
            failed.Add($"capability {capability} is missing");
        }

        if (criteria.Engine is { } engine && !agent.Engines.Contains(engine))
        {
            failed.Add($"engine {engine} is missing");
        }

        return failed.ToImmutable();
    }
}
