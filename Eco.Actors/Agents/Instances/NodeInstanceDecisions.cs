using System.Collections.Immutable;
using Eco.Actors.Ions;
using Eco.Actors.Models;
using Eco.Engines.Abstractions;
using Eco.Runtime.Cluster;
using Eco.Runtime.Persistence;

namespace Eco.Actors.Agents.Instances;

/// <summary>What an instance decides: pure functions of its state, a command and what is passed in.</summary>
/// <param name="Agent">The agent's id.</param>
/// <param name="AgentEntity">The agent's entity, which passes reports on.</param>
/// <param name="NewSeed">Draws a seed for a new placement.</param>
/// <param name="Now">The time of the decision.</param>
public sealed record NodeInstanceDecisions(string Agent, string AgentEntity, Func<ulong> NewSeed, HybridTimestamp Now)
{
    /// <summary>So many events below its snapshot an instance keeps at most; usually the server says long before that they may be forgotten.</summary>
    public const long MaximumEventsBelowSnapshot = 10_000;

    /// <summary>Decides on a command.</summary>
    public Decision Decide(NodeInstanceState state, object command)
    {
        ArgumentNullException.ThrowIfNull(state);
        return HeldReportDecisions.Hold(state, DecideFreely(state, command), AgentEntity);
    }

    // As if every model's bytes were at the server already.
    private Decision DecideFreely(NodeInstanceState state, object command)
    {
        if (command is DeployNode deploy)
        {
            return Deploy(state, deploy);
        }

        if (command is ForgetEvents forget)
        {
            return Decision.Nothing with { ForgetsUpTo = forget.UpTo };
        }

        if (state.Deployment is not { } deployment)
        {
            // What was on its way when the node was removed has nothing left to act on.
            return Decision.Nothing;
        }

        return command switch
        {
            UndeployNode undeploy => undeploy.Generation < deployment.Generation ? Decision.Nothing : Decision.Of(new InstanceRemoved()),
            PauseNode => state.Held ? Decision.Nothing : Decision.Of(new InstanceHoldChanged(true)),
            ResumeNode => state.Held ? Decision.Of(new InstanceHoldChanged(false)) : Decision.Nothing,
            DeliverModel delivery => Deliver(state, delivery),
            RunNode run => Run(state, run),
            PipelineReady => Ready(state, deployment),
            StepMattered step => Step(state, deployment, step),
            PipelineBroke broke => Break(state, deployment, broke.Reason),
            SwapSucceeded swap => Swapped(state, deployment, swap),
            SwapRefused refused => Refused(state, deployment, refused),
            SnapshotStored stored => (Decision.Nothing with { ForgetsUpTo = Math.Max(0, stored.UpTo - MaximumEventsBelowSnapshot) })
                .Send(AgentEntity, new SnapshotTaken(deployment.Ion, deployment.Node, Agent, stored.UpTo)),
            UploadSucceeded upload => HeldReportDecisions.Release(state, AgentEntity, upload.Emission),
            UploadGivenUp upload => HeldReportDecisions.GiveUp(state, AgentEntity, upload),
            RunGivenUp given => GiveUpRun(state, given),
            FiringDue firing => Decision.Of(new ScheduleFired(firing.At, firing.Skipped)),
            _ => throw new InvalidOperationException($"{command.GetType().Name} is no command of a node's instance"),
        };
    }

