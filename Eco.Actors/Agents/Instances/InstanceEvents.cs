using System.Collections.Immutable;
using Eco.Actors.Models;

namespace Eco.Actors.Agents.Instances;

/// <summary>Event: the instance is to run this.</summary>
/// <param name="Deployment">What to run.</param>
/// <param name="Seed">All chance in its pipeline comes from it; kept, so that a relaunch repeats itself.</param>
public sealed record InstancePlaced(DeployNode Deployment, ulong Seed);

/// <summary>Event: the instance is forgotten.</summary>
public sealed record InstanceRemoved;

/// <summary>Event: the instance is held, or goes on.</summary>
public sealed record InstanceHoldChanged(bool Held);

/// <summary>Event: its life cycle has moved.</summary>
/// <param name="State">Where to.</param>
/// <param name="Detail">Why; may be empty.</param>
/// <param name="Failures">Failures in a row.</param>
public sealed record LifeCycleMoved(InstanceState State, string Detail, int Failures);

/// <summary>Event: a point to go on from.</summary>
public sealed record CheckpointTaken(StoredCheckpoint Checkpoint);

/// <summary>Event: models were emitted, in the same transaction as the checkpoint after them.</summary>
/// <param name="Count">How many.</param>
/// <param name="Hashes">Their names.</param>
public sealed record ModelsEmitted(int Count, ImmutableArray<string> Hashes);

/// <summary>Event: a report waits, because it names a model whose bytes are not at the server yet, or because it comes after one that does.</summary>
public sealed record ReportHeld(AgentReport Report);

/// <summary>Event: the first so many of the reports that wait were sent; the bytes that they name are at the server.</summary>
public sealed record ReportsReleased(int Count);

/// <summary>Event: a report of a model that waited will never be sent.</summary>
/// <param name="Component">The component that emitted it.</param>
/// <param name="Emission">Its emission.</param>
/// <param name="Hash">The model.</param>
/// <param name="Reason">Why.</param>
public sealed record EmissionLeftOut(string Component, long Emission, string Hash, string Reason);

/// <summary>Event: a model has come for a component and waits for the next pause between steps.</summary>
public sealed record ModelArrived(string Component, ModelReference Model);

/// <summary>Event: a component uses a model since a step.</summary>
public sealed record ModelApplied(string Component, ModelReference Model, long AtStep);

/// <summary>Event: a component has refused a model.</summary>
public sealed record ModelDeclined(string Component, string Model, long Version, string Reason);

/// <summary>Event: a run is to be made.</summary>
public sealed record RunAccepted(RunNode Run);

/// <summary>Event: a run is done, or given up.</summary>
public sealed record RunSettled(long RunId, bool Succeeded);

/// <summary>Event: a schedule has fired.</summary>
/// <param name="At">The planned time.</param>
/// <param name="Skipped">Firings left out before it, because the instance was down or the last run went on.</param>
public sealed record ScheduleFired(DateTimeOffset At, int Skipped);

/// <summary>Event: the run that a schedule started is over.</summary>
public sealed record ScheduledRunEnded(DateTimeOffset At);

/// <summary>A pipeline's state, to go on from.</summary>
/// <param name="Steps">Steps taken when it was made.</param>
/// <param name="Content">The bytes, up to <see cref="ModelReference.MaximumInlineBytes"/>.</param>
/// <param name="Hash">The artefact that holds them, if they are more.</param>
public sealed record StoredCheckpoint(long Steps, byte[]? Content, string? Hash);

/// <summary>A model that was given to a component after the last checkpoint; a relaunch gives it again at the same step.</summary>
public sealed record AppliedModel(string Component, ModelReference Model, long AtStep);
