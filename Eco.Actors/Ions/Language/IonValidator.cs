using System.Collections.Immutable;
using Eco.Engines.Abstractions;
using Eco.Schedulers.Placement;

namespace Eco.Actors.Ions.Language;

/// <summary>
/// Checks what concerns more than one part of an ION: graphs, ports, rounds, gates, and selectors against agents. Types and settings of single
/// components are checked where they are read.
/// </summary>
public static partial class IonValidator
{
    private const string MergeGroup = "merge.";

    /// <summary>Checks an ION that need not come from a text.</summary>
    /// <param name="ion">The ION.</param>
    /// <param name="engines">The component types of each engine.</param>
    /// <param name="positions">Where its parts were written.</param>
    public static ImmutableArray<IonDiagnostic> Validate(
        IonDefinition ion,
        IReadOnlyDictionary<string, ImmutableArray<ComponentDescriptor>> engines,
        IonPositions positions)
    {
        var findings = new IonFindings(positions);
        Check(ion, engines, findings, complete: true);
        return findings.InOrder();
    }

    /// <summary>Checks against the agents of a running host that each pipeline finds one.</summary>
    /// <param name="ion">The ION.</param>
    /// <param name="agents">All agents that the host knows.</param>
    /// <param name="positions">Where the ION's parts were written.</param>
    public static ImmutableArray<IonDiagnostic> CheckSelectors(IonDefinition ion, IReadOnlyCollection<AgentProfile> agents, IonPositions positions)
    {
        ArgumentNullException.ThrowIfNull(ion);
        ArgumentNullException.ThrowIfNull(agents);
        var findings = new IonFindings(positions);
        foreach (var node in ion.Nodes)
        {
            if (node.Pipeline is not { } pipeline)
            {
                continue;
            }

            string path = $"{PathOf(node)}.on";
            var match = SelectorMatcher.Match(CriteriaOf(pipeline), agents);
            if (match.Agents.IsEmpty)
            {
                findings.Error(
                    path,
                    $"no agent meets {IonText.Selector(pipeline.On)}, engine {pipeline.Engine}",
                    match.Closest.IsEmpty ? "no agent has joined yet" : $"closest: {string.Join("; or ", match.Closest)}");
            }
            else if (!match.UnknownIds.IsEmpty)
            {
                findings.Warning(path, $"no agent is named {string.Join(", ", match.UnknownIds)}", "the node runs there as soon as it joins");
            }
        }

        return findings.InOrder();
    }

