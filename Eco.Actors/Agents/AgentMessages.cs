using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Eco.Actors.Ions;
using Eco.Actors.Models;
using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Statistics;
using Eco.Schedulers.Placement;

namespace Eco.Actors.Agents;

/// <summary>Agent to its proxy, may be lost: an installation wants to join, at each start until it is accepted.</summary>
/// <param name="InstallId">Drawn once by an installation; another one makes a new incarnation.</param>
/// <param name="Profile">What the agent says of itself.</param>
/// <param name="Where">Machine and process, for people; null where nobody knows.</param>
public sealed record JoinRequested(string InstallId, AgentProfile Profile, string? Where = null);

/// <summary>Proxy to agent, may be lost: the installation is the agent's incarnation with that number.</summary>
/// <param name="InstallId">The installation.</param>
/// <param name="Incarnation">Its number.</param>
/// <param name="ArtifactsAt">Where the server that runs the proxy takes and gives artefacts; null where they need no way.</param>
public sealed record JoinAccepted(string InstallId, long Incarnation, string? ArtifactsAt = null);

/// <summary>
/// Proxy to agent, may be lost: another installation is the agent, and it is alive or may be. An installation that is refused may ask again after a while.
/// </summary>
/// <param name="InstallId">The installation that is refused.</param>
/// <param name="Incarnation">The incarnation of the other one.</param>
/// <param name="FreeInSeconds">So long the other one has to be silent from now on, so that the asking one may take its place.</param>
/// <param name="SilentForSeconds">So long ago the other one was heard of; null: not yet, by a server that has just taken the proxy over.</param>
/// <param name="Where">Machine and process of the other one, as far as known.</param>
/// <param name="Since">When the other one joined (ISO 8601), as far as known.</param>
public sealed record JoinRefused(
    string InstallId, long Incarnation, double FreeInSeconds, double? SilentForSeconds = null, string? Where = null, string? Since = null);

/// <summary>Proxy to agent, may be lost: an incarnation that says it is alive is not the present one; its installation has to ask again.</summary>
/// <param name="Incarnation">The one that spoke.</param>
public sealed record RejoinRequested(long Incarnation);

/// <summary>
/// From an agent's identity to its former incarnation, durable: the server has given this installation a new one, since another installation was the agent meanwhile.
/// </summary>
/// <param name="By">The new incarnation.</param>
public sealed record IncarnationReplaced(long By);

/// <summary>Agent to proxy, may be lost: it is alive.</summary>
/// <param name="Incarnation">Its incarnation.</param>
/// <param name="StatisticsDropped">Statistics that its bounded store has dropped since its installation.</param>
public sealed record Heartbeat(long Incarnation, long StatisticsDropped);

/// <summary>Proxy to agent, may be lost: tell the status of your instances.</summary>
/// <param name="RequestId">Comes back with the status.</param>
/// <param name="ArtifactsAt">Where the server that runs the proxy takes and gives artefacts; null where they need no way.</param>
public sealed record StatusRequested(long RequestId, string? ArtifactsAt = null);

/// <summary>Agent to proxy, may be lost: the status that was asked for.</summary>
public sealed record StatusReported(long RequestId, string Agent, ImmutableArray<InstanceStatus> Instances);

/// <summary>Agent to proxy, may be lost: statistics, kept by the agent until they are acknowledged.</summary>
/// <param name="Incarnation">Its incarnation; numbers are gapless within it.</param>
/// <param name="FirstSequenceNr">The number of the first row.</param>
/// <param name="Dropped">How many rows the agent has dropped in all, counted exactly.</param>
/// <param name="Names">The distinct <c>ion node statistic</c> triples that the rows refer to.</param>
/// <param name="Rows">Index into the names, value and wall time for each row, in number order; none where only the buffer's use has changed.</param>
/// <param name="Buffer">What the agent's buffer takes and has dropped; an older agent says nothing of it.</param>
public sealed record StatisticsReported(
    long Incarnation,
    long FirstSequenceNr,
    long Dropped,
    ImmutableArray<StatisticName> Names,
    ImmutableArray<StatisticRow> Rows,
    StatisticsUsage? Buffer = null);

