using System.Collections.Immutable;
using Eco.Engines.Abstractions;

namespace Eco.Engines.Process;

/// <summary>What an agent asks of an engine process. One process has one pipeline; each call is answered by one <see cref="EngineAnswer"/>.</summary>
public abstract record EngineCall;

/// <summary>The first call of a connection: answered with <see cref="SessionOpened"/> only where the run id is the process's own.</summary>
/// <param name="RunId">Drawn by the agent for each process that it starts.</param>
public sealed record OpenSession(string RunId) : EngineCall;

/// <summary>Make a pipeline in place of what is there; answered with <see cref="PipelineCreated"/>.</summary>
/// <param name="Engine">The engine's name.</param>
/// <param name="Spec">The pipeline.</param>
/// <param name="Context">Where it runs.</param>
/// <param name="Checkpoint">Where to go on; null to start afresh.</param>
/// <param name="Steps">How many steps were taken at that checkpoint.</param>
/// <param name="MayResume">Whether a pipeline that is there already may simply go on, if it is this one and not behind that checkpoint.</param>
public sealed record CreatePipeline(
    string Engine, PipelineSpec Spec, PipelineContext Context, byte[]? Checkpoint, long Steps, bool MayResume) : EngineCall;

/// <summary>Take a step; answered with <see cref="StepTaken"/>.</summary>
/// <param name="Input">The models of a run; empty for a streaming step.</param>
/// <param name="WithCheckpoint">Whether a checkpoint is wanted even if nothing that matters came of it.</param>
public sealed record TakeStep(StepInput Input, bool WithCheckpoint) : EngineCall;

/// <summary>Give a component a model; answered with <see cref="ModelSwapped"/>.</summary>
public sealed record SwapComponentModel(string Component, ModelArtifact Model) : EngineCall;

/// <summary>End the process in order; answered with <see cref="SessionEnded"/>.</summary>
public sealed record EndSession : EngineCall;

/// <summary>What an engine process answers.</summary>
public abstract record EngineAnswer;

/// <summary>The process is the one that was meant.</summary>
/// <param name="RunId">Its run id.</param>
/// <param name="Steps">The steps that its pipeline has taken; 0 without one.</param>
public sealed record SessionOpened(string RunId, long Steps) : EngineAnswer;

/// <summary>The pipeline is ready.</summary>
/// <param name="Resumed">Null: it was made from the checkpoint. Otherwise it was there, and goes on from here.</param>
public sealed record PipelineCreated(ResumedPipeline? Resumed) : EngineAnswer;

/// <summary>The step is taken.</summary>
/// <param name="Result">What it brought.</param>
/// <param name="Checkpoint">The state after it, if something that matters came of it or a checkpoint was wanted.</param>
public sealed record StepTaken(StepResult Result, byte[]? Checkpoint) : EngineAnswer;

/// <summary>The component uses the model.</summary>
public sealed record ModelSwapped : EngineAnswer;

/// <summary>The call failed; the process goes on.</summary>
/// <param name="Reason">What is wrong and what would be right.</param>
public sealed record CallFailed(string Reason) : EngineAnswer;

/// <summary>The process ends.</summary>
public sealed record SessionEnded : EngineAnswer;

/// <summary>A pipeline that went on without its agent, and what the agent may not know of it.</summary>
/// <param name="Steps">The steps that it has taken.</param>
/// <param name="Swaps">The models that it was given since the checkpoint, in order.</param>
/// <param name="Unsettled">The outcome of its last step, if that step has a checkpoint of its own which the agent does not have.</param>
public sealed record ResumedPipeline(long Steps, ImmutableArray<ResumedSwap> Swaps, StepTaken? Unsettled);

/// <summary>A model that a component was given.</summary>
/// <param name="Component">The component.</param>
/// <param name="Hash">Lower-case hexadecimal SHA-256 of the model's content.</param>
/// <param name="AtStep">After so many steps.</param>
public sealed record ResumedSwap(string Component, string Hash, long AtStep);
