using System.Collections.Immutable;
using Eco.Actors.Ions;
using Eco.Actors.Models;
using Eco.Engines.Abstractions;
using Eco.Engines.Process;
using Eco.Runtime.Persistence;

namespace Eco.Actors.Agents.Instances;

/// <content>The calls to the engine, one at a time, and what follows from their outcomes.</content>
public sealed partial class NodeInstanceActor
{
    private void Launch()
    {
        StoredCheckpoint? checkpoint = _afresh ? null : State.Checkpoint;
        _replays = _afresh ? [] : ImmutableQueue.CreateRange(State.SinceCheckpoint);
        _steps = checkpoint?.Steps ?? 0;
        _afresh = false;
        ContinueTransfers();
        if (checkpoint?.Hash is { } hash)
        {
            _phase = Phase.Loading;
            _artifacts.Get(new GetArtifact(++_correlation, hash), Self);
            return;
        }

        Deploy(checkpoint?.Content);
    }

    private void Deploy(byte[]? checkpoint)
    {
        _phase = Phase.Deploying;
        PipelineNode definition = State.Deployment!.Definition;
        _engines.Deploy(
            new DeployPipeline(
                ++_correlation, PersistenceId, definition.Engine, definition.Components, State.Seed, checkpoint, _steps, Mode.Kind == RunKind.Continuous),
            Self);
    }

    private void OnDeployed(ResumedPipeline? resumed)
    {
        _phase = Phase.Ready;
        _nextStepAt = Elapsed;
        if (resumed is null || !TakeUp(resumed))
        {
            Execute(new PipelineReady());
        }
    }

    private void NextCall()
    {
        if (!_replays.IsEmpty && _replays.Peek().AtStep <= _steps)
        {
            if (HasBytes(_replays.Peek().Model))
            {
                _replays = _replays.Dequeue(out AppliedModel replay);
                Swap(replay, replaying: true);
            }

            return;
        }

        // A model whose bytes are still on their way changes nothing: the present one goes on.
        if (_replays.IsEmpty && State.Arrived.FirstOrDefault(entry => HasBytes(entry.Value)) is { Value: { } model } arrived)
        {
            Swap(new AppliedModel(arrived.Key, model, _steps), replaying: false);
            return;
        }

        if (State.Held)
        {
            return;
        }

        switch (Mode.Kind)
        {
            case RunKind.Continuous:
                StepWhenDue();
                break;
            case RunKind.Event when !State.Runs.IsEmpty:
                if (_runSteps == 0 && Mode.Steps == 0 && _steps > 0)
                {
                    StartAfreshWhenWhole();
                    Continue();
                    return;
                }

                ImmutableArray<RunInput> inputs = _runSteps == 0 ? State.Runs[0].Inputs : [];
                if (inputs.All(input => HasBytes(input.Model)))
                {
                    Step([.. inputs.Select(input => input with { Model = WithBytes(input.Model) })]);
                }

                break;
            case RunKind.Schedule when State.Firing is not null:
                StepWhenDue();
                break;
            case RunKind.Schedule:
                AwaitFiring();
                break;
        }
    }

    private void StepWhenDue()
    {
        TimeSpan wait = _nextStepAt - Elapsed;
        if (wait > TimeSpan.Zero)
        {
            Timers.StartSingleTimer(nameof(TimeToStep), TimeToStep.Instance, wait);
            return;
        }

        // A pipeline that fell behind does not hurry: the pace is a least distance between steps.
        _nextStepAt = Mode.Kind == RunKind.Continuous ? Elapsed + Mode.Every : Elapsed;
        Step([]);
    }

    private void Step(ImmutableArray<RunInput> models)
    {
        _phase = Phase.Stepping;
        bool due = (_steps + 1) % _options.CheckpointEverySteps == 0;
        _engines.Step(new StepPipeline(++_correlation, PersistenceId, models, due), Self);
    }