    /// <summary>What a pipeline asks of agents, its engine included.</summary>
    public static AgentCriteria CriteriaOf(PipelineNode pipeline)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        var on = pipeline.On;
        return new AgentCriteria(on.Agents, on.Site, on.Role, on.Labels, on.Capabilities, pipeline.Engine, on.Limit);
    }

    /// <param name="ion">The ION.</param>
    /// <param name="engines">The component types of each engine.</param>
    /// <param name="findings">Where findings go.</param>
    /// <param name="complete">Whether all links could be read; without them some checks would only repeat what is wrong with the links.</param>
    internal static void Check(
        IonDefinition ion,
        IReadOnlyDictionary<string, ImmutableArray<ComponentDescriptor>> engines,
        IonFindings findings,
        bool complete)
    {
        if (ion.Nodes.IsEmpty)
        {
            findings.Error("ion.nodes", "there are no nodes", "write nodes { NAME { ... } }");
        }

        foreach (var node in ion.Nodes)
        {
            if (node.Pipeline is { } pipeline)
            {
                CheckPipeline(ion, node, pipeline, engines, findings, complete);
            }
            else if (node.Policy is { } policy)
            {
                CheckPolicy(ion, node, policy, findings, complete);
            }
        }

        if (complete)
        {
            CheckLinks(ion, findings);
            CheckStarts(ion, findings);
        }
    }

    internal static string PathOf(NodeDefinition node) => $"ion.nodes.{Runtime.Hocon.HoconPath.Render(node.Name)}";

    private static string PathOf(NodeDefinition node, ComponentSpec component) => $"{PathOf(node)}.components.{Runtime.Hocon.HoconPath.Render(component.Name)}";

    private static void CheckPipeline(
        IonDefinition ion,
        NodeDefinition node,
        PipelineNode pipeline,
        IReadOnlyDictionary<string, ImmutableArray<ComponentDescriptor>> engines,
        IonFindings findings,
        bool complete)
    {
        var components = pipeline.Components.Components;
        if (IonGraphs.FindCycle(components.Select(c => c.Name), name => FeedersOf(components, name)) is { } cycle)
        {
            // The graph is walked against the flow; people read it along the flow.
            findings.Error(
                $"{PathOf(node)}.components.{Runtime.Hocon.HoconPath.Render(cycle[0])}",
                $"the components feed each other in a cycle: {string.Join(" -> ", cycle.Reverse())}",
                "cycles go over links between nodes, not within one");
        }

        if (engines.TryGetValue(pipeline.Engine, out var types))
        {
            foreach (var component in components)
            {
                if (types.FirstOrDefault(t => t.Type == component.Type) is { } descriptor)
                {
                    CheckInputs(ion, node, components, component, descriptor, types, findings, complete);
                }
            }
        }

        if (complete)
        {
            CheckRounds(ion, node, pipeline, findings);
        }
    }

    private static IEnumerable<string> FeedersOf(ImmutableArray<ComponentSpec> components, string name) =>
        components.First(c => c.Name == name).Inputs.Values.Select(v => v.Component);

    private static void CheckInputs(
        IonDefinition ion,
        NodeDefinition node,
        ImmutableArray<ComponentSpec> components,
        ComponentSpec component,
        ComponentDescriptor descriptor,
        ImmutableArray<ComponentDescriptor> types,
        IonFindings findings,
        bool complete)
    {
        var end = new LinkEnd(node.Name, component.Name);
        foreach (var input in descriptor.Inputs.Where(i => i.Required && !component.Inputs.ContainsKey(i.Name)))
        {
            bool linkable = input.Type is not (PortType.Rows or PortType.Scores);
            if (linkable && (!complete || ion.Links.Any(l => l.To == end && IonText.PortOf(l.Signal) == input.Type)))
            {
                continue;
            }

            // A component whose 'from' is wrong has an error already; this one would only repeat it.
            string from = $"{PathOf(node, component)}.from";
            if (findings.HasErrorAt(from) || findings.HasErrorAt($"{from}.{input.Name}"))
            {
                continue;
            }

            string feeders = string.Join(" or ", components
                .Where(c => c != component && (types.FirstOrDefault(t => t.Type == c.Type)?.Outputs.Any(o => o.Type == input.Type) ?? false))
                .Select(c => c.Name));
            string inside = feeders.Length > 0 ? $"write from {{ {input.Name} = {feeders} }}" : $"add a component that gives {IonText.Name(input.Type)}";
            findings.Error(
                PathOf(node, component),
                $"nothing feeds the input '{input.Name}' of '{component.Name}' ({component.Type})",
                linkable ? $"{inside}, or link a {IonText.Name(input.Type)} to {end}" : inside);
        }
    }

    private static void CheckRounds(IonDefinition ion, NodeDefinition node, PipelineNode pipeline, IonFindings findings)
    {
        var incoming = ion.Links.Where(l => l.To.Node == node.Name && l.Signal == SignalKind.Model).ToList();
        bool merges = pipeline.Components.Components.Any(c => c.Type.StartsWith(MergeGroup, StringComparison.Ordinal));
        if (pipeline.Rounds is not { } rounds)
        {
            if (merges && incoming.Count > 0)
            {
                findings.Error(PathOf(node), "a node that merges models of others needs 'rounds'", "write rounds { quorum = 2, deadline = 5s, late = fold }, or rounds {} for the defaults");
            }

            return;
        }

        string path = $"{PathOf(node)}.rounds";
        if (!merges)
        {
            findings.Error(path, "only a node with a merge component has rounds", "remove 'rounds', or add a component of the group merge");
        }
        else if (incoming.Count == 0)
        {
            findings.Error(path, "no model is linked to this node, so that its rounds stay empty", $"add a link {{ from = ..., to = {node.Name}, signal = model }}");
        }

        var sources = incoming.Select(l => ion.Nodes.FirstOrDefault(n => n.Name == l.From.Node)?.Pipeline).ToList();
        if (sources.Count > 0 && sources.TrueForAll(s => s is not null && MostAgents(s.On) > 0))
        {
            int most = sources.Sum(s => MostAgents(s!.On));
            if (rounds.Quorum > most)
            {
                findings.Error($"{path}.quorum", $"is {rounds.Quorum}, but at most {most} agents send models to this node", $"0 for all, or 1 to {most}");
            }
        }
    }

    /// <summary>How many agents a selector can choose; 0 when that is not bounded.</summary>
    private static int MostAgents(AgentSelector on) => (on.Agents.Length, on.Limit) switch
    {
        (0, var limit) => limit,
        (var named, 0) => named,
        var (named, limit) => Math.Min(named, limit),
    };

    private static void CheckPolicy(IonDefinition ion, NodeDefinition node, PolicyNode policy, IonFindings findings, bool complete)
    {
        if (policy.Gate is { } gate)
        {
            CheckGate(ion, PathOf(node), gate, findings);
        }

        if (complete && ion.Links.All(l => l.To.Node != node.Name))
        {
            findings.Warning(PathOf(node), $"no model reaches the policy '{node.Name}'", $"add a link {{ from = ..., to = {node.Name}, signal = model }}");
        }
        else if (complete && ion.Links.All(l => l.From.Node != node.Name))
        {
            findings.Warning(PathOf(node), $"what the policy '{node.Name}' passes on goes nowhere", $"add a link {{ from = {node.Name}, to = ..., signal = model }}");
        }
    }

    private static void CheckGate(IonDefinition ion, string path, GateCondition gate, IonFindings findings)
    {
        if (gate.Node.Length == 0 || gate.Statistic.Length == 0)
        {
            return;
        }

        if (ion.Nodes.FirstOrDefault(n => n.Name == gate.Node) is not { } node)
        {
            findings.Error($"{path}.gate.node", $"there is no node '{gate.Node}'", NearestName.Hint(gate.Node, ion.Nodes.Where(n => n.Pipeline is not null).Select(n => n.Name)));
        }
        else if (node.Pipeline is not { } pipeline)
        {
            findings.Error($"{path}.gate.node", $"'{gate.Node}' is a policy and has no statistics", NearestName.Hint(gate.Node, ion.Nodes.Where(n => n.Pipeline is not null).Select(n => n.Name)));
        }
        else if (!pipeline.Components.Components.Any(c => gate.Statistic.StartsWith($"{c.Name}.", StringComparison.Ordinal) && gate.Statistic.Length > c.Name.Length + 1))
        {
            findings.Error(
                $"{path}.gate.statistic",
                $"'{gate.Statistic}' names no component of '{gate.Node}'",
                NearestName.Hint(gate.Statistic.Split('.')[0], pipeline.Components.Components.Select(c => c.Name)) is { } hint ? $"write COMPONENT.METRIC; {hint}" : "write COMPONENT.METRIC");
        }
    }
}
