using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using Eco.Actors.Agents;
using Eco.Engines.Abstractions;
using Eco.Runtime.Actors;
using Eco.Runtime.Simulation;

namespace Eco.Host.Campaigns.Workload;

/// <summary>
/// An engine that learns nothing and forgets nothing: a pipeline's state is a number of steps and a digest of all it was ever given, its
/// models hold both. So a model that was lost, given twice or given in another order shows in every later one, at almost no cost.
/// </summary>
internal sealed class ScriptedEngineHost(SimulatedHost host) : IEngineHost
{
    private const int StateBytes = 16;
    private static readonly TimeSpan Cost = TimeSpan.FromMilliseconds(1);
    private static readonly ImmutableSortedDictionary<string, double> NoStatistics = ImmutableSortedDictionary<string, double>.Empty;
    private readonly Dictionary<string, Pipeline> _pipelines = new(StringComparer.Ordinal);

    public void Deploy(DeployPipeline request, IActorRef replyTo)
    {
        var pipeline = new Pipeline(request);
        _pipelines[request.InstanceId] = pipeline;
        Answer("deploy", new PipelineDeployed(request.CorrelationId), replyTo);
    }

    public void Step(StepPipeline request, IActorRef replyTo) => Answer(
        "step",
        _pipelines.TryGetValue(request.InstanceId, out Pipeline? pipeline) ? pipeline.Step(request) : Gone(request.CorrelationId, request.InstanceId),
        replyTo);

    public void SwapModel(SwapPipelineModel request, IActorRef replyTo)
    {
        object outcome = Gone(request.CorrelationId, request.InstanceId);
        if (_pipelines.TryGetValue(request.InstanceId, out Pipeline? pipeline))
        {
            pipeline.Take(request.Model.Content);
            outcome = new PipelineModelSwapped(request.CorrelationId);
        }

        Answer("swap", outcome, replyTo);
    }

    public void Release(string instanceId) => _pipelines.Remove(instanceId);

    private void Answer(string what, object outcome, IActorRef replyTo) =>
        host.Schedule(Cost, what, () => replyTo.Tell(outcome, null));

    private static PipelineFailed Gone(long correlationId, string instanceId) =>
        new(correlationId, $"{instanceId} has no pipeline; it was released");

    private sealed class Pipeline
    {
        private readonly string _component;
        private readonly string _statistic;
        private readonly int _emitEvery;
        private readonly long _lastStep;
        private long _steps;
        private ulong _digest;

        public Pipeline(DeployPipeline request)
        {
            ComponentSpec learner = request.Spec.Components[^1];
            _component = learner.Name;
            _statistic = _component + ".steps";
            _emitEvery = learner.Settings.TryGetValue("emit-every", out string? every) ? int.Parse(every, CultureInfo.InvariantCulture) : 0;
            _lastStep = request.Spec.Components[0].Settings.TryGetValue("batches", out string? batches)
                ? long.Parse(batches, CultureInfo.InvariantCulture)
                : 0;
            _digest = request.Seed;
            if (request.Checkpoint is { Length: StateBytes } state)
            {
                _steps = BinaryPrimitives.ReadInt64LittleEndian(state);
                _digest = BinaryPrimitives.ReadUInt64LittleEndian(state.AsSpan(8));
            }
        }

        public void Take(ReadOnlySpan<byte> model)
        {
            while (model.Length >= 8)
            {
                Mix(BinaryPrimitives.ReadUInt64LittleEndian(model));
                model = model[8..];
            }
        }

        public PipelineStepped Step(StepPipeline request)
        {
            _steps++;
            Mix((ulong)_steps);
            foreach (RunInput input in request.Models)
            {
                Take(input.Model.Content);
            }

            // A merge works on what it is given and is done; a stream ends with its last step.
            bool isMerge = _emitEvery == 0;
            bool finished = isMerge || _steps >= _lastStep;
            bool emits = isMerge || _steps % _emitEvery == 0;
            byte[]? state = emits || finished || request.WithCheckpoint ? State() : null;
            return new PipelineStepped(
                request.CorrelationId,
                new StepResult(
                    1,
                    8,
                    finished,
                    isMerge ? NoStatistics : NoStatistics.Add(_statistic, _steps),
                    emits ? [new EmittedModel(_component, new ModelArtifact("scripted/1", state!, 1))] : [],
                    []),
                state);
        }

        private byte[] State()
        {
            byte[] state = new byte[StateBytes];
            BinaryPrimitives.WriteInt64LittleEndian(state, _steps);
            BinaryPrimitives.WriteUInt64LittleEndian(state.AsSpan(8), _digest);
            return state;
        }

        private void Mix(ulong value) => _digest = BitOperations.RotateLeft((_digest ^ value) * 0x9E3779B97F4A7C15, 31);
    }
}
