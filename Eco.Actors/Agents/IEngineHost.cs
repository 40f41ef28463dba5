using System.Collections.Immutable;
using Eco.Engines.Abstractions;
using Eco.Engines.Process;
using Eco.Runtime.Actors;

namespace Eco.Actors.Agents;

/// <summary>
/// The engine port: runs pipelines on the agent's engines, whatever they are (ECO, section 4.2: deploy, start, stop, status, swap model,
/// collect statistics). Calls return nothing; outcomes arrive at <c>replyTo</c> with the request's correlation id. Calls for one
/// instance are carried out in order.
/// </summary>
public interface IEngineHost
{
    /// <summary>Makes a pipeline, replacing one with the same instance id; answers <see cref="PipelineDeployed"/> or <see cref="PipelineFailed"/>.</summary>
    void Deploy(DeployPipeline request, IActorRef replyTo);

    /// <summary>Takes one step; answers <see cref="PipelineStepped"/> or <see cref="PipelineFailed"/>.</summary>
    void Step(StepPipeline request, IActorRef replyTo);

    /// <summary>Gives a component a model; answers <see cref="PipelineModelSwapped"/> or <see cref="PipelineFailed"/>.</summary>
    void SwapModel(SwapPipelineModel request, IActorRef replyTo);

    /// <summary>Ends a pipeline and frees what it holds; no answer. An unknown id is ignored.</summary>
    void Release(string instanceId);
}

/// <summary>Asks for a pipeline.</summary>
/// <param name="CorrelationId">Comes back with the outcome.</param>
/// <param name="InstanceId">Unique on the agent.</param>
/// <param name="Engine">The engine's name.</param>
/// <param name="Spec">The pipeline.</param>
/// <param name="Seed">The instance's seed, in addition to the agent's own context.</param>
/// <param name="Checkpoint">Where to go on; null to start afresh.</param>
/// <param name="Steps">How many steps were taken at that checkpoint.</param>
/// <param name="MayResume">
/// Whether a pipeline of this instance that still runs, since its engine outlived the agent, may go on as it is. Only then can the answer say so.
/// </param>
public sealed record DeployPipeline(
    long CorrelationId, string InstanceId, string Engine, PipelineSpec Spec, ulong Seed, byte[]? Checkpoint, long Steps = 0, bool MayResume = false);

/// <summary>The pipeline is ready.</summary>
/// <param name="CorrelationId">The request's.</param>
/// <param name="Resumed">Null: it was made from the checkpoint. Otherwise it has run on meanwhile, and goes on from here.</param>
public sealed record PipelineDeployed(long CorrelationId, ResumedPipeline? Resumed = null);

/// <summary>Asks for a step.</summary>
/// <param name="CorrelationId">Comes back with the outcome.</param>
/// <param name="InstanceId">The pipeline.</param>
/// <param name="Models">Models of a run, by component, in order; empty for a streaming step.</param>
/// <param name="WithCheckpoint">Whether a checkpoint is wanted even if no model is emitted.</param>
public sealed record StepPipeline(long CorrelationId, string InstanceId, ImmutableArray<RunInput> Models, bool WithCheckpoint);

/// <summary>The step is taken.</summary>
/// <param name="CorrelationId">The request's.</param>
/// <param name="Result">What it brought.</param>
/// <param name="Checkpoint">The state after the step, if a model was emitted or a checkpoint was wanted.</param>
public sealed record PipelineStepped(long CorrelationId, StepResult Result, byte[]? Checkpoint);

/// <summary>Asks to give a component a model.</summary>
public sealed record SwapPipelineModel(long CorrelationId, string InstanceId, string Component, ModelArtifact Model);

/// <summary>The component uses the model.</summary>
public sealed record PipelineModelSwapped(long CorrelationId);

/// <summary>The call failed.</summary>
/// <param name="CorrelationId">The request's.</param>
/// <param name="Reason">What is wrong and what would be right, one line.</param>
public sealed record PipelineFailed(long CorrelationId, string Reason);