    private void OnStepped(PipelineStepped stepped)
    {
        _steps++;
        _runSteps++;
        _window.Add(stepped.Result.Statistics);
        StepResult result = stepped.Result;
        bool runEnds = Mode.Kind != RunKind.Continuous && (result.Finished || _runSteps == Mode.Steps);
        var mattered = new StepMattered(
            _steps,
            null,
            result.Models,
            result.Notices,
            LinkedStatistics(result),
            runEnds && Mode.Kind == RunKind.Event ? State.Runs[0].RunId : 0,
            result.Finished,
            runEnds && Mode.Kind == RunKind.Schedule);
        if (result.Models.FirstOrDefault(emitted => emitted.Model.Content.Length > _options.MaxModelBytes) is { } oversized)
        {
            Broke(FormattableString.Invariant(
                $"{oversized.Component} emitted a model of {oversized.Model.Content.Length} bytes; at most {_options.MaxModelBytes} are allowed (eco.artifacts.max-bytes)"));
            return;
        }

        // Bytes are stored before the event that names them.
        _toStore = ImmutableQueue.CreateRange(result.Models.Where(emitted => !ModelReference.Rides(emitted.Model)).Select(emitted => emitted.Model.Content));
        if (stepped.Checkpoint is { Length: > ModelReference.MaximumInlineBytes } large)
        {
            _toStore = _toStore.Enqueue(large);
            mattered = mattered with { Checkpoint = new StoredCheckpoint(_steps, null, ModelReference.HashOf(large)) };
        }
        else if (stepped.Checkpoint is not null)
        {
            mattered = mattered with { Checkpoint = new StoredCheckpoint(_steps, stepped.Checkpoint, null) };
        }

        _awaitingArtifacts = mattered;
        StoreNext();
    }

    private void StoreNext()
    {
        if (!_toStore.IsEmpty)
        {
            _phase = Phase.Storing;
            _toStore = _toStore.Dequeue(out byte[] content);
            _artifacts.Put(new PutArtifact(++_correlation, content), Self);
            return;
        }

        StepMattered mattered = _awaitingArtifacts!;
        _awaitingArtifacts = null;
        Matter(mattered);
    }

    private ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, double>> LinkedStatistics(StepResult result) =>
        State.Deployment!.StatisticsFrom
            .Select(component => (Component: component, Values: result.Statistics
                .Where(entry => entry.Key.StartsWith(component + ".", StringComparison.Ordinal))
                .ToImmutableSortedDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal)))
            .Where(entry => !entry.Values.IsEmpty)
            .ToImmutableSortedDictionary(entry => entry.Component, entry => entry.Values, StringComparer.Ordinal);

    private void Matter(StepMattered step)
    {
        _phase = Phase.Ready;
        if (step.Checkpoint is not null || !step.Notices.IsEmpty || !step.Statistics.IsEmpty || step.RunId > 0 || step.FiringEnded || step.Finished)
        {
            Execute(step);
            return;
        }

        Continue();
    }

    private void Swap(AppliedModel swap, bool replaying)
    {
        _replaying = replaying;
        _phase = Phase.Swapping;
        _swapping = swap;
        _engines.SwapModel(
            new SwapPipelineModel(++_correlation, PersistenceId, swap.Component, WithBytes(swap.Model).ToArtifact()), Self);
    }

    private void OnSwapped(string? refusal)
    {
        _phase = Phase.Ready;
        AppliedModel swap = _swapping!;
        _swapping = null;
        if (_replaying)
        {
            Continue();
            return;
        }

        Execute(refusal is null
            ? new SwapSucceeded(swap.Component, swap.Model.Version, swap.AtStep)
            : new SwapRefused(swap.Component, swap.Model.Version, refusal));
    }

    private void Broke(string reason)
    {
        _phase = Phase.BackingOff;
        _awaitingArtifacts = null;
        _toStore = [];
        _runSteps = 0;
        Execute(new PipelineBroke(reason));
    }
}
