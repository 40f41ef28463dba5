using System.Collections.Immutable;
using Eco.Engines.Abstractions;

namespace Eco.Actors.Ions;

/// <summary>
/// An application: an Intelligent Overlay Network, the two-level graph of pipelines, policies and messages of ECO, section 4.1. What the user
/// wrote, checked and with all defaults filled in. Immutable; compared by value for <c>eco ion diff</c>.
/// </summary>
/// <param name="Id">Unique on a server: <c>^[a-z0-9][a-z0-9._-]{0,63}$</c>.</param>
/// <param name="Title">One line for people.</param>
/// <param name="Nodes">The upper level: pipelines and policies, in the order of the file.</param>
/// <param name="Links">Typed signals between nodes.</param>
public sealed record IonDefinition(
    string Id,
    string Title,
    ImmutableArray<NodeDefinition> Nodes,
    ImmutableArray<LinkDefinition> Links);

/// <summary>A node of an ION's upper level. Exactly one of <see cref="Pipeline"/> and <see cref="Policy"/> is present.</summary>
/// <param name="Name">Unique within the ION, same form as an ION's id.</param>
/// <param name="Pipeline">For a node that runs on agents.</param>
/// <param name="Policy">For a node that decides on the server.</param>
public sealed record NodeDefinition(string Name, PipelineNode? Pipeline, PolicyNode? Policy);

/// <summary>A node that runs a pipeline on one or many agents.</summary>
/// <param name="Engine">The engine's name.</param>
/// <param name="On">Which agents run it.</param>
/// <param name="Run">When it runs.</param>
/// <param name="Components">The lower level.</param>
/// <param name="Rounds">Present where the node merges models of others in rounds.</param>
/// <param name="Relaunch">What happens when it fails.</param>
public sealed record PipelineNode(
    string Engine,
    AgentSelector On,
    RunMode Run,
    PipelineSpec Components,
    MergeRounds? Rounds,
    RelaunchPolicy Relaunch);

/// <summary>Which agents a node maps to: all that meet every condition given.</summary>
/// <param name="Agents">Explicit agent ids, or empty.</param>
/// <param name="Site">The agent's site, or null.</param>
/// <param name="Role">The agent's role, or null.</param>
/// <param name="Labels">Labels that must be present with these values.</param>
/// <param name="Capabilities">Capabilities that must be present, such as <c>gpu</c>.</param>
/// <param name="Limit">At most so many agents, chosen by id order; 0 for all.</param>
public sealed record AgentSelector(
    ImmutableArray<string> Agents,
    string? Site,
    string? Role,
    ImmutableSortedDictionary<string, string> Labels,
    ImmutableArray<string> Capabilities,
    int Limit);

/// <summary>How a node is started, as the paper's 4.1 has it: on a schedule (batch), continuously (streaming) or by an event.</summary>
public enum RunKind
{
    /// <summary>Streaming: a step follows the last one, at least <see cref="RunMode.Every"/> apart.</summary>
    Continuous,

    /// <summary>Batch: a run at each firing of a schedule that the agent evaluates.</summary>
    Schedule,

    /// <summary>A run for each triggering signal.</summary>
    Event,
}

/// <summary>What happens when a schedule fires while the last run still goes on.</summary>
public enum OverlapPolicy
{
    /// <summary>The firing is left out and counted.</summary>
    Skip,

    /// <summary>One firing waits.</summary>
    Queue,
}

/// <summary>When a node runs.</summary>
/// <param name="Kind">Continuously, on a schedule, or on an event.</param>
/// <param name="Every">Continuous: the least time between step starts. Schedule: the interval, when no cron expression is given.</param>
/// <param name="Cron">Schedule: a cron expression of 5 or 6 fields (UTC), or null.</param>
/// <param name="Overlap">Schedule: see <see cref="OverlapPolicy"/>.</param>
/// <param name="Steps">Schedule and event: steps per run; 0 until the source is exhausted.</param>
/// <param name="Signal">Event: the kind of signal that starts a run.</param>
public sealed record RunMode(
    RunKind Kind,
    TimeSpan Every,
    string? Cron,
    OverlapPolicy Overlap,
    int Steps,
    SignalKind? Signal);

