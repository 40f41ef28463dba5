using System.Collections.Immutable;
using Eco.Actors.Agents;
using Eco.Actors.Console;
using Eco.Actors.Ions.Language;
using Eco.Actors.Ions.Nodes;
using Eco.Runtime.Cluster;
using Eco.Schedulers.Placement;

namespace Eco.Actors.Ions;

/// <summary>An ION on the server: its definition, the agents it knows, and what each node maps to.</summary>
/// <param name="Version">0 before the first submission.</param>
/// <param name="Definition">The running definition; null before the first submission and after deletion.</param>
/// <param name="Source">Its HOCON text.</param>
/// <param name="Held">Whether it is paused.</param>
/// <param name="Completed">Whether every node has finished.</param>
/// <param name="Agents">The agents it knows.</param>
/// <param name="Mapping">For each pipeline node its agents.</param>
/// <param name="Finished">Nodes that have finished.</param>
public sealed record IonState(
    int Version,
    IonDefinition? Definition,
    string Source,
    bool Held,
    bool Completed,
    ImmutableSortedDictionary<string, AgentProfile> Agents,
    ImmutableSortedDictionary<string, ImmutableArray<string>> Mapping,
    ImmutableArray<string> Finished)
{
    /// <summary>Why a definition with a strong link is refused.</summary>
    public const string StrongRefusal = "strong needs rollouts, which this version does not have";

    /// <summary>Before any event.</summary>
    public static IonState Empty { get; } = new(
        0,
        null,
        string.Empty,
        false,
        false,
        ImmutableSortedDictionary<string, AgentProfile>.Empty,
        ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty,
        []);

    /// <summary>Decides on a command.</summary>
    /// <param name="id">The ION's id.</param>
    /// <param name="command">A console's command or a durable message.</param>
    public Decision Decide(string id, object command) => command switch
    {
        SubmitIon submit => Submit(id, submit),
        PauseIon => Hold(id, held: true),
        ResumeIon => Hold(id, held: false),
        DeleteIon => Delete(id),
        AgentAvailable available => SeeAgent(id, available.Profile),
        NodeFinished finished => Finish(finished),
        DescribeIon => Decision.Answer(new IonDescribed(Definition)),
        _ => throw new InvalidOperationException($"{command.GetType().Name} is no command of an ION"),
    };

    /// <summary>The state after an event.</summary>
    public IonState Apply(object @event) => @event switch
    {
        IonSubmitted e => this with { Version = e.Version, Definition = e.Definition, Source = e.Source, Completed = false },
        IonHoldChanged e => this with { Held = e.Held },
        IonDeleted => Empty with { Version = Version },
        IonAgentSeen e => this with { Agents = Agents.SetItem(e.Profile.Id, e.Profile) },
        NodesMapped e => this with { Mapping = e.Agents },
        IonNodeFinished e => this with
        {
            Finished = e.Finished ? Finished.Remove(e.Node).Add(e.Node) : Finished.Remove(e.Node),
            Completed = Completed && e.Finished,
        },
        IonCompleted => this with { Completed = true },
        _ => this,
    };

    private Decision Submit(string id, SubmitIon submit)
    {
        if (submit.Definition.Links.Any(link => link.Consistency == ConsistencyLevel.Strong))
        {
            return Decision.Answer(new IonRefused(
                ConsoleErrorCodes.Refused, StrongRefusal, "use consistency = eventual, or weak where an agent may skip versions"));
        }

        ImmutableArray<string> changes = Definition is null
            ? [$"new ION with {submit.Definition.Nodes.Length} nodes and {submit.Definition.Links.Length} links"]
            : [.. IonDiff.Compare(Definition, submit.Definition).Select(change => change.ToString())];
        if (changes.IsEmpty)
        {
            return Decision.Answer(new IonAccepted(id, Version, []));
        }

        var submitted = new IonSubmitted(Version + 1, submit.Definition, submit.Source, changes);
        Decision decision = Decision.Of(submitted).Replying(new IonAccepted(id, submitted.Version, changes));
        if (Definition is null)
        {
            decision = decision.Send(AgentDirectoryActor.Id, new TrackAgents(id));
        }

        foreach (NodeDefinition gone in (Definition?.Nodes ?? []).Where(node =>
            submit.Definition.Nodes.All(next => next.Name != node.Name)))
        {
            decision = decision.Send(IonNodeActor.IdOf(id, gone.Name), new RetireNode());
            if (Finished.Contains(gone.Name))
            {
                decision = decision.And(new IonNodeFinished(gone.Name, false));
            }
        }

        decision = decision.Then(Apply(submitted).Configure(id, always: true));
        if (Held)
        {
            // A new version does not end a pause, and its new nodes take part in it.
            decision = submit.Definition.Nodes.Where(node => !Knows(node.Name)).Aggregate(
                decision.And(new IonHoldChanged(true)),
                (current, node) => current.Send(IonNodeActor.IdOf(id, node.Name), new HoldNode()));
        }

        // Nodes that have finished and stay as they are will not say so again.
        return submit.Definition.Nodes.All(node => Finished.Contains(node.Name) && Canonical.Same(node, Find(node.Name)))
            ? decision.And(new IonCompleted())
            : decision;
    }

    private bool Knows(string node) => Find(node) is not null;

    private NodeDefinition? Find(string node) => Definition?.Nodes.FirstOrDefault(known => known.Name == node);

    private Decision Hold(string id, bool held)
    {
        if (Definition is not { } definition)
        {
            return Unknown(id);
        }

        Decision decision = Decision.Answer(new IonAccepted(id, Version, Held == held ? [] : [held ? "paused" : "resumed"]));
        if (Held == held)
        {
            return decision;
        }

        decision = decision.And(new IonHoldChanged(held));
        object order = held ? new HoldNode() : new ReleaseNode();
        return definition.Nodes.Aggregate(decision, (current, node) => current.Send(IonNodeActor.IdOf(id, node.Name), order));
    }

    private Decision Delete(string id)
    {
        if (Definition is not { } definition)
        {
            return Unknown(id);
        }

        Decision decision = Decision.Of(new IonDeleted(id))
            .Replying(new IonAccepted(id, Version, ["deleted"]))
            .Send(AgentDirectoryActor.Id, new UntrackAgents(id));
        return definition.Nodes.Aggregate(
            decision, (current, node) => current.Send(IonNodeActor.IdOf(id, node.Name), new RetireNode()));
    }

    private Decision SeeAgent(string id, AgentProfile profile)
    {
        if (Definition is null)
        {
            return Decision.Nothing;
        }

        var seen = new IonAgentSeen(profile);
        return Decision.Of(seen).Then(Apply(seen).Configure(id, always: false));
    }

    private Decision Finish(NodeFinished finished)
    {
        if (Definition is not { } definition || definition.Nodes.All(node => node.Name != finished.Node))
        {
            return Decision.Nothing;
        }

        var moved = new IonNodeFinished(finished.Node, finished.Finished);
        IonState after = Apply(moved);
        Decision decision = Decision.Of(moved);
        if (Completed && !finished.Finished)
        {
            // An agent has joined, or the node is to run again.
            decision = decision.And(new IonHoldChanged(Held));
        }

        return !after.Completed && definition.Nodes.All(node => after.Finished.Contains(node.Name))
            ? decision.And(new IonCompleted())
            : decision;
    }

    private static Decision Unknown(string id) => Decision.Answer(
        new IonRefused(ConsoleErrorCodes.NotFound, $"no ION '{id}' runs here", "see eco ion list"));

    /// <summary>Maps every node to agents and tells the nodes what they are.</summary>
    /// <param name="id">The ION's id.</param>
    /// <param name="always">Whether nodes are told even if the mapping is as before (the definition has changed).</param>
    private Decision Configure(string id, bool always)
    {
        IonDefinition definition = Definition!;
        ImmutableSortedDictionary<string, ImmutableArray<string>> mapping = definition.Nodes
            .Where(node => node.Pipeline is not null)
            .ToImmutableSortedDictionary(node => node.Name, node => MapNode(node.Pipeline!), StringComparer.Ordinal);
        bool moved = !Canonical.Same(Mapping, mapping);
        if (!moved && !always)
        {
            return Decision.Nothing;
        }

        Decision decision = moved ? Decision.Of(new NodesMapped(mapping)) : Decision.Nothing;
        foreach (NodeDefinition node in definition.Nodes)
        {
            decision = decision.Send(IonNodeActor.IdOf(id, node.Name), ConfigurationOf(definition, node, mapping));
        }

        return decision;
    }

    private ImmutableArray<string> MapNode(PipelineNode node) =>
        [.. SelectorMatcher.Match(IonValidator.CriteriaOf(node), Agents.Values).Agents.Select(agent => agent.Id)];

    private ConfigureNode ConfigurationOf(
        IonDefinition definition,
        NodeDefinition node,
        ImmutableSortedDictionary<string, ImmutableArray<string>> mapping)
    {
        ImmutableArray<LinkDefinition> incoming = [.. definition.Links.Where(link => link.To.Node == node.Name)];
        ImmutableArray<LinkDefinition> outgoing = [.. definition.Links.Where(link => link.From.Node == node.Name)];
        IEnumerable<string> upstream = node.Pipeline?.Rounds is null
            ? []
            : incoming.Where(link => link.Signal == SignalKind.Model)
                .SelectMany(link => mapping.GetValueOrDefault(link.From.Node, []))
                .Distinct()
                .Order(StringComparer.Ordinal);
        IEnumerable<string> mergers = outgoing
            .Select(link => link.To.Node)
            .Distinct()
            .Where(target => definition.Nodes.Any(other => other.Name == target && other.Pipeline?.Rounds is not null));
        return new ConfigureNode(
            definition.Id, Version, node, incoming, outgoing, mapping.GetValueOrDefault(node.Name, []), [.. upstream], [.. mergers]);
    }
}
