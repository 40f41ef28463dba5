using Eco.Actors;
using Eco.Engines.Data;
using Eco.Engines.Online.Experiments;
using Eco.Host.Composition.Simulated;
using Eco.Host.Demo;
using Eco.Runtime.Cluster;
using Eco.Runtime.Persistence;
using NUnit.Framework;

namespace Eco.Tests.MainJob;

/// <summary>Agents forget what the server knows and their snapshots hold; the server forgets nothing.</summary>
[TestFixture]
public sealed class CompactionTests
{
    private const int SnapshotEvery = 10;
    private const string Edge = "edge-1";
    private const string Instance = "agent/edge-1/1/job/edge";

    [Test]
    [Category("Slow")]
    public void Agents_WhenTheServerKnowsTheirSnapshots_ForgetTheEventsBelow([Values(1u, 2u)] uint seed)
    {
        using SimulatedCluster cluster = Start(seed);
        Complete(cluster);
        cluster.World.RunFor(TimeSpan.FromMinutes(3));

        long[] left = Numbers(cluster, Edge, Instance);
        Assert.That(left[0], Is.GreaterThan(1), "the first events are gone");
        Assert.That(left, Has.Length.LessThan(3 * SnapshotEvery), "what is left does not grow with the run");
        Assert.That(left[^1], Is.GreaterThan(3 * SnapshotEvery));
    }

    [Test]
    public void Server_WhenItsEntitiesHaveSnapshots_KeepsEveryEvent()
    {
        using SimulatedCluster cluster = Start(3);
        Complete(cluster);

        foreach (IGrouping<string, OrderedEvent> entity in Events(cluster, SimulatedCluster.ServerName).GroupBy(e => e.PersistenceId, StringComparer.Ordinal))
        {
            Assert.That(entity.Select(e => e.Event.SequenceNr), Is.EqualTo(Enumerable.Range(1, entity.Count()).Select(n => (long)n)), entity.Key);
        }
    }

    [Test]
    public void Server_WhenEventsAreKeptForATime_ForgetsThoseBelowOlderSnapshotsAndRecovers()
    {
        using SimulatedCluster cluster = Start(6, TimeSpan.FromSeconds(2));
        Complete(cluster);
        OrderedEvent[][] kept = [.. Events(cluster, SimulatedCluster.ServerName).GroupBy(e => e.PersistenceId).Select(entity => entity.ToArray())];
        Assert.That(kept, Has.Some.Matches<OrderedEvent[]>(events => events![0].Event.SequenceNr > SnapshotEvery), "something is gone");

        cluster.World.Hosts[SimulatedCluster.ServerName].Restart();
        Complete(cluster);

        Assert.That(cluster.Failure, Is.Null);
    }

    [Test]
    public void Agents_WhenTheServerIsCutOff_ForgetNothingThatItMayNotKnow()
    {
        using SimulatedCluster cluster = Start(4);
        cluster.World.RunUntil(() => Numbers(cluster, Edge, Instance).Length > 0, MainJobRun.Limit, () => cluster.Describe("job"));
        cluster.World.Network.Isolate(Edge);
        cluster.World.RunFor(TimeSpan.FromSeconds(60));

        long[] cutOff = Numbers(cluster, Edge, Instance);
        Assert.That(cutOff[^1], Is.GreaterThan(2 * SnapshotEvery), "it has gone on");
        Assert.That(cutOff[0], Is.EqualTo(1), "and its snapshots alone are no reason to forget");

        cluster.World.Network.HealAll();
        Complete(cluster);
        cluster.World.RunFor(TimeSpan.FromMinutes(3));
        Assert.That(Numbers(cluster, Edge, Instance)[0], Is.GreaterThan(1));
    }

    [Category("Slow")]
    [TestCase("journal.beforeCommit", "snapshot")]
    [TestCase("journal.afterCommit", "snapshot")]
    [TestCase("journal.beforeCommit", "compaction")]
    [TestCase("journal.afterCommit", "compaction")]
    public void Agent_WhenItDiesAroundSnapshotOrCompaction_GoesOnFromWhatIsLeft(string point, string detail)
    {
        using SimulatedCluster cluster = Start(5);
        cluster.World.CrashPoints.Arm(Edge, point, detail, 2, TimeSpan.FromSeconds(2));
        Complete(cluster);

        Assert.That(cluster.World.CrashPoints.Armed, Is.Zero, "the place was never reached");
        object[] emitted = [.. Events(cluster, SimulatedCluster.ServerName)
            .Select(e => EcoManifests.Registry.Decode(e.Event.Manifest, e.Event.Payload))
            .OfType<Eco.Actors.Ions.Rounds.UpdateReceived>()
            .Where(e => e.Update.Agent == Edge)
            .Select(e => (object)e.Update.Emission)];
        Assert.That(emitted, Is.Unique.And.Ordered, "no update counts twice");
    }

    private static SimulatedCluster Start(uint seed, TimeSpan? keepEvents = null)
    {
        var workload = new FederatedKMeansWorkload { Seed = seed, Batches = 120, WarmUp = 5, Clusters = new MovingClusters { Points = 50 } };
        var ion = new FederatedKMeansIon("job", workload, TimeSpan.FromMilliseconds(80), 4);
        var cluster = new SimulatedCluster(seed, new SimulatedClusterOptions
        {
            Agents = FederatedKMeansIon.Agents(workload.Edges),
            Entities = EntityOptions.Default with { SnapshotEvery = SnapshotEvery, KeepEvents = keepEvents },
        });
        cluster.AwaitAgents(MainJobRun.Limit);
        Assert.That(cluster.Submit(ion.ToHocon()).Error, Is.Null);
        return cluster;
    }

    private static void Complete(SimulatedCluster cluster) =>
        cluster.World.RunUntil(() => cluster.StateOf("job") == "completed", MainJobRun.Limit, () => cluster.Describe("job"));

    private static IReadOnlyList<OrderedEvent> Events(SimulatedCluster cluster, string host) => cluster.World.Hosts[host].JournalStorage.Events;

    private static long[] Numbers(SimulatedCluster cluster, string host, string entity) =>
        [.. Events(cluster, host).Where(e => e.PersistenceId == entity).Select(e => e.Event.SequenceNr)];
}
