using Eco.Actors;
using Eco.Actors.Agents;
using Eco.Actors.Agents.Instances;
using Eco.Actors.Agents.Proxies;
using Eco.Host.Composition.Simulated;
using Eco.Host.Demo;
using Eco.Runtime.Simulation;
using NUnit.Framework;

namespace Eco.Tests.MainJob;

/// <summary>Two hosts with one agent's name, each with a state of its own: one is the agent, the other waits.</summary>
[TestFixture]
public sealed class AgentTwinTests
{
    private const string Name = "edge-1";
    private const string Twin = "copy-of-edge-1";
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private SimulatedCluster _cluster = null!;

    private SimulatedHost First => _cluster.World.Hosts[Name];

    private SimulatedHost Second => _cluster.World.Hosts[Twin];

    [SetUp]
    public void StartCluster()
    {
        _cluster = new SimulatedCluster(77, new SimulatedClusterOptions
        {
            Agents = FederatedKMeansIon.Agents(2),
            World = new SimulationOptions { Transport = new SimulatedTransportOptions { BrokerSite = "cloud" } },
        });
        _cluster.AwaitAgents(Minute);
        var job = new FederatedKMeansIon("x", new() { Edges = 2, Batches = 0 }, TimeSpan.FromMilliseconds(500), 4);
        Assert.That(_cluster.Submit(job.ToHocon()).Error, Is.Null);
        _cluster.World.RunFor(TimeSpan.FromSeconds(20));
    }

    [TearDown]
    public void EndCluster() => _cluster.Dispose();

    [Test]
    public void Twin_WhileTheFirstIsAlive_IsRefusedAndTheFirstGoesOnUndisturbed()
    {
        long before = MergedInTwoMinutes();
        StartTwin();
        long beside = MergedInTwoMinutes();

        Assert.That(Incarnations(), Is.EqualTo(new long[] { 1 }), "nobody was replaced");
        Assert.That(Events(Second, $"agent/{Name}").Select(e => e.GetType()), Is.EqualTo(new[] { typeof(InstallationMade) }));
        Assert.That(Second.JournalStorage.Events.Select(e => e.PersistenceId).Distinct(), Is.EqualTo(new[] { $"agent/{Name}" }), "nothing of the first's was applied");
        Assert.That(Second.JournalStorage.OutboxOf($"agent/{Name}/1"), Is.Empty, "nor passed on");
        Assert.That(beside, Is.GreaterThanOrEqualTo(before * 9 / 10));
        Assert.That(_cluster.Detail("x")!.Rounds.Select(round => round.State), Has.None.EqualTo("void"));
    }

    [Test]
    public void Twin_WhenTheFirstIsGone_JoinsByItselfAndIsGivenTheWork()
    {
        StartTwin();
        _cluster.World.RunFor(Minute);

        First.Crash();
        _cluster.World.RunUntil(() => Incarnations().Length == 2, TimeSpan.FromSeconds(35), () => _cluster.Describe("x"));
        _cluster.World.RunFor(TimeSpan.FromSeconds(20));

        Assert.That(Events(Second, $"agent/{Name}/2/x/edge").OfType<ModelApplied>(), Is.Not.Empty);
    }

    [Test]
    public void First_WhenItStartsAgainWithItsState_JoinsAtOnceThoughATwinWaits()
    {
        StartTwin();
        _cluster.World.RunFor(Minute);

        First.Crash();
        _cluster.World.RunFor(TimeSpan.FromSeconds(3));
        First.Restart();
        _cluster.World.RunFor(Minute);

        Assert.That(Incarnations(), Is.EqualTo(new long[] { 1 }));
        Assert.That(_cluster.Detail("x")!.Rounds.Select(round => round.State), Has.None.EqualTo("void"));
    }

    [Test]
    public void First_WhenItWasReplacedWhileCutOff_StandsAsideAndComesBackAsANewIncarnationWithoutItsFormerPipelines()
    {
        _cluster.World.Network.Cut(Name, SimulatedBroker.Node);
        _cluster.World.RunFor(TimeSpan.FromSeconds(30));
        StartTwin();
        _cluster.World.RunFor(TimeSpan.FromSeconds(30));
        Assert.That(Incarnations(), Is.EqualTo(new long[] { 1, 2 }), "it had been silent for long enough");

        _cluster.World.Network.HealAll();
        _cluster.World.RunFor(Minute);
        long merged = Merged();
        _cluster.World.RunFor(Minute);
        Assert.That(Incarnations(), Is.EqualTo(new long[] { 1, 2 }), "the twin goes on");
        Assert.That(Merged(), Is.GreaterThan(merged + 20));
        Assert.That(Events(First, $"agent/{Name}/1").OfType<IncarnationRetired>(), Is.Empty, "its pipelines go on as if it were cut off");

        Second.Crash();
        _cluster.World.RunFor(Minute);

        Assert.That(Incarnations(), Is.EqualTo(new long[] { 1, 2, 3 }));
        Assert.That(Events(First, $"agent/{Name}/1/x/edge").OfType<InstanceRemoved>().Count(), Is.EqualTo(1), "no pipeline runs twice");
        Assert.That(Events(First, $"agent/{Name}/3/x/edge").OfType<ModelApplied>(), Is.Not.Empty);
        merged = Merged();
        _cluster.World.RunFor(Minute);
        Assert.That(Merged(), Is.GreaterThan(merged + 20));

        Second.Restart();
        _cluster.World.RunFor(Minute);
        Assert.That(Incarnations(), Is.EqualTo(new long[] { 1, 2, 3 }), "now the twin waits");
    }

    private void StartTwin() => _cluster.AddTwin(Twin, FederatedKMeansIon.Agents(2).Single(agent => agent.Id == Name));

    private long MergedInTwoMinutes()
    {
        long before = Merged();
        _cluster.World.RunFor(Minute * 2);
        return Merged() - before;
    }

    private long Merged() => _cluster.Detail("x")!.MergedRounds;

    private long[] Incarnations() =>
        [.. Events(_cluster.World.Hosts[SimulatedCluster.ServerName], $"proxy/{Name}").OfType<AgentJoined>().Select(joined => joined.Incarnation)];

    private static IEnumerable<object> Events(SimulatedHost host, string entity) => host.JournalStorage.Events
        .Where(e => e.PersistenceId == entity)
        .Select(e => EcoManifests.Registry.Decode(e.Event.Manifest, e.Event.Payload));
}
