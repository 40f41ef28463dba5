using System.Collections.Immutable;
using Eco.Actors.Agents;
using Eco.Actors.Ions.Rounds;
using Eco.Actors.Models;

namespace Eco.Actors.Ions.Nodes;

/// <summary>What the server knows of one ION node. Its decisions are in <see cref="IonNodeDecisions"/>.</summary>
/// <param name="Configuration">What the node is; null before the first configuration and after retirement.</param>
/// <param name="Generation">Raised when what agents run has changed.</param>
/// <param name="Held">Whether its steps are paused.</param>
/// <param name="FinishedFeeders">Nodes that feed this one and have finished.</param>
/// <param name="Completed">Whether it has said that it is finished.</param>
/// <param name="Instances">Its life cycle on each agent.</param>
/// <param name="InactiveUpstream">Upstream agents that send no more.</param>
/// <param name="Rounds">Its merge rounds.</param>
/// <param name="Runs">How many runs were asked for.</param>
/// <param name="Propagated">The newest model sent to each component, for agents that join later.</param>
/// <param name="Waiting">Models that wait for a decision, by version.</param>
public sealed record IonNodeState(
    ConfigureNode? Configuration,
    long Generation,
    bool Held,
    ImmutableArray<string> FinishedFeeders,
    bool Completed,
    ImmutableSortedDictionary<string, NodeInstanceView> Instances,
    ImmutableArray<string> InactiveUpstream,
    MergeRoundsState Rounds,
    long Runs,
    ImmutableSortedDictionary<string, ModelReference> Propagated,
    ImmutableSortedDictionary<long, ModelReference> Waiting)
{
    /// <summary>At most so many models wait for a decision; older ones are rejected as superseded.</summary>
    public const int MaximumWaiting = 100;

    /// <summary>Before any event.</summary>
    public static IonNodeState Empty { get; } = new(
        null,
        0,
        false,
        [],
        false,
        ImmutableSortedDictionary<string, NodeInstanceView>.Empty,
        [],
        MergeRoundsState.Empty,
        0,
        ImmutableSortedDictionary<string, ModelReference>.Empty,
        ImmutableSortedDictionary<long, ModelReference>.Empty);

    /// <summary>The upstream agents whose updates are expected now.</summary>
    public ImmutableArray<string> ExpectedUpstream =>
        Configuration is null ? [] : [.. Configuration.Upstream.Where(agent => !InactiveUpstream.Contains(agent))];

    /// <summary>The agent that would do a run's arithmetic: the first that has the node, else the first that is mapped.</summary>
    public string? Merger => Configuration is null
        ? null
        : Configuration.Agents.FirstOrDefault(agent =>
            Instances.GetValueOrDefault(agent)?.State is InstanceState.Deployed or InstanceState.Running)
            ?? Configuration.Agents.FirstOrDefault();

    /// <summary>Whether all its instances have exhausted their sources.</summary>
    public bool AllSucceeded =>
        Instances.Count > 0 && Instances.Values.All(instance => instance.State == InstanceState.Succeeded);

    /// <summary>
    /// Whether there is nothing left to do: a streaming node whose instances have all succeeded; a policy or event node with nothing open
    /// when all that feeds it has finished. A scheduled node never ends.
    /// </summary>
    public bool IsFinished => Configuration?.Definition.Pipeline?.Run.Kind switch
    {
        RunKind.Continuous => AllSucceeded,
        RunKind.Schedule => false,
        _ => Configuration is not null
            && Rounds.IsIdle
            && Waiting.IsEmpty
            && Configuration.Incoming.All(link => FinishedFeeders.Contains(link.From.Node)),
    };

    /// <summary>The state after an event.</summary>
    public IonNodeState Apply(object @event) => @event switch
    {
        NodeConfigured e => this with
        {
            Configuration = e.Configuration,
            Generation = e.Generation,
            Instances = Map(e.Configuration.Agents, e.Generation != Generation),
        },
        NodeHoldChanged e => this with { Held = e.Held },
        NodeRetired => Empty with { Generation = Generation, Rounds = Rounds with { Open = null, Merging = null }, Runs = Runs },
        FeederMoved e => this with
        {
            FinishedFeeders = Toggle(FinishedFeeders, e.Node, e.Finished),
        },
        NodeCompletionChanged e => this with { Completed = e.Finished },
        InstanceMoved e => this with { Instances = Instances.SetItem(e.Agent, new NodeInstanceView(e.State, e.Detail)) },
        UpstreamMoved e => this with
        {
            InactiveUpstream = Toggle(InactiveUpstream, e.Agent, !e.Active),
        },
        RunAsked e => this with { Runs = e.RunId },
        ModelPropagated e => this with { Propagated = Propagated.SetItem(e.Component, e.Model) },
        ModelHeld e => this with { Waiting = Waiting.SetItem(e.Model.Version, e.Model) },
        ModelDecided e => this with { Waiting = Waiting.Remove(e.Model.Version) },
        _ => this with { Rounds = Rounds.Apply(@event) },
    };

    private static ImmutableArray<string> Toggle(ImmutableArray<string> set, string item, bool present) =>
        !present ? set.Remove(item) : set.Contains(item) ? set : set.Add(item);

    private ImmutableSortedDictionary<string, NodeInstanceView> Map(ImmutableArray<string> agents, bool afresh) =>
        agents.ToImmutableSortedDictionary(
            agent => agent,
            agent => afresh ? NodeInstanceView.Pending : Instances.GetValueOrDefault(agent) ?? NodeInstanceView.Pending,
            StringComparer.Ordinal);
}

/// <summary>The life cycle of a node on one agent, as last reported.</summary>
public sealed record NodeInstanceView(InstanceState State, string Detail)
{
    /// <summary>Not yet heard of.</summary>
    public static NodeInstanceView Pending { get; } = new(InstanceState.Pending, string.Empty);
}