/// <summary>What becomes of a model that arrives after its round has closed.</summary>
public enum LateUpdatePolicy
{
    /// <summary>It counts in the round that is open when it arrives.</summary>
    Fold,

    /// <summary>It is recorded and left out.</summary>
    Discard,
}

/// <summary>Merge rounds: which updates are merged together and when.</summary>
/// <param name="Quorum">The least number of agents whose updates a round needs; 0 means all that are expected.</param>
/// <param name="Deadline">A round that has its quorum closes this long after it opened, whoever is missing. One without is void.</param>
/// <param name="Late">What becomes of late updates.</param>
public sealed record MergeRounds(int Quorum, TimeSpan Deadline, LateUpdatePolicy Late);

/// <summary>What an agent does when a pipeline fails: relaunch with exponential back-off, then quarantine.</summary>
/// <param name="MinBackoff">The first pause.</param>
/// <param name="MaxBackoff">No pause is longer.</param>
/// <param name="MaxFailures">After so many failures in a row the pipeline is quarantined, with the reason.</param>
public sealed record RelaunchPolicy(TimeSpan MinBackoff, TimeSpan MaxBackoff, int MaxFailures)
{
    /// <summary>1 s doubling to 60 s, quarantined after 5 (papers.md, section 1a).</summary>
    public static RelaunchPolicy Default { get; } = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60), 5);
}

/// <summary>The policies that this version knows.</summary>
public enum PolicyKind
{
    /// <summary>Holds each model until an operator approves or rejects it.</summary>
    Approval,

    /// <summary>Passes a model on only when a statistic meets a bound.</summary>
    Gate,
}

/// <summary>A node that decides on the server.</summary>
/// <param name="Kind">Which policy.</param>
/// <param name="Gate">The bound of a <see cref="PolicyKind.Gate"/>.</param>
public sealed record PolicyNode(PolicyKind Kind, GateCondition? Gate);

/// <summary>A bound on a statistic.</summary>
/// <param name="Node">The ION node whose statistic is looked at.</param>
/// <param name="Statistic">Its name, <c>component.metric</c>.</param>
/// <param name="Comparison">How the statistic's latest mean over agents compares.</param>
/// <param name="Bound">With what it is compared.</param>
public sealed record GateCondition(string Node, string Statistic, GateComparison Comparison, double Bound);

/// <summary>How a gate compares.</summary>
public enum GateComparison
{
    /// <summary>The statistic must not exceed the bound.</summary>
    AtMost,

    /// <summary>The statistic must not fall below the bound.</summary>
    AtLeast,
}

/// <summary>What a link carries.</summary>
public enum SignalKind
{
    /// <summary>A model.</summary>
    Model,

    /// <summary>Statistics of a node.</summary>
    Statistics,

    /// <summary>Something that happened.</summary>
    Event,

    /// <summary>Something that wants attention.</summary>
    Alert,
}

/// <summary>The consistency of updates over a link; reliability.md 2.1 defines each level.</summary>
public enum ConsistencyLevel
{
    /// <summary>Latest wins: an agent may skip versions or lag; nothing blocks.</summary>
    Weak,

    /// <summary>Every reachable agent gets to the newest version; versions never go backwards.</summary>
    Eventual,

    /// <summary>All named targets or none. Needs rollouts, which this version does not have.</summary>
    Strong,
}

/// <summary>A typed signal from one node to another.</summary>
/// <param name="From">The emitting end.</param>
/// <param name="To">The receiving end.</param>
/// <param name="Signal">What it carries.</param>
/// <param name="Consistency">How updates over it are propagated.</param>
public sealed record LinkDefinition(LinkEnd From, LinkEnd To, SignalKind Signal, ConsistencyLevel Consistency);

/// <summary>One end of a link.</summary>
/// <param name="Node">The ION node.</param>
/// <param name="Component">The component inside a pipeline node; null for a policy node, or where the whole node is meant (events).</param>
public sealed record LinkEnd(string Node, string? Component)
{
    /// <inheritdoc/>
    public override string ToString() => Component is null ? Node : $"{Node}.{Component}";
}
