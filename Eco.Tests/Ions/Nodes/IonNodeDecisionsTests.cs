using System.Collections.Immutable;
using Eco.Actors.Agents;
using Eco.Actors.Ions;
using Eco.Actors.Ions.Nodes;
using Eco.Actors.Ions.Rounds;
using Eco.Actors.Models;
using Eco.Runtime.Cluster;
using NUnit.Framework;

namespace Eco.Tests.Ions.Nodes;

public sealed class IonNodeDecisionsTests
{
    private IonNodeState _state = IonNodeState.Empty;
    private long _now;

    [SetUp]
    public void Begin() => (_state, _now) = (IonNodeState.Empty, 0);

    [Test]
    public void Configure_WhenItIsNew_DeploysToEachAgentAndTheSameAgainDoesNothing()
    {
        Decision decision = Configure("edge", ["e1", "e2"]);

        Assert.That(decision.Sent<DeployNode>("proxy/e1").Single().Generation, Is.EqualTo(1));
        Assert.That(decision.Sent<DeployNode>("proxy/e2").Count(), Is.EqualTo(1));
        Assert.That(Configure("edge", ["e1", "e2"], version: 2).Sends, Is.Empty, "a new ION version alone moves nothing");
    }

    [Test]
    public void Configure_WhenAgentsComeAndGo_TouchesOnlyThem()
    {
        Configure("edge", ["e1", "e2"]);

        Decision decision = Configure("edge", ["e2", "e3"]);

        Assert.That(decision.Sent<UndeployNode>("proxy/e1").Count(), Is.EqualTo(1));
        Assert.That(decision.Sends.Where(send => send.Receiver == "proxy/e2"), Is.Empty);
        Assert.That(decision.Sent<DeployNode>("proxy/e3").Single().Generation, Is.EqualTo(1));
    }

    [Test]
    public void Configure_WhenThePipelineDiffers_RaisesTheGenerationEverywhere()
    {
        Configure("edge", ["e1"]);
        PipelineNode other = Domain.Pipeline(RunKind.Continuous, component: "other");

        Decision decision = Configure("edge", ["e1"], pipeline: other);

        Assert.That(decision.Sent<DeployNode>("proxy/e1").Single().Generation, Is.EqualTo(2));
        Assert.That(Report("e1", InstanceState.Running, generation: 1).Events, Is.Empty, "a report from before the change");
    }

    [Test]
    public void Configure_WhenAnInstanceThatHadEndedIsReplaced_TellsTheMergeThatItSendsAgain()
    {
        Configure("edge", ["e1"]);
        Assert.That(Report("e1", InstanceState.Succeeded).Sent<UpstreamChanged>("ion/f/merge"), Is.EqualTo(new[] { new UpstreamChanged("e1", false) }));

        Decision decision = Configure("edge", ["e1"], pipeline: Domain.Pipeline(RunKind.Continuous, component: "other"));

        Assert.That(decision.Sent<UpstreamChanged>("ion/f/merge"), Is.EqualTo(new[] { new UpstreamChanged("e1", true) }));
        Assert.That(Report("e1", InstanceState.Running, generation: 2).Sent<UpstreamChanged>("ion/f/merge"), Is.Empty);
    }

    [Test]
    public void Configure_WhenTheNodeIsHeld_PausesAgentsThatAreNew()
    {
        Configure("edge", ["e1"]);
        Assert.That(Do(new HoldNode()).Sent<PauseNode>("proxy/e1").Count(), Is.EqualTo(1));
        Assert.That(Do(new HoldNode()).Sends, Is.Empty);

        Decision decision = Configure("edge", ["e1", "e2"]);

        Assert.That(
            decision.Sent<AgentCommand>("proxy/e2").Select(command => command.GetType()),
            Is.EqualTo(new[] { typeof(DeployNode), typeof(PauseNode) }));
    }

    [Test]
    public void Report_WhenTheAgentWasInstalledAgain_GivesItTheModelsAndThePauseAgain()
    {
        Configure("edge", ["e1"]);
        Do(new SignalSent(
            new LinkEnd("merge", "combine"), new LinkEnd("edge", "learn"), SignalKind.Model, "", 1, default, Domain.Model("merge.combine", 3), null));
        Do(new HoldNode());

        Decision decision = Report("e1", InstanceState.Pending);

        Assert.That(
            decision.Sent<AgentCommand>("proxy/e1").Select(command => command.GetType()),
            Is.EqualTo(new[] { typeof(DeliverModel), typeof(PauseNode) }));
    }