/// <summary>Whose statistic it is.</summary>
public sealed record StatisticName(string Ion, string Node, string Name);

/// <summary>One value.</summary>
/// <param name="N">Index of its name.</param>
/// <param name="V">The value; finite.</param>
/// <param name="T">Unix time in milliseconds.</param>
/// <param name="G">How many numbers were left out before this row because they were dropped.</param>
public sealed record StatisticRow(int N, double V, long T, long G);

/// <summary>Proxy to agent, may be lost: all statistics up to a number are stored.</summary>
public sealed record StatisticsStored(long Incarnation, long UpTo);

/// <summary>What the server asks of an agent. Durable; queued while the agent is away.</summary>
/// <param name="Ion">The ION.</param>
/// <param name="Node">The ION node.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(DeployNode), "deploy")]
[JsonDerivedType(typeof(UndeployNode), "undeploy")]
[JsonDerivedType(typeof(PauseNode), "pause")]
[JsonDerivedType(typeof(ResumeNode), "resume")]
[JsonDerivedType(typeof(DeliverModel), "deliver-model")]
[JsonDerivedType(typeof(RunNode), "run")]
[JsonDerivedType(typeof(ForgetEvents), "forget-events")]
public abstract record AgentCommand(string Ion, string Node);

/// <summary>Run this node. A higher generation replaces a running one.</summary>
/// <param name="Ion">The ION.</param>
/// <param name="Node">The ION node.</param>
/// <param name="IonVersion">The ION's version that asked for it.</param>
/// <param name="Generation">Raised whenever the node's definition changes.</param>
/// <param name="Definition">What to run.</param>
/// <param name="StatisticsFrom">Components whose statistics a link carries on.</param>
/// <param name="NewestModelOf">
/// Components of whose models only the newest counts: all their links lead to merges, whose rounds take the newest update of an agent. A model of theirs that waits to be uploaded is
/// moot when the next one comes. Null for none.
/// </param>
public sealed record DeployNode(
    string Ion,
    string Node,
    int IonVersion,
    long Generation,
    PipelineNode Definition,
    ImmutableArray<string> StatisticsFrom,
    ImmutableArray<string>? NewestModelOf = null) : AgentCommand(Ion, Node);

/// <summary>Stop a node and forget it.</summary>
public sealed record UndeployNode(string Ion, string Node, long Generation) : AgentCommand(Ion, Node);

/// <summary>Take no further steps until <see cref="ResumeNode"/>.</summary>
public sealed record PauseNode(string Ion, string Node) : AgentCommand(Ion, Node);

/// <summary>Go on.</summary>
public sealed record ResumeNode(string Ion, string Node) : AgentCommand(Ion, Node);

/// <summary>The server knows all that was said up to an instance's snapshot: what lies below it may be forgotten.</summary>
/// <param name="Ion">The ION.</param>
/// <param name="Node">The ION node.</param>
/// <param name="UpTo">The last event that the snapshot contains.</param>
public sealed record ForgetEvents(string Ion, string Node, long UpTo) : AgentCommand(Ion, Node);

/// <summary>A model for a component of a running node. A newer version supersedes an older one that still waits.</summary>
public sealed record DeliverModel(string Ion, string Node, string Component, ModelReference Model) : AgentCommand(Ion, Node);

/// <summary>Run an event-triggered node once on these models.</summary>
/// <param name="Ion">The ION.</param>
/// <param name="Node">The ION node.</param>
/// <param name="RunId">The merge round, or a counter; a run is done once per id.</param>
/// <param name="Inputs">The models, in a fixed order.</param>
public sealed record RunNode(string Ion, string Node, long RunId, ImmutableArray<RunInput> Inputs) : AgentCommand(Ion, Node);

/// <summary>A model that a run works on.</summary>
public sealed record RunInput(string Component, ModelReference Model);

/// <summary>The life cycle of an ION node on an agent (papers.md, section 1a).</summary>
public enum InstanceState
{
    /// <summary>Mapped, not yet known to the agent.</summary>
    Pending,

    /// <summary>The agent has it; its pipeline is being made, or waits for a trigger.</summary>
    Deployed,