    /// <summary>The pause before a relaunch: doubling from the first, never above the longest (papers.md, section 1a).</summary>
    public static TimeSpan Backoff(RelaunchPolicy policy, int failures)
    {
        ArgumentNullException.ThrowIfNull(policy);
        double factor = Math.Pow(2, Math.Clamp(failures - 1, 0, 30));
        double milliseconds = Math.Min(policy.MinBackoff.TotalMilliseconds * factor, policy.MaxBackoff.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(milliseconds);
    }

    private Decision Deploy(NodeInstanceState state, DeployNode deploy)
    {
        if (state.Deployment is { } present && present.Generation >= deploy.Generation)
        {
            return Decision.Nothing;
        }

        var moved = new LifeCycleMoved(InstanceState.Deployed, string.Empty, 0);
        Decision decision = Decision.Of(new InstancePlaced(deploy, NewSeed()), moved).Send(AgentEntity, Report(deploy, moved));
        if (deploy.Definition.Run.Kind != RunKind.Event)
        {
            // Runs that still wait belong to a definition that made them; who asked for them must not wait for ever.
            decision = decision.Then(GiveUpRuns(state, "the node no longer runs on events"));
        }

        return decision;
    }

    private static Decision Deliver(NodeInstanceState state, DeliverModel delivery)
    {
        long newest = Math.Max(
            state.InUse.GetValueOrDefault(delivery.Component),
            state.Arrived.GetValueOrDefault(delivery.Component)?.Version ?? 0);
        return delivery.Model.Version > newest
            ? Decision.Of(new ModelArrived(delivery.Component, delivery.Model))
            : Decision.Nothing;
    }

    private Decision Run(NodeInstanceState state, RunNode run)
    {
        if (run.RunId <= state.LastRun)
        {
            return Decision.Nothing;
        }

        if (state.LifeCycle == InstanceState.Quarantined)
        {
            return Decision.Of(new RunAccepted(run), new RunSettled(run.RunId, false))
                .Send(AgentEntity, new RunFailed(run.Ion, run.Node, Agent, run.RunId, $"quarantined: {state.Detail}"));
        }

        Decision decision = Decision.Of(new RunAccepted(run));
        if (state.Runs.Length < NodeInstanceState.MaximumWaitingRuns)
        {
            return decision;
        }

        RunNode oldest = state.Runs[0];
        return decision.And(new RunSettled(oldest.RunId, false)).Send(
            AgentEntity,
            new RunFailed(run.Ion, run.Node, Agent, oldest.RunId, $"{NodeInstanceState.MaximumWaitingRuns} newer runs wait"));
    }

    private Decision Ready(NodeInstanceState state, DeployNode deployment)
    {
        InstanceState next = deployment.Definition.Run.Kind == RunKind.Continuous ? InstanceState.Running : InstanceState.Deployed;
        if (state.LifeCycle == next)
        {
            return Decision.Nothing;
        }

        var moved = new LifeCycleMoved(next, string.Empty, state.Failures);
        return Decision.Of(moved).Send(AgentEntity, Report(deployment, moved));
    }

    private Decision Step(NodeInstanceState state, DeployNode deployment, StepMattered step)
    {
        Decision decision = Decision.Nothing;
        if (state.Failures > 0 && IsProgress(step))
        {
            decision = decision.And(new LifeCycleMoved(state.LifeCycle, string.Empty, 0));
        }

        if (step.Checkpoint is not null)
        {
            decision = decision.And(new CheckpointTaken(step.Checkpoint));
        }

        if (!step.Models.IsEmpty)
        {
            decision = Emit(state, deployment, step, decision);
        }

        foreach (EmittedNotice notice in step.Notices)
        {
            decision = decision.Send(AgentEntity, new NoticeRaised(
                deployment.Ion,
                deployment.Node,
                Agent,
                notice.Component,
                notice.Kind == PortType.Alert ? SignalKind.Alert : SignalKind.Event,
                notice.Text));
        }

        foreach ((string component, ImmutableSortedDictionary<string, double> values) in step.Statistics)
        {
            decision = decision.Send(AgentEntity, new StatisticsBrought(deployment.Ion, deployment.Node, Agent, component, values));
        }

        if (step.RunId > 0)
        {
            decision = decision.And(new RunSettled(step.RunId, true));
        }

        if (step.FiringEnded && state.Firing is { } firing)
        {
            decision = decision.And(new ScheduledRunEnded(firing));
        }

        if (step.Finished && deployment.Definition.Run.Kind == RunKind.Continuous)
        {
            var moved = new LifeCycleMoved(InstanceState.Succeeded, "its sources are exhausted", 0);
            decision = decision.And(moved).Send(AgentEntity, Report(deployment, moved));
        }

        return decision;
    }

    // A pipeline that always fails at the same row repeats its first steps at each relaunch; they must not make it look well.
    private static bool IsProgress(StepMattered step) => step.Checkpoint is not null || step.RunId > 0 || step.FiringEnded || step.Finished;

    private Decision Emit(NodeInstanceState state, DeployNode deployment, StepMattered step, Decision decision)
    {
        ImmutableArray<ModelReference> models = [.. step.Models.Select(emitted =>
            ModelReference.Of($"{deployment.Node}.{emitted.Component}", emitted.Model))];
        decision = decision.And(new ModelsEmitted(models.Length, [.. models.Select(model => model.Hash)]));
        for (int i = 0; i < models.Length; i++)
        {
            decision = decision.Send(AgentEntity, new ModelEmitted(
                deployment.Ion,
                deployment.Node,
                Agent,
                step.Models[i].Component,
                state.Emissions + i + 1,
                step.RunId,
                models[i],
                Now));
        }

        return decision;
    }

    private Decision Break(NodeInstanceState state, DeployNode deployment, string reason)
    {
        int failures = state.Failures + 1;
        bool quarantined = failures >= deployment.Definition.Relaunch.MaxFailures;
        var moved = new LifeCycleMoved(
            quarantined ? InstanceState.Quarantined : InstanceState.Failed,
            quarantined ? $"failed {failures} times in a row: {reason}" : reason,
            failures);
        Decision decision = Decision.Of(moved).Send(AgentEntity, Report(deployment, moved));
        return quarantined ? decision.Then(GiveUpRuns(state, moved.Detail)) : decision;
    }

    private Decision GiveUpRuns(NodeInstanceState state, string reason) => state.Runs.Aggregate(
        Decision.Nothing,
        (decision, run) => decision
            .And(new RunSettled(run.RunId, false))
            .Send(AgentEntity, new RunFailed(run.Ion, run.Node, Agent, run.RunId, reason)));

    private Decision GiveUpRun(NodeInstanceState state, RunGivenUp given) => state.Runs.Any(run => run.RunId == given.RunId)
        ? Decision.Of(new RunSettled(given.RunId, false)).Send(
            AgentEntity, new RunFailed(state.Deployment!.Ion, state.Deployment.Node, Agent, given.RunId, given.Reason))
        : Decision.Nothing;

    private Decision Swapped(NodeInstanceState state, DeployNode deployment, SwapSucceeded swap)
    {
        if (state.Arrived.GetValueOrDefault(swap.Component) is not { } model || model.Version != swap.Version)
        {
            return Decision.Nothing;
        }

        return Decision.Of(new ModelApplied(swap.Component, model, swap.AtStep)).Send(
            AgentEntity,
            new ModelTaken(deployment.Ion, deployment.Node, Agent, swap.Component, model.Name, model.Version, model.Hash));
    }

    private Decision Refused(NodeInstanceState state, DeployNode deployment, SwapRefused refused)
    {
        if (state.Arrived.GetValueOrDefault(refused.Component) is not { } model || model.Version != refused.Version)
        {
            return Decision.Nothing;
        }

        return Decision.Of(new ModelDeclined(refused.Component, model.Name, model.Version, refused.Reason)).Send(
            AgentEntity,
            new ModelRefused(
                deployment.Ion, deployment.Node, Agent, refused.Component, model.Name, model.Version, model.Hash, refused.Reason));
    }

    private InstanceReported Report(DeployNode deployment, LifeCycleMoved moved) =>
        new(deployment.Ion, deployment.Node, Agent, deployment.Generation, moved.State, moved.Detail);
}
