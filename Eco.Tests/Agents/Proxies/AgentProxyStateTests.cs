using Eco.Actors.Agents;
using Eco.Actors.Agents.Proxies;
using Eco.Actors.Ions;
using Eco.Runtime.Cluster;
using Eco.Tests.Ions;
using NUnit.Framework;

namespace Eco.Tests.Agents.Proxies;

public sealed class AgentProxyStateTests
{
    private const string First = "agent/e1/1";
    private const string Second = "agent/e1/2";
    private AgentProxyState _state = AgentProxyState.Empty;

    [SetUp]
    public void Begin() => _state = AgentProxyState.Empty;

    [Test]
    public void Join_WhenRepeated_GivesTheSameIncarnationAndChangesNothing()
    {
        Assert.That(Join("i1").Reply, Is.EqualTo(new JoinAccepted("i1", 1)));

        Decision again = Join("i1");

        Assert.That(again.Reply, Is.EqualTo(new JoinAccepted("i1", 1)));
        Assert.That((again.Events.Length, again.Sends.Length), Is.EqualTo((0, 0)));
    }

    [Test]
    public void Join_WhenOnlyTheProfileDiffers_AnnouncesItAndKeepsTheIncarnation()
    {
        Join("i1");

        Decision decision = Do(new JoinRequested("i1", Domain.Profile("e1", "cloud")), 0);

        Assert.That(((JoinAccepted)decision.Reply!).Incarnation, Is.EqualTo(1));
        Assert.That(decision.Sent<AgentAnnounced>(AgentDirectoryActor.Id).Single().Profile.Role, Is.EqualTo("cloud"));
    }

    [Test]
    public void Snapshot_WhenAnAgentReportsIt_MayBeForgottenByThatInstallationOnly()
    {
        Join("i1");
        Decision reported = Do(new SnapshotTaken("f", "edge", "e1", 500), 0);
        Assert.That(reported.Sent<ForgetEvents>(First).Single(), Is.EqualTo(new ForgetEvents("f", "edge", 500)));

        Do(new SnapshotTaken("f", "edge", "e1", 1000), AgentProxyState.MaximumInFlight);
        Assert.That(_state.Queue, Has.Length.EqualTo(1));
        Join("i2");
        Assert.That(_state.Queue, Is.Empty, "the new one has other numbers");
    }

    [Test]
    public void Join_WhenTheAgentWasInstalledAgain_DeploysFirstAndTellsTheNodes()
    {
        Join("i1");
        Do(Domain.Deploy(1), 0);
        Do(Deliver(1), AgentProxyState.MaximumInFlight);
        Do(new UndeployNode("f", "gone", 1), AgentProxyState.MaximumInFlight);

        Decision decision = Join("i2");

        Assert.That(decision.Reply, Is.EqualTo(new JoinAccepted("i2", 2)));
        Assert.That(
            _state.Queue.Select(command => command.GetType()),
            Is.EqualTo(new[] { typeof(DeployNode), typeof(DeliverModel) }),
            "a model for a node that is not there would be lost");
        Assert.That(decision.Sent<InstanceReported>("ion/f/edge").Single().State, Is.EqualTo(InstanceState.Pending));
        Assert.That(Do(ReleaseCommands.Instance, 0).Sent<AgentCommand>(Second).Count(), Is.EqualTo(2));
        Assert.That(_state.Queue, Is.Empty);
    }

    [Test]
    public void Command_WhenSixteenAreOnTheirWay_WaitsInOrder()
    {
        Join("i1");
        for (int i = 0; i < AgentProxyState.MaximumInFlight; i++)
        {
            Assert.That(Do(new RunNode("f", "edge", i + 1, []), i).Sent<RunNode>(First).Count(), Is.EqualTo(1));
        }

        Do(new RunNode("f", "edge", 17, []), 16);
        Do(new RunNode("f", "edge", 18, []), 15);
        Do(new RunNode("f", "edge", 19, []), 0);

        Assert.That(Do(ReleaseCommands.Instance, 16).Sends, Is.Empty);
        Assert.That(
            Do(ReleaseCommands.Instance, 14).Sent<RunNode>(First).Select(run => run.RunId),
            Is.EqualTo(new[] { 17, 18 }),
            "nobody overtakes the queue");
        Assert.That(Do(ReleaseCommands.Instance, 0).Sent<RunNode>(First).Single().RunId, Is.EqualTo(19));
    }

    [Test]
    public void Command_WhenTheAgentHasNeverJoined_Waits()
    {
        Assert.That(Do(Domain.Deploy(1), 0).Sends, Is.Empty);
        Assert.That(Do(ReleaseCommands.Instance, 0).Sends, Is.Empty);

        Join("i1");

        Assert.That(Do(ReleaseCommands.Instance, 0).Sent<DeployNode>(First).Count(), Is.EqualTo(1));
    }

