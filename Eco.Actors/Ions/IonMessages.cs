using System.Collections.Immutable;
using Eco.Actors.Models;
using Eco.Runtime.Persistence;
using Eco.Schedulers.Placement;

namespace Eco.Actors.Ions;

/// <summary>To an <see cref="IonActor"/>, local: run this definition. Answered with <see cref="IonAccepted"/> or <see cref="IonRefused"/>.</summary>
/// <param name="Definition">Validated.</param>
/// <param name="Source">The HOCON text.</param>
public sealed record SubmitIon(IonDefinition Definition, string Source);

/// <summary>To an <see cref="IonActor"/>, local: hold all nodes.</summary>
public sealed record PauseIon;

/// <summary>To an <see cref="IonActor"/>, local: go on.</summary>
public sealed record ResumeIon;

/// <summary>To an <see cref="IonActor"/>, local: stop and forget all nodes; history stays.</summary>
public sealed record DeleteIon;

/// <summary>To an <see cref="IonActor"/>, local: what runs? Answered with <see cref="IonDescribed"/>.</summary>
public sealed record DescribeIon;

/// <summary>The running definition, or null.</summary>
public sealed record IonDescribed(IonDefinition? Definition);

/// <summary>The command was carried out.</summary>
/// <param name="Ion">The ION.</param>
/// <param name="Version">Its version now.</param>
/// <param name="Changes">What changed, a line each; empty if nothing did.</param>
public sealed record IonAccepted(string Ion, int Version, ImmutableArray<string> Changes);

/// <summary>The command was refused; nothing changed.</summary>
/// <param name="Code">One of the console's error codes.</param>
/// <param name="Cause">Why.</param>
/// <param name="Cure">What to do.</param>
public sealed record IonRefused(string Code, string Cause, string Cure);

/// <summary>Directory to ION, durable: an agent is known, or its profile changed.</summary>
public sealed record AgentAvailable(AgentProfile Profile);

/// <summary>ION to directory, durable: tell me of all agents, now and later.</summary>
public sealed record TrackAgents(string Ion);

/// <summary>ION to directory, durable: no longer.</summary>
public sealed record UntrackAgents(string Ion);

/// <summary>Proxy to directory, durable: an agent has joined or changed.</summary>
public sealed record AgentAnnounced(AgentProfile Profile, long Incarnation);

/// <summary>ION to one of its nodes, durable: this is what you are.</summary>
/// <param name="Ion">The ION.</param>
/// <param name="IonVersion">Its version.</param>
/// <param name="Definition">The node.</param>
/// <param name="Incoming">Links that end at it.</param>
/// <param name="Outgoing">Links that begin at it.</param>
/// <param name="Agents">The agents that it maps to, in ordinal order; empty for a policy.</param>
/// <param name="Upstream">For a merging node: the agents that its models come from.</param>
/// <param name="MergeTargets">The nodes among its targets that merge: an update for them needs no version.</param>
public sealed record ConfigureNode(
    string Ion,
    int IonVersion,
    NodeDefinition Definition,
    ImmutableArray<LinkDefinition> Incoming,
    ImmutableArray<LinkDefinition> Outgoing,
    ImmutableArray<string> Agents,
    ImmutableArray<string> Upstream,
    ImmutableArray<string> MergeTargets);

/// <summary>ION to node, durable: take no further steps.</summary>
public sealed record HoldNode;

/// <summary>ION to node, durable: go on.</summary>
public sealed record ReleaseNode;

/// <summary>ION to node, durable: stop everywhere and forget.</summary>
public sealed record RetireNode;

/// <summary>
/// Node to ION and to the nodes that it feeds, durable: all its instances have succeeded, or all that feeds it has finished and nothing is open;
/// or that is no longer so.
/// </summary>
public sealed record NodeFinished(string Node, bool Finished);

/// <summary>Node to node, durable: an upstream agent's instance will send no more (it has succeeded or is quarantined), or will again.</summary>
public sealed record UpstreamChanged(string Agent, bool Active);

/// <summary>Node to node, durable: a signal over a link.</summary>
/// <param name="From">The emitting end.</param>
/// <param name="To">The receiving end.</param>
/// <param name="Kind">What it carries.</param>
/// <param name="Agent">The agent that it came from; empty if the server made it.</param>
/// <param name="Emission">Counts the emissions of that agent and node.</param>
/// <param name="EmittedAt">When it was emitted.</param>
/// <param name="Model">For a model.</param>
/// <param name="Text">For an event or alert.</param>
public sealed record SignalSent(
    LinkEnd From,
    LinkEnd To,
    SignalKind Kind,
    string Agent,
    long Emission,
    HybridTimestamp EmittedAt,
    ModelReference? Model,
    string? Text);

/// <summary>To a policy node, local: an operator's decision. Answered with <see cref="ApprovalAccepted"/> or <see cref="IonRefused"/>.</summary>
/// <param name="Version">The model version; 0 for the newest that waits.</param>
/// <param name="Approve">Whether it is approved.</param>
/// <param name="By">Who decides.</param>
/// <param name="Reason">Why; may be empty.</param>
public sealed record DecideApproval(long Version, bool Approve, string By, string Reason);

/// <summary>The decision is journalled.</summary>
public sealed record ApprovalAccepted(ModelReference Model, bool Approved);
