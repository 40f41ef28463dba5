using System.Collections.Immutable;
using Eco.Actors.Ions;
using Eco.Runtime.Cluster;
using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Statistics;

namespace Eco.Actors.Agents.Instances;

/// <summary>
/// The agent's entity for one ION node: makes its pipeline, steps it as its run mode says, gives it models, relaunches it with back-off and
/// quarantines it, and goes on from its journal after a crash with the very same results. One call to the engine is under way at a time;
/// <see cref="Continue"/> decides on the next one.
/// </summary>
public sealed partial class NodeInstanceActor : EntityActor<NodeInstanceState>
{
    private readonly IEngineHost _engines;
    private readonly IArtifactStore _artifacts;
    private readonly IArtifactTransfer _transfer;
    private readonly AgentOptions _options;
    private readonly StatisticsWindow _window;
    private readonly string _agent;
    private readonly string _agentEntity;
    private Phase _phase = Phase.Idle;
    private long _correlation;
    private long _steps;
    private int _runSteps;
    private bool _afresh;
    private bool _ranHere;
    private ImmutableQueue<AppliedModel> _replays = [];
    private AppliedModel? _swapping;
    private bool _replaying;
    private (DateTimeOffset At, int Skipped)? _planned;
    private StepMattered? _awaitingArtifacts;
    private ImmutableQueue<byte[]> _toStore = [];
    private TimeSpan _nextStepAt;

    /// <summary>Makes the entity.</summary>
    /// <param name="entityId"><c>agent/id/incarnation/ion/node</c>.</param>
    /// <param name="engines">The agent's engines.</param>
    /// <param name="artifacts">Where large checkpoints and models go.</param>
    /// <param name="transfer">The way of large models to and from the server.</param>
    /// <param name="statistics">The agent's bounded store.</param>
    /// <param name="options">How often statistics and checkpoints are due.</param>
    public NodeInstanceActor(
        string entityId,
        IEngineHost engines,
        IArtifactStore artifacts,
        IArtifactTransfer transfer,
        IStatisticsStore statistics,
        AgentOptions options)
        : base(entityId, NodeInstanceState.Empty)
    {
        _engines = engines;
        _artifacts = artifacts;
        _transfer = transfer;
        _options = options;
        string[] parts = entityId.Split('/');
        _agent = parts[1];
        _agentEntity = $"agent/{parts[1]}/{parts[2]}";
        _window = new StatisticsWindow(
            statistics, parts[3], parts[4], _agent, name => StatisticClasses.Of(State.Deployment, name));
    }

    private enum Phase
    {
        Idle,
        Loading,
        Deploying,
        Ready,
        Stepping,
        Storing,
        Swapping,
        BackingOff,
    }

    private DateTimeOffset Now => Context.System.TimeProvider.GetUtcNow();

    /// <summary>Monotonic, for the pace of steps: a date that jumps back must not hold a pipeline up.</summary>
    private TimeSpan Elapsed => Context.System.TimeProvider.GetElapsedTime(0);

    private RunMode Mode => State.Deployment!.Definition.Run;

    /// <summary>The entity id of an ION's node on an agent.</summary>
    /// <param name="agentEntity">The agent's entity.</param>
    /// <param name="ion">The ION.</param>
    /// <param name="node">The node.</param>
    public static string IdOf(string agentEntity, string ion, string node) => $"{agentEntity}/{ion}/{node}";

    /// <inheritdoc/>
    protected override Decision Decide(object command, string? from) =>
        new NodeInstanceDecisions(_agent, _agentEntity, NewSeed, Clock.Now()).Decide(State, command);

    /// <inheritdoc/>
    protected override NodeInstanceState Apply(NodeInstanceState state, object @event) => state.Apply(@event);

    /// <inheritdoc/>
    protected override void OnReady()
    {
        Timers.StartPeriodicTimer(nameof(FlushStatistics), FlushStatistics.Instance, _options.StatisticsEvery);
        ContinueTransfers();
        Continue();
    }

    /// <inheritdoc/>
    protected override void OnCommitted(object @event)
    {
        switch (@event)
        {
            case InstancePlaced or InstanceRemoved:
                Discard();
                break;
            case LifeCycleMoved { State: InstanceState.Failed } moved:
                _window.Note(StatisticClasses.Failures, moved.Failures, Clock, Self);
                _phase = Phase.BackingOff;
                TimeSpan pause = NodeInstanceDecisions.Backoff(State.Deployment!.Definition.Relaunch, moved.Failures);
                Timers.StartSingleTimer(nameof(Relaunch), Relaunch.Instance, pause);
                break;
            case LifeCycleMoved { State: InstanceState.Quarantined or InstanceState.Succeeded } moved:
                if (moved.State == InstanceState.Quarantined)
                {
                    _window.Note(StatisticClasses.Failures, moved.Failures, Clock, Self);
                }

                _window.Finish(Clock, Self);
                Discard();
                break;
            case ScheduleFired:
                _runSteps = 0;
                StartAfreshWhenWhole();
                break;
            case ScheduledRunEnded:
                _ranHere = true;
                break;
            case InstanceHoldChanged:
                _planned = null;
                break;
            case RunSettled:
                _runSteps = 0;
                break;
        }

        TellStatus();
    }