    [Test]
    public void Report_WhenTheMergerWasInstalledAgain_VoidsTheRoundThatItMerged()
    {
        ConfigureMerge();
        Update("e1", 1);
        Assert.That(Update("e2", 1).Sent<RunNode>("proxy/c1").Single().RunId, Is.EqualTo(1));

        Decision decision = Report("c1", InstanceState.Pending);

        Assert.That(decision.Events.OfType<RoundVoided>().Single().Reason, Does.Contain("installed again"));
        Assert.That(_state.Rounds.IsIdle, Is.True);
    }

    [Test]
    public void Round_WhenItsMergeReturns_RegistersTheModelOnce()
    {
        ConfigureMerge();
        Update("e1", 1);
        Update("e2", 1);
        var emitted = new ModelEmitted("f", "merge", "c1", "combine", 1, 1, Domain.Model("merge.combine"), Domain.At(5));

        RegisterModel registered = Do(emitted).Sent<RegisterModel>("models/f").Single();

        Assert.That(registered.Parents, Has.Length.EqualTo(2));
        Assert.That(Do(emitted).Sends, Is.Empty, "the same result again");
        Assert.That(Do(new RunFailed("f", "merge", "c1", 1, "late")).Events.OfType<RoundVoided>(), Is.Empty);
    }

    [Test]
    public void Round_WhenAnUpstreamAgentEnds_ClosesWithoutIt()
    {
        ConfigureMerge();
        Update("e1", 1);

        Decision decision = Do(new UpstreamChanged("e2", false));

        Assert.That(decision.Events.OfType<RoundClosed>().Single().Participants, Is.EqualTo(new[] { "e1" }));
        Assert.That(decision.Sent<RunNode>("proxy/c1").Single().Inputs, Has.Length.EqualTo(1));
    }

    [Test]
    public void Round_WhenTheMergerNoLongerHasTheNode_IsVoid()
    {
        ConfigureMerge();
        Update("e1", 1);
        Update("e2", 1);

        Decision decision = ConfigureMerge("c2");

        Assert.That(decision.Events.OfType<RoundVoided>().Single().Reason, Does.Contain("c1 no longer runs the merge"));
    }

    [Test]
    public void Node_WhenAllThatFeedsItHasFinishedAndNothingIsOpen_Finishes()
    {
        ConfigureMerge();
        Update("e1", 1);
        Assert.That(Do(new NodeFinished("edge", true)).Sent<NodeFinished>("ion/f"), Is.Empty, "a round is open");
        Update("e2", 1);

        Decision decision = Do(new RunFailed("f", "merge", "c1", 1, "no memory"));

        Assert.That(decision.Sent<NodeFinished>("ion/f"), Is.EqualTo(new[] { new NodeFinished("merge", true) }));
        Assert.That(Do(new NodeFinished("edge", false)).Sent<NodeFinished>("ion/f"), Is.EqualTo(new[] { new NodeFinished("merge", false) }));
    }

    [Test]
    public void Emission_WhenItGoesToAMerge_NeedsNoVersionAndOtherwiseIsRegistered()
    {
        Configure("edge", ["e1"]);
        var emitted = new ModelEmitted("f", "edge", "e1", "learn", 1, 0, Domain.Model("edge.learn"), Domain.At(5));

        Decision decision = Do(emitted);

        Assert.That(decision.Sent<SignalSent>("ion/f/merge").Single().Emission, Is.EqualTo(1));
        Assert.That(decision.Sent<RegisterModel>("models/f"), Is.Empty);
        Assert.That(Do(emitted with { Component = "unlinked" }).Sent<RegisterModel>("models/f").Count(), Is.EqualTo(1));
    }

    [Test]
    public void Approval_WhenModelsWait_DecidesTheNamedOrTheNewest()
    {
        ConfigurePolicy(new PolicyNode(PolicyKind.Approval, null));
        Offer(1);
        Offer(2);

        Assert.That(Do(new DecideApproval(9, true, "ann", "")).Reply, Is.TypeOf<IonRefused>());
        Decision newest = Do(new DecideApproval(0, true, "ann", "good"));
        Assert.That(((ApprovalAccepted)newest.Reply!).Model.Version, Is.EqualTo(2));
        Assert.That(newest.Sent<SignalSent>("ion/f/edge").Count(), Is.EqualTo(1));
        Assert.That(newest.Sent<MarkModel>("models/f").Single().State, Is.EqualTo(ModelState.Approved));
        Decision rejected = Do(new DecideApproval(1, false, "ann", "bad"));
        Assert.That(rejected.Sent<SignalSent>("ion/f/edge"), Is.Empty);
        Assert.That(Do(new DecideApproval(0, true, "ann", "")).Reply, Is.TypeOf<IonRefused>(), "none waits");
    }