    /// <summary>Its pipeline takes steps.</summary>
    Running,

    /// <summary>Its sources are exhausted.</summary>
    Succeeded,

    /// <summary>It failed and will be relaunched.</summary>
    Failed,

    /// <summary>It failed too often in a row; an operator has to act.</summary>
    Quarantined,

    /// <summary>Paused or undeployed.</summary>
    Stopped,
}

/// <summary>What an agent says of a node it runs.</summary>
public sealed record InstanceStatus(string Ion, string Node, InstanceState State, string Detail, long Steps, int Failures);

/// <summary>What an agent tells about a node. Durable.</summary>
/// <remarks>As a part of another record it names its kind; as a message of its own its manifest does.</remarks>
/// <param name="Ion">The ION.</param>
/// <param name="Node">The ION node.</param>
/// <param name="Agent">The agent.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(InstanceReported), "instance")]
[JsonDerivedType(typeof(ModelEmitted), "model-emitted")]
[JsonDerivedType(typeof(RunFailed), "run-failed")]
[JsonDerivedType(typeof(ModelTaken), "model-taken")]
[JsonDerivedType(typeof(ModelRefused), "model-refused")]
[JsonDerivedType(typeof(StatisticsBrought), "statistics")]
[JsonDerivedType(typeof(SnapshotTaken), "snapshot-taken")]
[JsonDerivedType(typeof(NoticeRaised), "notice")]
public abstract record AgentReport(string Ion, string Node, string Agent);

/// <summary>A node's life cycle has moved.</summary>
public sealed record InstanceReported(string Ion, string Node, string Agent, long Generation, InstanceState State, string Detail)
    : AgentReport(Ion, Node, Agent);

/// <summary>A component has emitted a model.</summary>
/// <param name="Ion">The ION.</param>
/// <param name="Node">The ION node.</param>
/// <param name="Agent">The agent.</param>
/// <param name="Component">The component.</param>
/// <param name="Emission">Counts the instance's emissions.</param>
/// <param name="RunId">The run that it came from; 0 for a streaming node.</param>
/// <param name="Model">The model.</param>
/// <param name="EmittedAt">When.</param>
/// <param name="LeftOut">
/// So many emissions of the instance since the last one that was reported will never be: newer ones replaced them before they were sent, or they had to be given up.
/// </param>
public sealed record ModelEmitted(
    string Ion,
    string Node,
    string Agent,
    string Component,
    long Emission,
    long RunId,
    ModelReference Model,
    HybridTimestamp EmittedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long LeftOut = 0) : AgentReport(Ion, Node, Agent);

/// <summary>A run has failed for good; there will be no model from it.</summary>
public sealed record RunFailed(string Ion, string Node, string Agent, long RunId, string Reason) : AgentReport(Ion, Node, Agent);

/// <summary>A component uses a delivered model.</summary>
public sealed record ModelTaken(string Ion, string Node, string Agent, string Component, string Model, long Version, string Hash)
    : AgentReport(Ion, Node, Agent);

/// <summary>A component has refused a delivered model; the present one stays.</summary>
public sealed record ModelRefused(string Ion, string Node, string Agent, string Component, string Model, long Version, string Hash, string Reason)
    : AgentReport(Ion, Node, Agent);

/// <summary>A component whose statistics a link carries has brought some.</summary>
public sealed record StatisticsBrought(
    string Ion,
    string Node,
    string Agent,
    string Component,
    ImmutableSortedDictionary<string, double> Values) : AgentReport(Ion, Node, Agent);

/// <summary>An instance has a snapshot. It comes after all that the instance said before, so that who gets it knows that, too.</summary>
/// <param name="Ion">The ION.</param>
/// <param name="Node">The ION node.</param>
/// <param name="Agent">The agent.</param>
/// <param name="UpTo">The last event that it contains.</param>
public sealed record SnapshotTaken(string Ion, string Node, string Agent, long UpTo) : AgentReport(Ion, Node, Agent);

/// <summary>A component has raised an event or an alert.</summary>
public sealed record NoticeRaised(string Ion, string Node, string Agent, string Component, SignalKind Kind, string Text)
    : AgentReport(Ion, Node, Agent);