    /// <inheritdoc/>
    protected override void OnSnapshotSaved(long sequenceNr) => Execute(new SnapshotStored(sequenceNr));

    /// <inheritdoc/>
    protected override void OnDecided()
    {
        ContinueTransfers();
        Continue();
    }

    /// <inheritdoc/>
    protected override bool OnMessage(object message)
    {
        if (OnArtifactMessage(message))
        {
            return true;
        }

        switch (message)
        {
            case PipelineDeployed deployed when Answers(deployed.CorrelationId, Phase.Deploying):
                OnDeployed(deployed.Resumed);
                return true;
            case PipelineStepped stepped when Answers(stepped.CorrelationId, Phase.Stepping):
                OnStepped(stepped);
                return true;
            case PipelineModelSwapped swapped when Answers(swapped.CorrelationId, Phase.Swapping):
                OnSwapped(null);
                return true;
            case PipelineFailed failed when Answers(failed.CorrelationId, Phase.Swapping):
                OnSwapped(failed.Reason);
                return true;
            case PipelineFailed failed when failed.CorrelationId == _correlation:
                Broke(failed.Reason);
                return true;
            case ArtifactLoaded loaded when Answers(loaded.CorrelationId, Phase.Loading):
                Deploy(loaded.Content);
                return true;
            case ArtifactStored stored when Answers(stored.CorrelationId, Phase.Storing):
                StoreNext();
                return true;
            case ArtifactFailed failed when failed.CorrelationId == _correlation:
                Broke($"its checkpoint or model could not be {(_phase == Phase.Loading ? "read" : "stored")}: {failed.Reason}");
                return true;
            case PipelineDeployed or PipelineStepped or PipelineModelSwapped or PipelineFailed
                or ArtifactLoaded or ArtifactStored or ArtifactFailed:
                // The outcome of a call for a pipeline that was replaced since.
                return true;
            case Relaunch when _phase == Phase.BackingOff:
                _phase = Phase.Idle;
                Continue();
                return true;
            case TimeToStep or Relaunch:
                Continue();
                return true;
            case FlushStatistics:
                _window.Flush(Clock, Self);
                TellStatus();
                return true;
            case StatisticsRecorded:
                return true;
            case StatisticsFailed failed:
                Context.System.EventStream.Publish(failed);
                return true;
            default:
                return false;
        }
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _engines.Release(PersistenceId);
        CancelTransfers();
        base.PostStop();
    }

    private ulong NewSeed() => unchecked((ulong)Context.System.Random.Stream($"{PersistenceId} {Clock.Now().WallMilliseconds}").NextInt64());

    private bool Answers(long correlation, Phase phase) => correlation == _correlation && _phase == phase;

    private void Continue()
    {
        if (!State.WantsPipeline)
        {
            return;
        }

        switch (_phase)
        {
            case Phase.Idle:
                Launch();
                break;
            case Phase.Ready:
                NextCall();
                break;
        }
    }

    private void AwaitFiring()
    {
        // Planned once: looked at again at the time itself, a firing would seem missed, or the one after it would seem next.
        if (_planned is null)
        {
            (DateTimeOffset? next, int skipped) = ScheduleClock.Next(Mode, State.LastFiring, Now, _ranHere);
            _ranHere = false;
            _planned = next is { } at ? (at, skipped) : null;
        }

        if (_planned is not { } planned)
        {
            return;
        }

        if (planned.At > Now)
        {
            Timers.StartSingleTimer(nameof(TimeToStep), TimeToStep.Instance, planned.At - Now);
            return;
        }

        _planned = null;
        Execute(new FiringDue(planned.At, planned.Skipped));
    }

    private void StartAfreshWhenWhole()
    {
        // A run until the source is exhausted begins with a new pipeline; a run of so many steps goes on with the present one.
        if (Mode.Steps == 0 && _steps > 0)
        {
            _afresh = true;
            _phase = Phase.Idle;
        }
    }

    private void Discard()
    {
        _engines.Release(PersistenceId);
        _correlation++;
        _phase = Phase.Idle;
        _awaitingArtifacts = null;
        _toStore = [];
        _swapping = null;
        _planned = null;
        _ranHere = false;
        _runSteps = 0;
        Timers.Cancel(nameof(TimeToStep));
        Timers.Cancel(nameof(Relaunch));
    }

    private void TellStatus()
    {
        if (State.Deployment is { } deployment)
        {
            Router.Tell(
                new ToEntity(_agentEntity, new InstanceStatus(
                    deployment.Ion, deployment.Node, State.LifeCycle, State.Detail, _steps, State.Failures)),
                Self);
        }
    }

    private sealed record TimeToStep
    {
        public static TimeToStep Instance { get; } = new();
    }

    private sealed record Relaunch
    {
        public static Relaunch Instance { get; } = new();
    }

    private sealed record FlushStatistics
    {
        public static FlushStatistics Instance { get; } = new();
    }
}
