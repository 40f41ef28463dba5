using Eco.Actors;
using Eco.Actors.Agents;
using Eco.Actors.Ions.Nodes;
using Eco.Actors.Ions.Rounds;
using Eco.Host.Composition.Simulated;
using Eco.Host.Demo;
using Eco.Runtime.Simulation;
using NUnit.Framework;

namespace Eco.Tests.MainJob;

/// <summary>What an agent keeps for a server that it cannot reach.</summary>
[TestFixture]
public sealed class OfflineOutboxTests
{
    private const string Edge = "edge-1";
    private const int UnderWay = 8;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Test]
    public void Outbox_WhileTheServerIsAway_IsBoundedAndEachModelIsReceivedOrCountedOnce()
    {
        using var cluster = new SimulatedCluster(91, new SimulatedClusterOptions
        {
            Agents = FederatedKMeansIon.Agents(2),
            Timing = AgentOptions.Default with { MaxReportsUnderWay = UnderWay },
            World = new SimulationOptions { Transport = new SimulatedTransportOptions { BrokerSite = "cloud" } },
        });
        cluster.AwaitAgents(Minute);
        var job = new FederatedKMeansIon("x", new() { Edges = 2, Batches = 0 }, TimeSpan.FromMilliseconds(500), 4);
        Assert.That(cluster.Submit(job.ToHocon()).Error, Is.Null);
        cluster.World.RunFor(Minute);

        cluster.World.Network.Isolate(Edge);
        cluster.World.RunFor(Minute * 10);
        SimulatedHost edge = cluster.World.Hosts[Edge];
        Assert.That(edge.JournalStorage.OutboxOf($"agent/{Edge}/1"), Has.Length.EqualTo(UnderWay));

        // What waits is in its journal.
        edge.Crash();
        edge.Restart();
        cluster.World.RunFor(TimeSpan.FromSeconds(30));
        cluster.World.Network.HealAll();
        cluster.World.RunFor(Minute);
        Assert.That(cluster.Ask(Eco.Actors.Console.ConsoleVerbs.IonPause, ("ion", "x")).Error, Is.Null);
        cluster.World.RunFor(Minute);

        long leftOut = Server(cluster).OfType<ModelsLeftOut>().Where(e => e.Agent == Edge).Sum(e => e.Count);
        Assert.That(leftOut, Is.GreaterThan(250));
        Assert.That(Received(cluster) + leftOut, Is.EqualTo(Emitted(cluster)), "each emission is received once or counted once");
        Assert.That(edge.JournalStorage.OutboxOf($"agent/{Edge}/1"), Is.Empty);
    }

    // All are told when nothing waits any more: the number of the last one is how many there were.
    private static long Emitted(SimulatedCluster cluster) => Events(cluster.World.Hosts[SimulatedCluster.ServerName], "ion/x/merge")
        .OfType<UpdateReceived>().Where(e => e.Update.Agent == Edge).Max(e => e.Update.Emission);

    // An update of a round, or one that a round leaves out by reason.
    private static long Received(SimulatedCluster cluster)
    {
        object[] merge = [.. Events(cluster.World.Hosts[SimulatedCluster.ServerName], "ion/x/merge")];
        return merge.OfType<UpdateReceived>().Count(e => e.Update.Agent == Edge) + merge.OfType<UpdateLeftOut>().Count(e => e.Agent == Edge && e.Reason.StartsWith("late", StringComparison.Ordinal));
    }

    private static IEnumerable<object> Server(SimulatedCluster cluster) => Events(cluster.World.Hosts[SimulatedCluster.ServerName], "ion/x/edge");

    private static IEnumerable<object> Events(SimulatedHost host, string entity) => host.JournalStorage.Events
        .Where(e => e.PersistenceId == entity)
        .Select(e => EcoManifests.Registry.Decode(e.Event.Manifest, e.Event.Payload));
}
