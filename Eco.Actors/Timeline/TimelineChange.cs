using System.Collections.Immutable;
using Eco.Runtime.Persistence;

namespace Eco.Actors.Timeline;

/// <summary>One change that a journalled event makes to the timeline's tables. The timeline can be rebuilt from the journal at any time.</summary>
public abstract record TimelineChange;

/// <summary>A line of the story: table <c>event</c>.</summary>
/// <param name="Kind">Stable name such as <c>round-closed</c>.</param>
/// <param name="Ion">The ION it belongs to, or null.</param>
/// <param name="Node">The ION node, or null.</param>
/// <param name="Agent">The agent, or null.</param>
/// <param name="Text">One line for people.</param>
public sealed record EventNoted(string Kind, string? Ion, string? Node, string? Agent, string Text) : TimelineChange;

/// <summary>
/// An ION's present version and state: table <c>ion</c>. Version 0, an empty title and an empty source keep what is stored.
/// </summary>
/// <param name="Id">The ION.</param>
/// <param name="Version">1 for the first submission.</param>
/// <param name="State"><c>running</c>, <c>paused</c>, <c>completed</c> or <c>deleted</c>.</param>
/// <param name="Title">For people.</param>
/// <param name="Source">The HOCON text as submitted.</param>
public sealed record IonChanged(string Id, int Version, string State, string Title, string Source) : TimelineChange;

/// <summary>The state of an ION node on one agent (or of a policy node, with an empty agent): table <c>instance</c>.</summary>
/// <param name="Ion">The ION.</param>
/// <param name="Node">The node.</param>
/// <param name="Agent">The agent; an empty text for a policy; <c>*</c> for all of the node's.</param>
/// <param name="State"><c>pending</c>, <c>deployed</c>, <c>running</c>, <c>succeeded</c>, <c>failed</c>, <c>quarantined</c>, <c>stopped</c> or <c>removed</c>.</param>
/// <param name="Detail">Why, for people; may be empty.</param>
public sealed record InstanceChanged(string Ion, string Node, string Agent, string State, string Detail) : TimelineChange;

/// <summary>An agent as the server knows it: table <c>agent</c>.</summary>
public sealed record AgentChanged(
    string Id,
    string Site,
    string Role,
    ImmutableSortedDictionary<string, string> Labels,
    ImmutableArray<string> Engines,
    long Incarnation,
    bool Reachable) : TimelineChange;

/// <summary>Whether an agent was heard of lately: table <c>agent</c>, this column only.</summary>
public sealed record AgentReachabilityChanged(string Id, bool Reachable) : TimelineChange;

/// <summary>A model version: table <c>model</c>. An empty kind keeps the stored kind and size.</summary>
/// <param name="Ion">The ION.</param>
/// <param name="Name">The model's name within the ION: the node and component that made it.</param>
/// <param name="Version">Monotone per (ION, name), given by the server.</param>
/// <param name="Hash">SHA-256 of its bytes.</param>
/// <param name="Kind">Learner and format.</param>
/// <param name="State"><c>candidate</c>, <c>approved</c>, <c>rejected</c> or <c>superseded</c>.</param>
/// <param name="Bytes">Its size.</param>
public sealed record ModelChanged(string Ion, string Name, long Version, string Hash, string Kind, string State, long Bytes) : TimelineChange;

/// <summary>From which models a model was made: table <c>lineage</c>.</summary>
public sealed record LineageAdded(string ChildHash, string ParentHash, string Via) : TimelineChange;

/// <summary>An agent has taken a model; the one before ends: table <c>deployment</c>.</summary>
public sealed record ModelDeployedTo(string Ion, string Node, string Agent, string Model, long Version, string Hash) : TimelineChange;

/// <summary>A decision about a model: table <c>approval</c>.</summary>
public sealed record ApprovalRecorded(string Ion, string Model, long Version, string Decision, string By, string Reason) : TimelineChange;

/// <summary>A merge round: table <c>round</c>. Expected 0 keeps what is stored.</summary>
/// <param name="Ion">The ION.</param>
/// <param name="Node">The merging node.</param>
/// <param name="Round">Counts from 1.</param>
/// <param name="State"><c>open</c>, <c>merging</c>, <c>merged</c> or <c>void</c>.</param>
/// <param name="Expected">Agents expected.</param>
/// <param name="Received">Agents whose update counts.</param>
/// <param name="ResultHash">The merged model, once there is one.</param>
public sealed record RoundChanged(string Ion, string Node, long Round, string State, int Expected, int Received, string? ResultHash) : TimelineChange;

/// <summary>All changes of one journalled event.</summary>
/// <param name="Ordering">The event's place in the journal.</param>
/// <param name="Timestamp">When and where it was decided.</param>
/// <param name="Changes">In order.</param>
public sealed record ProjectedEvent(long Ordering, HybridTimestamp Timestamp, ImmutableArray<TimelineChange> Changes);