    [Test]
    public void Delivery_WhenANewerVersionComes_SupersedesTheWaitingOneAndSaysSo()
    {
        Join("i1");
        Do(Deliver(1), 16);
        Do(Deliver(1, node: "other"), 16);

        Decision decision = Do(Deliver(2), 16);

        Assert.That(decision.Events.OfType<ModelSuperseded>().Single(), Has.Property("Version").EqualTo(1).And.Property("By").EqualTo(2));
        Assert.That(
            _state.Queue.OfType<DeliverModel>().Select(delivery => (delivery.Node, delivery.Model.Version)),
            Is.EqualTo(new[] { ("other", 1L), ("edge", 2L) }));
    }

    [Test]
    public void Delivery_WhenItIsOlderThanWhatWaits_SupersedesNothing()
    {
        Join("i1");
        Do(Deliver(2), 16);

        Assert.That(Do(Deliver(1), 16).Events.OfType<ModelSuperseded>(), Is.Empty);
    }

    [Test]
    public void Hold_WhenPeopleChangeTheirMinds_OnlyTheLastWordWaits()
    {
        Join("i1");
        Do(new PauseNode("f", "edge"), 16);
        Do(new PauseNode("f", "other"), 16);
        Do(new ResumeNode("f", "edge"), 16);
        Do(Deliver(1), 16);

        Decision decision = Do(new PauseNode("f", "edge"), 16);

        Assert.That(decision.Events[0], Is.EqualTo(new CommandSuperseded("f", "edge", "resume", 1)));
        Assert.That(_state.Queue.Select(command => (command.GetType(), command.Node)), Is.EqualTo(new[]
        {
            (typeof(PauseNode), "other"), (typeof(DeliverModel), "edge"), (typeof(PauseNode), "edge"),
        }));
    }

    [Test]
    public void Deployment_WhenANewerDefinitionComes_MakesTheWaitingOneMootUnlessSomethingWasMeantForIt()
    {
        Join("i1");
        Do(Domain.Deploy(1), 16);
        Do(new PauseNode("f", "edge"), 16);
        Decision second = Do(Domain.Deploy(2), 16);
        Do(new RunNode("f", "edge", 1, []), 16);
        Do(Domain.Deploy(3), 16);
        Decision fourth = Do(Domain.Deploy(4), 16);

        Assert.That(second.Kinds(), Is.EqualTo(new[] { "DeploymentNoted", "CommandSuperseded", "CommandQueued" }));
        Assert.That(fourth.Events.OfType<CommandSuperseded>().Single().Position, Is.EqualTo(3));
        Assert.That(
            _state.Queue.Select(command => (command as DeployNode)?.Generation),
            Is.EqualTo(new long?[] { null, 2, null, 4 }), "pause, deploy 2, its run, deploy 4");
    }

    [Test]
    public void Undeployment_WhenItComes_MakesMootWhatWouldHaveChangedTheNode()
    {
        Join("i1");
        Do(Domain.Deploy(1), 16);
        Do(new RunNode("f", "edge", 1, []), 16);
        Do(new PauseNode("f", "edge"), 16);

        Do(new UndeployNode("f", "edge", 1), 16);

        Assert.That(_state.Queue.Select(command => command.GetType()), Is.EqualTo(new[] { typeof(RunNode), typeof(UndeployNode) }));
    }

    [Test]
    public void Report_WhenItComes_GoesToItsNode() =>
        Assert.That(
            Do(new RunFailed("f", "edge", "e1", 1, "x"), 0).Sent<RunFailed>("ion/f/edge").Count(), Is.EqualTo(1));

    [Test]
    public void Reachability_WhenItIsAsBefore_IsNoEvent()
    {
        Join("i1");

        Assert.That(Do(NoteReachable.Instance, 0).Events, Is.Empty);
        Assert.That(Do(new NoteUnreachable("then"), 0).Kinds(), Is.EqualTo(new[] { "AgentUnreachable" }));
        Assert.That(Do(new NoteUnreachable("then"), 0).Events, Is.Empty);
        Assert.That(Do(NoteReachable.Instance, 0).Kinds(), Is.EqualTo(new[] { "AgentReachable" }));
    }

    private static DeliverModel Deliver(long version, string node = "edge") => new("f", node, "learn", Domain.Model("merge.combine", version));

    private Decision Join(string installation) => Do(new JoinRequested(installation, Domain.Profile("e1")), 0);

    private Decision Do(object command, int inFlight)
    {
        Decision decision = _state.Decide("e1", command, inFlight);
        _state = decision.Events.Aggregate(_state, (state, e) => state.Apply(e));
        return decision;
    }
}
