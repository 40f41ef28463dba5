using System.Collections.Immutable;
using Eco.Actors.Agents;
using Eco.Engines.Abstractions;

namespace Eco.Host.Composition;

/// <summary>
/// An agent's engines and the pipelines that run on them; carries out one request of the engine port after the other. What both engine hosts,
/// the real and the simulated one, have in common. Calls for one instance must not overlap.
/// </summary>
internal sealed class EngineBench(
    string agentId,
    ImmutableSortedDictionary<string, string> labels,
    string dataRoot,
    ImmutableSortedDictionary<string, IEngine> engines) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, IPipeline> _pipelines = new(StringComparer.Ordinal);

    public object Deploy(DeployPipeline request)
    {
        Release(request.InstanceId);
        if (!engines.TryGetValue(request.Engine, out IEngine? engine))
        {
            return new PipelineFailed(
                request.CorrelationId, $"agent {agentId} has no engine '{request.Engine}'; it has {string.Join(", ", engines.Keys)}");
        }

        return Guard(request.CorrelationId, () =>
        {
            IPipeline pipeline = engine.Create(request.Spec, new PipelineContext(agentId, request.Seed, labels, dataRoot));
            if (request.Checkpoint is not null)
            {
                pipeline.Restore(request.Checkpoint);
            }

            lock (_gate)
            {
                _pipelines[request.InstanceId] = pipeline;
            }

            return new PipelineDeployed(request.CorrelationId);
        });
    }

    /// <summary>What a step works on.</summary>
    public static StepInput InputOf(StepPipeline request) => new(request.Models
        .GroupBy(input => input.Component, StringComparer.Ordinal)
        .ToImmutableSortedDictionary(
            group => group.Key,
            group => group.Select(input => input.Model.ToArtifact()).ToImmutableArray(),
            StringComparer.Ordinal));

    public object Step(StepPipeline request) => With(request.InstanceId, request.CorrelationId, pipeline =>
    {
        StepResult result = pipeline.Step(InputOf(request));
        bool wanted = request.WithCheckpoint || !result.Models.IsEmpty || result.Finished || !result.Notices.IsEmpty;
        return new PipelineStepped(request.CorrelationId, result, wanted ? pipeline.Checkpoint() : null);
    });

    public object SwapModel(SwapPipelineModel request) => With(request.InstanceId, request.CorrelationId, pipeline =>
    {
        pipeline.SwapModel(request.Component, request.Model);
        return new PipelineModelSwapped(request.CorrelationId);
    });

    public void Release(string instanceId)
    {
        IPipeline? pipeline;
        lock (_gate)
        {
            _pipelines.Remove(instanceId, out pipeline);
        }

        pipeline?.Dispose();
    }

    public void Dispose()
    {
        foreach (string id in _pipelines.Keys.ToArray())
        {
            Release(id);
        }
    }

    private object With(string instanceId, long correlationId, Func<IPipeline, object> call)
    {
        IPipeline? pipeline;
        lock (_gate)
        {
            pipeline = _pipelines.GetValueOrDefault(instanceId);
        }

        return pipeline is null
            ? new PipelineFailed(correlationId, $"{instanceId} has no pipeline; it was released")
            : Guard(correlationId, () => call(pipeline));
    }

    private static object Guard(long correlationId, Func<object> call)
    {
        try
        {
            return call();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whatever a pipeline throws ends in its instance's relaunch policy, with the reason.
            return new PipelineFailed(correlationId, e is PipelineException ? e.Message : $"{e.GetType().Name}: {e.Message}");
        }
    }
}
