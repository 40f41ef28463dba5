using System.Collections.Immutable;
using System.Security.Cryptography;
using Eco.Engines.Abstractions;

namespace Eco.Engines.Process;

/// <summary>
/// The pipeline of an engine process: carries out one call after the other, and remembers what its agent may not have written down when it
/// died. An agent makes its next call only when it has written down what came of the one before, so that is at most one outcome.
/// </summary>
public sealed class EngineSession : IDisposable
{
    private readonly ImmutableSortedDictionary<string, IEngine> _engines;
    private readonly List<ResumedSwap> _swaps = [];
    private IPipeline? _pipeline;
    private byte[] _identity = [];
    private long _checkpointSteps;
    private StepTaken? _unsettled;

    /// <summary>A session without a pipeline.</summary>
    /// <param name="engines">By name.</param>
    public EngineSession(ImmutableSortedDictionary<string, IEngine> engines) => _engines = engines;

    /// <summary>The steps that the pipeline has taken, those before its checkpoint included.</summary>
    public long Steps { get; private set; }

    /// <summary>Carries out a call; what a pipeline throws becomes <see cref="CallFailed"/>.</summary>
    public EngineAnswer Answer(EngineCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        try
        {
            return call switch
            {
                CreatePipeline create => Create(create),
                TakeStep step => Step(step),
                SwapComponentModel swap => Swap(swap),
                EndSession => new SessionEnded(),
                _ => new CallFailed($"{call.GetType().Name} is no call of a session"),
            };
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whatever a pipeline throws ends in its instance's relaunch policy, with the reason.
            return new CallFailed(e is PipelineException ? e.Message : $"{e.GetType().Name}: {e.Message}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _pipeline?.Dispose();

    private PipelineCreated Create(CreatePipeline create)
    {
        byte[] identity = SHA256.HashData(EngineCodec.Encode(create with { Checkpoint = null, Steps = 0, MayResume = false }));
        if (create.MayResume && _pipeline is not null && identity.AsSpan().SequenceEqual(_identity) && Resume(create.Steps) is { } resumed)
        {
            return new PipelineCreated(resumed);
        }

        _pipeline?.Dispose();
        _pipeline = null;
        if (!_engines.TryGetValue(create.Engine, out IEngine? engine))
        {
            throw new PipelineException(
                $"agent {create.Context.AgentId} has no engine '{create.Engine}'; it has {string.Join(", ", _engines.Keys)}");
        }

        IPipeline pipeline = engine.Create(create.Spec, create.Context);
        try
        {
            if (create.Checkpoint is not null)
            {
                pipeline.Restore(create.Checkpoint);
            }
        }
        catch
        {
            pipeline.Dispose();
            throw;
        }

        _pipeline = pipeline;
        _identity = identity;
        Steps = create.Steps;
        Settle(create.Steps);
        return new PipelineCreated(null);
    }

    private ResumedPipeline? Resume(long agentHas)
    {
        if (_unsettled is not null && agentHas == Steps)
        {
            // The last thing it did was to write that outcome down.
            Settle(Steps);
        }

        return agentHas == _checkpointSteps ? new ResumedPipeline(Steps, [.. _swaps], _unsettled) : null;
    }

    private StepTaken Step(TakeStep step)
    {
        IPipeline pipeline = Pipeline();
        SettleOutcome();
        try
        {
            StepResult result = pipeline.Step(step.Input);
            bool wanted = step.WithCheckpoint || !result.Models.IsEmpty || result.Finished || !result.Notices.IsEmpty;
            var taken = new StepTaken(result, wanted ? pipeline.Checkpoint() : null);
            Steps++;
            _unsettled = wanted ? taken : null;
            return taken;
        }
        catch
        {
            // Nobody may go on with half a step.
            pipeline.Dispose();
            _pipeline = null;
            throw;
        }
    }

    private ModelSwapped Swap(SwapComponentModel swap)
    {
        IPipeline pipeline = Pipeline();
        SettleOutcome();
        pipeline.SwapModel(swap.Component, swap.Model);
        _swaps.Add(new ResumedSwap(swap.Component, Convert.ToHexStringLower(SHA256.HashData(swap.Model.Content)), Steps));
        return new ModelSwapped();
    }

    private IPipeline Pipeline() => _pipeline ?? throw new PipelineException("this engine process has no pipeline; create one first");

    private void SettleOutcome()
    {
        if (_unsettled is not null)
        {
            Settle(Steps);
        }
    }

    private void Settle(long steps)
    {
        _checkpointSteps = steps;
        _unsettled = null;
        _swaps.Clear();
    }
}
