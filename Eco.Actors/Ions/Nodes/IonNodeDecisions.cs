using System.Collections.Immutable;
using Eco.Actors.Agents;
using Eco.Actors.Agents.Proxies;
using Eco.Actors.Console;
using Eco.Actors.Ions.Rounds;
using Eco.Actors.Models;
using Eco.Runtime.Cluster;
using Eco.Runtime.Persistence;

namespace Eco.Actors.Ions.Nodes;

/// <summary>A timer of the node: the deadline of a round has passed.</summary>
public sealed record RoundDeadlinePassed(long Round);

/// <summary>The outcome of a gate's measurement.</summary>
/// <param name="Version">The model that waits.</param>
/// <param name="Value">The mean over agents of the newest values; null if there is none yet.</param>
public sealed record GateMeasured(long Version, double? Value);

/// <summary>
/// What an ION node decides: pure functions of its state, a command and the time. One method per kind of command; what follows from
/// a change (a round that can close, a node that is finished) is decided in <see cref="Follow"/>.
/// </summary>
public static class IonNodeDecisions
{
    /// <summary>Decides on a command.</summary>
    /// <param name="state">The node's state.</param>
    /// <param name="command">A durable message, an operator's command, a timer or a measurement.</param>
    /// <param name="now">The time of the decision.</param>
    public static Decision Decide(IonNodeState state, object command, HybridTimestamp now)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (command is ConfigureNode configure)
        {
            return Follow(state, Configure(state, configure, now), now);
        }

        if (state.Configuration is not { } configuration)
        {
            // A message that was on its way when the node was retired: nothing is left to do for it.
            return command is DecideApproval
                ? Decision.Answer(new IonRefused(ConsoleErrorCodes.NotFound, "the node is not part of a running ION", "see eco ion list"))
                : Decision.Nothing;
        }

