using System.Collections.Immutable;
using Eco.Actors.Agents.Instances;
using Eco.Actors.Agents.Proxies;
using Eco.Actors.Console;
using Eco.Actors.Ions.Rounds;
using Eco.Actors.Models;
using Eco.Host.Composition.Simulated;
using Eco.Runtime.Simulation;
using NUnit.Framework;

namespace Eco.Tests.MainJob;

/// <summary>The main job on bad networks.</summary>
[TestFixture]
public sealed class MainJobNetworkTests
{
    private const string Server = SimulatedCluster.ServerName;

    [Test]
    public void Run_WhenAllLinksLoseRepeatAndReorder_KeepsEveryPromise([Range(200, 209)] int seed)
    {
        LinkOptions bad = LinkOptions.Wan with { Loss = 0.2, Duplication = 0.2, Reordering = 0.2, Jitter = TimeSpan.FromMilliseconds(20) };

        using MainJobRun run = MainJobRun.Start((ulong)seed, link: bad).Complete().Check();

        Assert.That(run.World.Network.Counters.Sum(link => link.Dropped), Is.GreaterThan(20));
    }

    [Test]
    public void Run_WhenTheBrokerKeepsOnlyWhatItPromises_KeepsEveryPromise([Range(300, 302)] int seed)
    {
        var faults = new SimulatedBrokerFaults
        {
            ConfirmLoss = 0.1,
            PublishLoss = 0.1,
            Duplication = 0.1,
            SubscriptionLoss = 0.02,
            NoticeAtMost = TimeSpan.FromSeconds(5),
            Alarm = 0.01,
            AlarmAtMost = TimeSpan.FromSeconds(3),
            HandOverPause = TimeSpan.FromMilliseconds(5),
        };
        var world = new SimulationOptions { Transport = new SimulatedTransportOptions { BrokerSite = "cloud", Faults = faults } };

        using MainJobRun run = MainJobRun.Start((ulong)seed, batches: 120, world: world);
        run.World.RunFor(TimeSpan.FromSeconds(2));
        run.World.Network.Cut("edge-1", SimulatedBroker.Node);
        run.World.RunFor(TimeSpan.FromSeconds(20));
        run.World.Network.HealAll();
        run.World.Hosts[Server].Pause();
        run.World.RunFor(TimeSpan.FromSeconds(40));
        run.World.Hosts[Server].Resume();
        run.Complete().Check();

        SimulatedBrokerCounters faced = run.World.Broker.Faced;
        Assert.That(faced is { ConfirmsLost: > 2, PublishesLost: > 2, Duplicated: > 2, SubscriptionsLost: > 0, Redelivered: > 0 }, faced.ToString());
    }

    [Test]
    public void Run_WhenAnEdgeIsCutOffForAWhile_GoesOnWithoutItAndItCatchesUp()
    {
        using MainJobRun run = MainJobRun.Start(21, batches: 1500, emitEvery: 8);
        run.World.RunFor(TimeSpan.FromSeconds(4));
        run.World.Network.Isolate("edge-1");
        run.World.RunFor(TimeSpan.FromSeconds(75));

        RoundClosed[] without = [.. run.MergeEvents.OfType<RoundClosed>().Where(round => !round.Participants.Contains("edge-1"))];
        Assert.That(without, Has.Length.GreaterThan(17), "the others go on by quorum and deadline");
        AgentProxyEvents(run, "edge-1", out object[] during);
        Assert.That(during.OfType<AgentUnreachable>().ToArray(), Has.Length.EqualTo(1));
        Assert.That(during.OfType<ModelSuperseded>().ToArray(), Is.Not.Empty, "of the models that wait only the newest is kept");

        run.World.Network.HealAll();
        long newest = run.EventsOf(Server, "models/job").OfType<ModelAdded>().Last().Model.Version;
        run.World.RunFor(TimeSpan.FromSeconds(35));
        Assert.That(run.EdgeEvents("edge-1").OfType<ModelApplied>().Last().Model.Version, Is.GreaterThanOrEqualTo(newest));
        run.Complete().Check();

        AgentProxyEvents(run, "edge-1", out object[] all);
        Assert.That(all.OfType<AgentReachable>().ToArray(), Has.Length.EqualTo(1));
        ImmutableArray<EventView> story = IonLifeCycleTests.Data<ImmutableArray<EventView>>(run.Cluster.Ask(ConsoleVerbs.Timeline, ("agent", "edge-1"), ("limit", "1000")));
        Assert.That(story.Select(line => line.Kind), Does.Contain("agent-unreachable").And.Contain("agent-reachable").And.Contain("model-superseded"));
    }

    [Test]
    public void Run_WhenAnAgentStartsWithoutANetwork_GoesOnFromItsLastDeployment()
    {
        using MainJobRun run = MainJobRun.Start(22, batches: 400);
        run.World.RunFor(TimeSpan.FromSeconds(3));
        run.World.Hosts["edge-1"].Crash();
        run.World.Network.Isolate("edge-1");
        int before = run.EdgeEvents("edge-1").OfType<CheckpointTaken>().Count();

        run.World.Hosts["edge-1"].Restart();
        run.World.RunFor(TimeSpan.FromSeconds(10));

        Assert.That(run.EdgeEvents("edge-1").OfType<CheckpointTaken>().Count(), Is.GreaterThan(before + 5));
        run.World.Network.HealAll();
        run.Complete().Check();
    }

    private static void AgentProxyEvents(MainJobRun run, string agent, out object[] events) =>
        events = [.. run.EventsOf(Server, $"proxy/{agent}")];
}
