using System.Collections.Immutable;
using Eco.Actors.Agents;
using Eco.Actors.Models;

namespace Eco.Actors.Ions.Nodes;

/// <summary>Event: what the node is. Journalled only when it differs from before.</summary>
/// <param name="Configuration">The whole of it.</param>
/// <param name="Generation">Raised when what agents run has changed.</param>
public sealed record NodeConfigured(ConfigureNode Configuration, long Generation);

/// <summary>Event: the node is held, or goes on.</summary>
public sealed record NodeHoldChanged(bool Held);

/// <summary>Event: the node is stopped everywhere and forgotten.</summary>
public sealed record NodeRetired;

/// <summary>Event: a node that feeds this one has finished, or goes on.</summary>
public sealed record FeederMoved(string Node, bool Finished);

/// <summary>Event: the node has nothing left to do, or has again.</summary>
public sealed record NodeCompletionChanged(bool Finished);

/// <summary>Event: the life cycle of the node on an agent has moved.</summary>
public sealed record InstanceMoved(string Agent, long Generation, InstanceState State, string Detail);

/// <summary>Event: an upstream agent takes part in rounds, or no longer.</summary>
public sealed record UpstreamMoved(string Agent, bool Active);

/// <summary>Event: a run of the node was asked for.</summary>
/// <param name="RunId">Counts the node's runs.</param>
/// <param name="Inputs">The models it works on; empty for a run that an event or alert started.</param>
/// <param name="Cause">What started it.</param>
public sealed record RunAsked(long RunId, ImmutableArray<RunInput> Inputs, string Cause);

/// <summary>Event: a run has failed for good.</summary>
public sealed record RunAbandoned(string Agent, long RunId, string Reason);

/// <summary>Event: an instance's models that nobody will see, because newer ones replaced them before they were uploaded, or because they could not be.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Count">How many, since the last such event of the agent.</param>
/// <param name="Before">The emission that was sent in their place.</param>
public sealed record ModelsLeftOut(string Agent, long Count, long Before);

/// <summary>Event: a model of this node has its version.</summary>
public sealed record ModelVersioned(ModelReference Model);

/// <summary>Event: a model was sent on to all agents of this node.</summary>
public sealed record ModelPropagated(string Component, ModelReference Model);

/// <summary>Event: an agent uses a model.</summary>
public sealed record ModelInUse(string Agent, string Component, string Model, long Version, string Hash);

/// <summary>Event: an agent has refused a model.</summary>
public sealed record ModelTurnedDown(string Agent, string Component, string Model, long Version, string Hash, string Reason);

/// <summary>Event: a component on an agent has raised an event or an alert.</summary>
public sealed record NoticeSeen(string Agent, string Component, SignalKind Kind, string Text);

/// <summary>Event: a model waits for an operator or a measurement.</summary>
public sealed record ModelHeld(ModelReference Model);

/// <summary>Event: a held model was approved or rejected.</summary>
/// <param name="Model">The model.</param>
/// <param name="Approved">The decision.</param>
/// <param name="By">The operator, or <c>gate</c>.</param>
/// <param name="Reason">Why; may be empty.</param>
public sealed record ModelDecided(ModelReference Model, bool Approved, string By, string Reason);