        Decision decision = command switch
        {
            HoldNode => Hold(state, configuration, held: true),
            ReleaseNode => Hold(state, configuration, held: false),
            RetireNode => Retire(state, configuration),
            NodeFinished feeder => Decision.Of(new FeederMoved(feeder.Node, feeder.Finished)),
            InstanceReported report => Report(state, configuration, report, now),
            ModelEmitted { LeftOut: > 0 } emitted => Decision.Of(new ModelsLeftOut(emitted.Agent, emitted.LeftOut, emitted.Emission))
                .Then(Emit(state, configuration, emitted)),
            ModelEmitted emitted => Emit(state, configuration, emitted),
            RunFailed failed => FailRun(state, failed, now),
            ModelTaken taken => Decision.Of(
                new ModelInUse(taken.Agent, taken.Component, taken.Model, taken.Version, taken.Hash)),
            ModelRefused refused => Decision.Of(new ModelTurnedDown(
                refused.Agent, refused.Component, refused.Model, refused.Version, refused.Hash, refused.Reason)),
            NoticeRaised notice => Notice(configuration, notice),
            StatisticsBrought statistics => Forward(
                configuration,
                SignalKind.Statistics,
                statistics.Agent,
                statistics.Component,
                string.Join(", ", statistics.Values.Select(entry => string.Create(
                    System.Globalization.CultureInfo.InvariantCulture, $"{entry.Key} = {entry.Value:R}")))),
            UpstreamChanged changed => Decision.Of(new UpstreamMoved(changed.Agent, changed.Active)),
            SignalSent signal => Signal(state, configuration, signal),
            ModelRegistered registered => Registered(configuration, registered),
            RoundDeadlinePassed passed => new Decision(state.Rounds.PassDeadline(passed.Round), [], null),
            DecideApproval decide => Approve(state, configuration, decide),
            GateMeasured measured => Measure(state, configuration, measured),
            _ => throw new InvalidOperationException($"{command.GetType().Name} is no command of an ION node"),
        };
        return Follow(state, decision, now);
    }

    private static Decision Configure(IonNodeState state, ConfigureNode next, HybridTimestamp now)
    {
        if (state.Configuration is { } present && Canonical.Same(present with { IonVersion = 0 }, next with { IonVersion = 0 }))
        {
            return Decision.Nothing;
        }

        PipelineNode? pipeline = next.Definition.Pipeline;
        bool redeploy = state.Configuration?.Definition.Pipeline is not { } before
            || pipeline is null
            || !Canonical.Same(AsDeployed(before), AsDeployed(pipeline))
            || !StatisticsFrom(state.Configuration).SequenceEqual(StatisticsFrom(next))
            || !(NewestModelOf(state.Configuration) ?? []).SequenceEqual(NewestModelOf(next) ?? []);
        long generation = redeploy ? state.Generation + 1 : state.Generation;
        Decision decision = Decision.Of(new NodeConfigured(next, generation));
        foreach (string agent in state.Instances.Keys.Where(agent => !next.Agents.Contains(agent)))
        {
            decision = decision.Send(AgentProxyActor.IdOf(agent), new UndeployNode(next.Ion, next.Definition.Name, state.Generation));
        }

        foreach ((string agent, NodeInstanceView instance) in state.Instances)
        {
            if (HasEnded(instance.State) && (redeploy || !next.Agents.Contains(agent)))
            {
                // What ended was the former instance: who merges its models waits for the next one's.
                decision = TellTargets(decision, next, new UpstreamChanged(agent, true));
            }
        }

        if (pipeline is null)
        {
            return decision;
        }

        foreach (string agent in next.Agents.Where(agent => redeploy || !state.Instances.ContainsKey(agent)))
        {
            decision = decision.Send(
                AgentProxyActor.IdOf(agent),
                new DeployNode(
                    next.Ion, next.Definition.Name, next.IonVersion, generation, AsDeployed(pipeline), StatisticsFrom(next), NewestModelOf(next)));
            decision = BringUpToDate(state, decision, next, agent, afresh: !state.Instances.ContainsKey(agent));
        }

        if (state.Rounds.Merging is { } merging && !next.Agents.Contains(merging.Merger))
        {
            return decision.Then(new Decision(
                state.Rounds.Fail(merging.Round, $"{merging.Merger} no longer runs the merge", now), [], null));
        }

        return decision;
    }

    // What an agent needs to know: who else runs the node, and its rounds, are the server's affair.
    private static PipelineNode AsDeployed(PipelineNode node) =>
        node with { Rounds = null, On = new AgentSelector([], null, null, ImmutableSortedDictionary<string, string>.Empty, [], 0) };

    // A link from the whole node carries what its statistics sinks sum up; a component's own numbers are carried only if it is named.
    private static ImmutableArray<string> StatisticsFrom(ConfigureNode configuration) =>
    [
        .. configuration.Outgoing
            .Where(link => link.Signal == SignalKind.Statistics)
            .SelectMany(link => link.From.Component is { } component
                ? [component]
                : configuration.Definition.Pipeline?.Components.Components
                    .Where(candidate => candidate.Type == "sink.statistics")
                    .Select(candidate => candidate.Name) ?? [])
            .Distinct()
            .Order(StringComparer.Ordinal),
    ];

    // A round takes the newest update of an agent. What goes elsewhere gets a version, or starts a run: there each model counts.
    private static ImmutableArray<string>? NewestModelOf(ConfigureNode configuration)
    {
        ImmutableArray<string> components =
        [
            .. (configuration.Definition.Pipeline is { Rounds: null } pipeline ? pipeline.Components.Components : [])
                .Select(component => component.Name)
                .Where(component => ModelLinks(configuration, component).Any()
                    && ModelLinks(configuration, component).All(link => configuration.MergeTargets.Contains(link.To.Node)))
                .Order(StringComparer.Ordinal),
        ];
        return components.IsEmpty ? null : components;
    }

    private static Decision Hold(IonNodeState state, ConfigureNode configuration, bool held)
    {
        if (state.Held == held)
        {
            return Decision.Nothing;
        }

        Decision decision = Decision.Of(new NodeHoldChanged(held));
        string node = configuration.Definition.Name;
        foreach (string agent in configuration.Agents)
        {
            AgentCommand command = held ? new PauseNode(configuration.Ion, node) : new ResumeNode(configuration.Ion, node);
            decision = decision.Send(AgentProxyActor.IdOf(agent), command);
        }

        return decision;
    }

    private static Decision Retire(IonNodeState state, ConfigureNode configuration)
    {
        Decision decision = Decision.Of(new NodeRetired());
        foreach (string agent in configuration.Agents)
        {
            decision = decision.Send(
                AgentProxyActor.IdOf(agent),
                new UndeployNode(configuration.Ion, configuration.Definition.Name, state.Generation));
        }

        return decision;
    }

    // An instance that has just been placed knows neither the node's models nor, if it is the agent's first, that the node is held.
    private static Decision BringUpToDate(IonNodeState state, Decision decision, ConfigureNode configuration, string agent, bool afresh)
    {
        string proxy = AgentProxyActor.IdOf(agent);
        string node = configuration.Definition.Name;
        decision = state.Propagated.Aggregate(
            decision, (current, entry) => current.Send(proxy, new DeliverModel(configuration.Ion, node, entry.Key, entry.Value)));
        return afresh && state.Held ? decision.Send(proxy, new PauseNode(configuration.Ion, node)) : decision;
    }

    private static Decision Report(IonNodeState state, ConfigureNode configuration, InstanceReported report, HybridTimestamp now)
    {
        if (report.Generation < state.Generation || !configuration.Agents.Contains(report.Agent))
        {
            // From before the last change: what it says is no longer so.
            return Decision.Nothing;
        }

        InstanceState before = state.Instances.GetValueOrDefault(report.Agent)?.State ?? InstanceState.Pending;
        Decision decision = Decision.Of(new InstanceMoved(report.Agent, report.Generation, report.State, report.Detail));
        if (report.State == InstanceState.Pending)
        {
            // The agent was installed again: what its former installation knew and was about to do is gone.
            decision = BringUpToDate(state, decision, configuration, report.Agent, afresh: true);
            if (state.Rounds.Merging is { } merging && merging.Merger == report.Agent)
            {
                decision = decision.Then(new Decision(
                    state.Rounds.Fail(merging.Round, $"{merging.Merger} was installed again", now), [], null));
            }
        }

        bool wasActive = !HasEnded(before);
        bool isActive = !HasEnded(report.State);
        return wasActive == isActive
            ? decision
            : TellTargets(decision, configuration, new UpstreamChanged(report.Agent, isActive));
    }

    private static Decision TellTargets(Decision decision, ConfigureNode configuration, UpstreamChanged news) =>
        configuration.Outgoing
            .Where(link => link.Signal == SignalKind.Model)
            .Select(link => link.To.Node)
            .Distinct()
            .Aggregate(decision, (current, target) => current.Send(IonNodeActor.IdOf(configuration.Ion, target), news));

    private static bool HasEnded(InstanceState state) => state is InstanceState.Succeeded or InstanceState.Quarantined;

    private static Decision Emit(IonNodeState state, ConfigureNode configuration, ModelEmitted emitted)
    {
        if (configuration.Definition.Pipeline?.Rounds is not null)
        {
            ImmutableArray<object> merged = state.Rounds.Merge(emitted.RunId, emitted.Model);
            return merged.IsEmpty
                ? Decision.Nothing
                : new Decision(merged, [], null).Send(
                    ModelRegistryActor.IdOf(configuration.Ion),
                    new RegisterModel(IonNodeActor.IdOf(configuration.Ion, configuration.Definition.Name), emitted.Model, ((RoundMerged)merged[0]).Parents));
        }

        Decision decision = Decision.Nothing;
        bool register = true;
        foreach (LinkDefinition link in ModelLinks(configuration, emitted.Component))
        {
            register = false;
            if (configuration.MergeTargets.Contains(link.To.Node))
            {
                decision = decision.Send(
                    IonNodeActor.IdOf(configuration.Ion, link.To.Node),
                    new SignalSent(link.From, link.To, SignalKind.Model, emitted.Agent, emitted.Emission, emitted.EmittedAt, emitted.Model, null));
            }
            else
            {
                register = true;
            }
        }

        return register
            ? decision.Send(
                ModelRegistryActor.IdOf(configuration.Ion),
                new RegisterModel(IonNodeActor.IdOf(configuration.Ion, configuration.Definition.Name), emitted.Model, []))
            : decision;
    }

    private static Decision FailRun(IonNodeState state, RunFailed failed, HybridTimestamp now)
    {
        ImmutableArray<object> voided = state.Rounds.Fail(failed.RunId, failed.Reason, now);
        return new Decision([new RunAbandoned(failed.Agent, failed.RunId, failed.Reason), .. voided], [], null);
    }

    private static Decision Notice(ConfigureNode configuration, NoticeRaised notice)
    {
        return Decision.Of(new NoticeSeen(notice.Agent, notice.Component, notice.Kind, notice.Text))
            .Then(Forward(configuration, notice.Kind, notice.Agent, notice.Component, notice.Text));
    }

    private static Decision Forward(ConfigureNode configuration, SignalKind kind, string agent, string component, string text) =>
        configuration.Outgoing
            .Where(link => link.Signal == kind && (link.From.Component is null || link.From.Component == component))
            .Aggregate(Decision.Nothing, (decision, link) => decision.Send(
                IonNodeActor.IdOf(configuration.Ion, link.To.Node),
                new SignalSent(link.From, link.To, kind, agent, 0, default, null, text)));

    private static Decision Signal(IonNodeState state, ConfigureNode configuration, SignalSent signal)
    {
        if (configuration.Definition.Policy is not null)
        {
            return signal.Model is null ? Decision.Nothing : HoldModel(state, signal.Model);
        }

        PipelineNode pipeline = configuration.Definition.Pipeline!;
        if (pipeline.Rounds is { } rules && signal.Model is not null)
        {
            var update = new RoundUpdate(
                signal.Agent, signal.To.Component ?? string.Empty, signal.Emission, signal.EmittedAt, signal.Model);
            return new Decision(state.Rounds.Receive(update, rules, state.ExpectedUpstream), [], null);
        }

        if (pipeline.Run.Kind == RunKind.Event && pipeline.Run.Signal == signal.Kind)
        {
            ImmutableArray<RunInput> inputs = signal.Model is null || signal.To.Component is null
                ? []
                : [new RunInput(signal.To.Component, signal.Model)];
            string cause = $"{signal.Kind.ToString().ToLowerInvariant()} from {signal.From}";
            return AskRun(state, configuration, inputs, signal.Text is null ? cause : $"{cause}: {signal.Text}");
        }

        return signal.Model is null || signal.To.Component is null
            ? Decision.Nothing
            : Propagate(configuration, signal.To.Component, signal.Model);
    }

    private static Decision AskRun(IonNodeState state, ConfigureNode configuration, ImmutableArray<RunInput> inputs, string cause)
    {
        long run = state.Runs + 1;
        Decision decision = Decision.Of(new RunAsked(run, inputs, cause));
        foreach (string agent in configuration.Agents)
        {
            decision = decision.Send(
                AgentProxyActor.IdOf(agent),
                new RunNode(configuration.Ion, configuration.Definition.Name, run, inputs));
        }

        return decision;
    }

    private static Decision Propagate(ConfigureNode configuration, string component, ModelReference model)
    {
        Decision decision = Decision.Of(new ModelPropagated(component, model));
        foreach (string agent in configuration.Agents)
        {
            decision = decision.Send(
                AgentProxyActor.IdOf(agent),
                new DeliverModel(configuration.Ion, configuration.Definition.Name, component, model));
        }

        return decision;
    }

    private static Decision Registered(ConfigureNode configuration, ModelRegistered registered)
    {
        Decision decision = Decision.Of(new ModelVersioned(registered.Model));
        string component = registered.Model.Name[(registered.Model.Name.IndexOf('.', StringComparison.Ordinal) + 1)..];
        foreach (LinkDefinition link in ModelLinks(configuration, component).Where(link => !configuration.MergeTargets.Contains(link.To.Node)))
        {
            decision = decision.Send(
                IonNodeActor.IdOf(configuration.Ion, link.To.Node),
                new SignalSent(link.From, link.To, SignalKind.Model, string.Empty, registered.Model.Version, default, registered.Model, null));
        }

        return decision;
    }

    private static Decision HoldModel(IonNodeState state, ModelReference model)
    {
        Decision decision = Decision.Of(new ModelHeld(model));
        if (state.Waiting.Count < IonNodeState.MaximumWaiting)
        {
            return decision;
        }

        ModelReference oldest = state.Waiting.First().Value;
        return decision.And(new ModelDecided(oldest, false, "eco", $"superseded: {IonNodeState.MaximumWaiting} newer models wait"));
    }

    private static Decision Approve(IonNodeState state, ConfigureNode configuration, DecideApproval decide)
    {
        if (configuration.Definition.Policy?.Kind != PolicyKind.Approval)
        {
            return Decision.Answer(new IonRefused(
                ConsoleErrorCodes.Refused, $"{configuration.Definition.Name} is no approval policy", "name a node with policy = approval"));
        }

        ModelReference? model = decide.Version == 0
            ? state.Waiting.LastOrDefault().Value
            : state.Waiting.GetValueOrDefault(decide.Version);
        if (model is null)
        {
            string waiting = state.Waiting.Count == 0 ? "none waits" : "waiting: " + string.Join(", ", state.Waiting.Keys);
            return Decision.Answer(new IonRefused(
                ConsoleErrorCodes.NotFound,
                decide.Version == 0 ? "no model waits for approval" : $"version {decide.Version} does not wait for approval ({waiting})",
                "see eco models"));
        }

        return Pass(configuration, model, decide.Approve, decide.By, decide.Reason)
            .Replying(new ApprovalAccepted(model, decide.Approve));
    }

    private static Decision Measure(IonNodeState state, ConfigureNode configuration, GateMeasured measured)
    {
        if (configuration.Definition.Policy?.Gate is not { } gate
            || state.Waiting.GetValueOrDefault(measured.Version) is not { } model)
        {
            return Decision.Nothing;
        }

        string bound = $"{gate.Node} {gate.Statistic} {(gate.Comparison == GateComparison.AtMost ? "<=" : ">=")} {gate.Bound:R}";
        if (measured.Value is not { } value)
        {
            return Pass(configuration, model, false, "gate", $"{bound}: nothing measured yet");
        }

        bool passes = gate.Comparison == GateComparison.AtMost ? value <= gate.Bound : value >= gate.Bound;
        return Pass(configuration, model, passes, "gate", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{bound}: measured {value:G6}"));
    }

    private static Decision Pass(ConfigureNode configuration, ModelReference model, bool approved, string by, string reason)
    {
        Decision decision = Decision.Of(new ModelDecided(model, approved, by, reason))
            .Send(ModelRegistryActor.IdOf(configuration.Ion), new MarkModel(model.Name, model.Version, approved ? ModelState.Approved : ModelState.Rejected));
        if (!approved)
        {
            return decision;
        }

        foreach (LinkDefinition link in configuration.Outgoing.Where(link => link.Signal == SignalKind.Model))
        {
            decision = decision.Send(
                IonNodeActor.IdOf(configuration.Ion, link.To.Node),
                new SignalSent(link.From, link.To, SignalKind.Model, string.Empty, model.Version, default, model, null));
        }

        return decision;
    }

    /// <summary>What follows from a decision: a round that can close now, a node that is finished now.</summary>
    private static Decision Follow(IonNodeState state, Decision decision, HybridTimestamp now)
    {
        IonNodeState after = decision.Events.Aggregate(state, (current, e) => current.Apply(e));
        if (after.Configuration is not { } configuration)
        {
            return decision;
        }

        if (configuration.Definition.Pipeline?.Rounds is { } rules)
        {
            ImmutableArray<object> closing = after.Rounds.TryClose(rules, after.ExpectedUpstream, after.Merger, now);
            decision = decision.Then(new Decision(closing, [], null));
            if (closing is [RoundClosed closed])
            {
                decision = decision.Send(
                    AgentProxyActor.IdOf(closed.Merger),
                    new RunNode(
                        configuration.Ion,
                        configuration.Definition.Name,
                        closed.Round,
                        [.. after.Rounds.Open!.Received.Values.Select(update => new RunInput(update.Component, update.Model))]));
            }

            after = closing.Aggregate(after, (current, e) => current.Apply(e));
        }

        if (after.IsFinished == after.Completed)
        {
            return decision;
        }

        decision = decision.And(new NodeCompletionChanged(after.IsFinished));
        var news = new NodeFinished(configuration.Definition.Name, after.IsFinished);
        decision = decision.Send(IonActor.IdOf(configuration.Ion), news);
        foreach (string target in configuration.Outgoing.Select(link => link.To.Node).Distinct())
        {
            decision = decision.Send(IonNodeActor.IdOf(configuration.Ion, target), news);
        }

        return decision;
    }

    private static IEnumerable<LinkDefinition> ModelLinks(ConfigureNode configuration, string component) =>
        configuration.Outgoing.Where(link =>
            link.Signal == SignalKind.Model && (link.From.Component is null || link.From.Component == component));
}
