using System.Collections.Immutable;
using Eco.Engines.Abstractions;

namespace Eco.Actors.Agents.Instances;

/// <summary>From the instance to itself: its pipeline is ready.</summary>
public sealed record PipelineReady;

/// <summary>From the instance to itself: a step has brought something that must last.</summary>
/// <param name="Steps">Steps taken so far.</param>
/// <param name="Checkpoint">The state after the step.</param>
/// <param name="Models">Models emitted.</param>
/// <param name="Notices">Events and alerts raised.</param>
/// <param name="Statistics">By component, the statistics that links carry on.</param>
/// <param name="RunId">The run that the step belonged to; 0 for none.</param>
/// <param name="Finished">Whether the sources are exhausted.</param>
/// <param name="FiringEnded">Whether the run that a schedule started is over.</param>
public sealed record StepMattered(
    long Steps,
    StoredCheckpoint? Checkpoint,
    ImmutableArray<EmittedModel> Models,
    ImmutableArray<EmittedNotice> Notices,
    ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, double>> Statistics,
    long RunId,
    bool Finished,
    bool FiringEnded);

/// <summary>From the instance to itself: a snapshot is durable.</summary>
/// <param name="UpTo">The last event that it contains.</param>
public sealed record SnapshotStored(long UpTo);

/// <summary>From the instance to itself: making or stepping the pipeline has failed.</summary>
public sealed record PipelineBroke(string Reason);

/// <summary>From the instance to itself: a component has taken a model.</summary>
public sealed record SwapSucceeded(string Component, long Version, long AtStep);

/// <summary>From the instance to itself: a component has refused a model.</summary>
public sealed record SwapRefused(string Component, long Version, string Reason);

/// <summary>From the instance to itself: its schedule fires.</summary>
public sealed record FiringDue(DateTimeOffset At, int Skipped);

/// <summary>From the instance to itself: the bytes of the first report that waits are at the server.</summary>
/// <param name="Emission">Its emission.</param>
public sealed record UploadSucceeded(long Emission);

/// <summary>From the instance to itself: the bytes of the first report that waits will never get to the server.</summary>
/// <param name="Emission">Its emission.</param>
/// <param name="Reason">Why.</param>
public sealed record UploadGivenUp(long Emission, string Reason);

/// <summary>From the instance to itself: a run's models cannot be had.</summary>
public sealed record RunGivenUp(long RunId, string Reason);