    [Test]
    public void Approval_WhenTooManyModelsWait_RejectsTheOldest()
    {
        ConfigurePolicy(new PolicyNode(PolicyKind.Approval, null));
        for (int version = 1; version <= IonNodeState.MaximumWaiting + 5; version++)
        {
            Offer(version);
        }

        Assert.That(_state.Waiting, Has.Count.EqualTo(IonNodeState.MaximumWaiting));
        Assert.That(_state.Waiting.Keys.First(), Is.EqualTo(6));
    }

    [TestCase(GateComparison.AtMost, 0.5, true)]
    [TestCase(GateComparison.AtMost, 0.51, false)]
    [TestCase(GateComparison.AtLeast, 0.5, true)]
    [TestCase(GateComparison.AtLeast, 0.49, false)]
    [TestCase(GateComparison.AtLeast, null, false)]
    public void Gate_WhenMeasured_PassesWithinItsBound(GateComparison comparison, double? value, bool passes)
    {
        ConfigurePolicy(new PolicyNode(PolicyKind.Gate, new GateCondition("edge", "learn.error", comparison, 0.5)));
        Offer(1);

        Decision decision = Do(new GateMeasured(1, value));

        Assert.That(decision.Events.OfType<ModelDecided>().Single().Approved, Is.EqualTo(passes));
        Assert.That(decision.Sent<SignalSent>("ion/f/edge").Any(), Is.EqualTo(passes));
        Assert.That(Do(new GateMeasured(1, value)).Events, Is.Empty, "it is decided");
    }

    [Test]
    public void Decide_WhenTheNodeIsRetired_UndeploysAndIgnoresWhatIsStillOnItsWay()
    {
        Configure("edge", ["e1"]);

        Assert.That(Do(new RetireNode()).Sent<UndeployNode>("proxy/e1").Count(), Is.EqualTo(1));
        Assert.That(Report("e1", InstanceState.Running).Events, Is.Empty);
        Assert.That(Do(new DecideApproval(1, true, "ann", "")).Reply, Is.TypeOf<IonRefused>());
        Assert.That(Configure("edge", ["e1"]).Sent<DeployNode>("proxy/e1").Single().Generation, Is.EqualTo(2), "a new life, a new generation");
    }

    private Decision ConfigureMerge(string merger = "c1") => Configure("merge", [merger], upstream: ["e1", "e2"]);

    private void ConfigurePolicy(PolicyNode policy) => Do(new ConfigureNode(
        "f",
        1,
        new NodeDefinition("policy", null, policy),
        [],
        [new LinkDefinition(new LinkEnd("policy", null), new LinkEnd("edge", "learn"), SignalKind.Model, ConsistencyLevel.Eventual)],
        [],
        [],
        []));

    private Decision Configure(
        string node, ImmutableArray<string> agents, int version = 1, PipelineNode? pipeline = null, ImmutableArray<string>? upstream = null)
    {
        IonDefinition ion = Domain.Federated();
        NodeDefinition definition = ion.Nodes.Single(candidate => candidate.Name == node);
        return Do(new ConfigureNode(
            "f",
            version,
            pipeline is null ? definition : definition with { Pipeline = pipeline },
            [.. ion.Links.Where(link => link.To.Node == node)],
            [.. ion.Links.Where(link => link.From.Node == node)],
            agents,
            upstream ?? [],
            node == "edge" ? ["merge"] : []));
    }

    private void Offer(long version) => Do(new SignalSent(
        new LinkEnd("edge", "learn"), new LinkEnd("policy", null), SignalKind.Model, "", version, default, Domain.Model("edge.learn", version), null));

    private Decision Report(string agent, InstanceState state, long generation = 1) =>
        Do(new InstanceReported("f", "edge", agent, generation, state, "because"));

    private Decision Update(string agent, long emission) => Do(new SignalSent(
        new LinkEnd("edge", "learn"),
        new LinkEnd("merge", "combine"),
        SignalKind.Model,
        agent,
        emission,
        Domain.At(_now),
        Domain.Model("edge.learn", 0, (byte)emission, (byte)agent[^1]),
        null));

    private Decision Do(object command)
    {
        Decision decision = IonNodeDecisions.Decide(_state, command, Domain.At(++_now));
        _state = decision.Events.Aggregate(_state, (state, e) => state.Apply(e));
        return decision;
    }
}
