using Eco.Actors.Agents;
using Eco.Actors.Agents.Instances;
using Eco.Actors.Agents.Proxies;
using Eco.Actors.Models;
using Eco.Engines.Data;
using Eco.Engines.Online.Experiments;
using Eco.Host.Composition;
using Eco.Host.Composition.Simulated;
using Eco.Host.Demo;
using Eco.Runtime.Cluster;
using Eco.Runtime.Simulation;
using NUnit.Framework;

namespace Eco.Tests.MainJob;

/// <summary>Agents that reach nobody for long, and what becomes of their pipelines when they do again.</summary>
[TestFixture]
public sealed class OfflineTests
{
    private const string Edge = "edge-1";
    private const string Ion = "job";
    private const int EmitEvery = 2;
    private static readonly TimeSpan Pace = TimeSpan.FromMinutes(90);
    private readonly SortedDictionary<string, int> _deploys = new(StringComparer.Ordinal);

    [SetUp]
    public void Forget() => _deploys.Clear();

    [TestCase(30, 100_000)]
    [TestCase(8, 60)]
    [Category("Slow")]
    public void Agent_WhenItIsAwayForWeeksAndBootsColdTwice_RunsOnAndThenSendsAllOnce(int days, int bufferRows)
    {
        const int StepsADay = 16;
        const int BetweenCheckpoints = 4;
        int half = days / 2;
        using SimulatedCluster cluster = Start(1, bufferRows);
        SimulatedWorld world = cluster.World;
        SimulatedHost edge = world.Hosts[Edge];
        world.RunFor(TimeSpan.FromDays(2));
        edge.Crash();
        world.Network.Isolate(Edge);
        edge.Restart();
        world.RunFor(TimeSpan.FromDays(half));
        long halfway = Steps(edge);
        edge.Crash();
        world.RunFor(TimeSpan.FromDays(1));
        edge.Restart();
        world.RunFor(TimeSpan.FromDays(half - 1));

        // It has its own name, incarnation and last checkpoint, and needs nobody to go on.
        Assert.That(halfway, Is.InRange(((half + 2) * StepsADay) - BetweenCheckpoints, (half + 2) * StepsADay));
        Assert.That(Steps(edge), Is.InRange(halfway + ((half - 1) * StepsADay) - BetweenCheckpoints, halfway + ((half - 1) * StepsADay) + BetweenCheckpoints));
        Assert.That(_deploys[Edge], Is.EqualTo(3), "one pipeline for each start of the agent");
        long newest = Models(cluster);
        Assert.That(newest, Is.GreaterThan(days * 6), "the others went on by quorum");

        object[] proxy = [.. Events(cluster, SimulatedCluster.ServerName, $"proxy/{Edge}")];
        Assert.That(proxy.OfType<ModelSuperseded>().Count(), Is.GreaterThan((days * 6) - 20), "of the models only the newest waits");
        int before = _deploys.Values.Sum();
        world.Network.HealAll();
        world.RunFor(TimeSpan.FromDays(1));

        Assert.That(_deploys.Values.Sum(), Is.EqualTo(before), "what is healthy is not started again because somebody is back");
        CheckStatistics(cluster, mayLose: bufferRows < 1_000);
        CheckModels(cluster, newest);
        CheckNothingWaits(cluster);
    }

    [Test]
    public void Agent_WhenItsLinkFlapsForFiveMinutes_NeverStartsAPipelineAgain()
    {
        using MainJobRun run = StartShort(2);
        run.World.RunFor(TimeSpan.FromSeconds(5));
        int before = _deploys.Values.Sum();
        for (int i = 0; i < 75; i++)
        {
            run.World.Network.Isolate(Edge);
            run.World.RunFor(TimeSpan.FromSeconds(2));
            run.World.Network.HealAll();
            run.World.RunFor(TimeSpan.FromSeconds(2));
        }

        Assert.That(_deploys.Values.Sum(), Is.EqualTo(before));
        Assert.That(run.EdgeEvents(Edge).OfType<LifeCycleMoved>().Count(), Is.LessThanOrEqualTo(2), "deployed, running, and no more");
    }

    [Test]
    public void Agent_WhenItsServerComesBackAfterAWeek_IsNotDisturbed()
    {
        using SimulatedCluster cluster = Start(3, 100_000);
        cluster.World.RunFor(TimeSpan.FromDays(1));
        int before = _deploys.Values.Sum();
        cluster.World.Hosts[SimulatedCluster.ServerName].Crash();
        cluster.World.RunFor(TimeSpan.FromDays(7));
        cluster.World.Hosts[SimulatedCluster.ServerName].Restart();
        cluster.World.RunFor(TimeSpan.FromDays(1));

        Assert.That(_deploys.Values.Sum(), Is.EqualTo(before));
        Assert.That(_deploys.Values, Has.All.EqualTo(1));
        CheckStatistics(cluster, mayLose: false);
        CheckNothingWaits(cluster);
    }

    private static void CheckStatistics(SimulatedCluster cluster, bool mayLose)
    {
        SimulatedStatisticsStorage server = cluster.World.Hosts[SimulatedCluster.ServerName].StatisticsStorage;
        SimulatedStatisticsStorage own = cluster.World.Hosts[Edge].StatisticsStorage;
        (long upTo, long rows) = server.PositionOf(Edge, 1);
        long waiting = own.BufferedAfter(upTo);

        Assert.That(own.Recorded, Is.GreaterThan(300));
        Assert.That(own.Dropped, mayLose ? Is.GreaterThan(100) : Is.Zero);

        // Rows that had arrived, while the word of it was lost, count as dropped as well: at most what was on its way when the link was cut.
        long lost = own.Recorded - rows - waiting;
        Assert.That(own.Dropped - lost, mayLose ? Is.InRange(0, 20) : Is.Zero, "each row has arrived once, waits, or was counted as dropped");
        Assert.That(own.DroppedRows.Results, Is.Zero);
        Assert.That(
            server.Ingested.Where(row => row.Agent == Edge).Select(row => row.SequenceNr), Is.Ordered.Ascending.And.Unique, "in order, once");
    }

    private static void CheckModels(SimulatedCluster cluster, long newest)
    {
        object[] edge = [.. Events(cluster, Edge, $"agent/{Edge}/1/{Ion}/edge")];
        Assert.That(edge.OfType<ModelApplied>().Last().Model.Version, Is.GreaterThanOrEqualTo(newest));
        Assert.That(edge.OfType<ModelApplied>().Select(applied => applied.Model.Version), Is.Ordered.Ascending.And.Unique);
    }

    private static void CheckNothingWaits(SimulatedCluster cluster)
    {
        foreach (SimulatedHost host in cluster.World.Hosts.Values)
        {
            string[] waiting = [.. host.JournalStorage.Events.Select(e => e.PersistenceId).Distinct()
                .SelectMany(entity => host.JournalStorage.OutboxOf(entity).Select(row => $"{entity} -> {row.Receiver} {row.Manifest}"))];
            Assert.That(waiting, Has.Length.LessThan(3), "what waits is younger than its acknowledgement");
        }
    }

    private static IEnumerable<object> Events(SimulatedCluster cluster, string host, string entity) => cluster.World.Hosts[host].JournalStorage.Events
        .Where(e => e.PersistenceId == entity)
        .Select(e => Eco.Actors.EcoManifests.Registry.Decode(e.Event.Manifest, e.Event.Payload));

    private static long Steps(SimulatedHost edge) => edge.JournalStorage.Events
        .Where(e => e.PersistenceId == $"agent/{Edge}/1/{Ion}/edge")
        .Select(e => Eco.Actors.EcoManifests.Registry.Decode(e.Event.Manifest, e.Event.Payload))
        .OfType<CheckpointTaken>().Select(taken => taken.Checkpoint.Steps).LastOrDefault();

    private static long Models(SimulatedCluster cluster) =>
        Events(cluster, SimulatedCluster.ServerName, $"models/{Ion}").OfType<ModelAdded>().Last().Model.Version;

    private static FederatedKMeansIon Job(ulong seed, int batches, TimeSpan pace) => new(
        Ion,
        new FederatedKMeansWorkload { Seed = seed, Batches = batches, WarmUp = 5, Clusters = new MovingClusters { Points = 20 } },
        pace,
        EmitEvery);

    /// <summary>Everything at the pace of weeks: an edge steps each 90 minutes.</summary>
    private SimulatedCluster Start(ulong seed, int bufferRows)
    {
        var cluster = new SimulatedCluster(seed, new SimulatedClusterOptions
        {
            Agents = FederatedKMeansIon.Agents(3),
            Engines = Engines,
            Timing = new AgentOptions(
                TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(20), TimeSpan.FromHours(1), TimeSpan.FromHours(1), TimeSpan.FromHours(6), 100),
            Entities = EntityOptions.Default with { ResendAfter = TimeSpan.FromMinutes(1), ResendAtMost = TimeSpan.FromMinutes(30), SnapshotEvery = 1_000_000 },
            HasTimeline = false,
            World = new SimulationOptions { Storage = new SimulatedStorageOptions { StatisticsBufferRows = bufferRows } },
        });
        cluster.World.RunFor(TimeSpan.FromMinutes(30));
        string text = Job(seed, 100_000, Pace).ToHocon().Replace("deadline = 2s", "deadline = 2h", StringComparison.Ordinal);
        Assert.That(cluster.Submit(text).Error, Is.Null);
        return cluster;
    }

    private MainJobRun StartShort(ulong seed) => MainJobRun.Start(seed, Job(seed, 5_000, TimeSpan.FromMilliseconds(200)), engines: Engines);

    private IEngineHost Engines(SimulatedHost host, Eco.Schedulers.Placement.AgentProfile profile) => new CountingEngineHost(
        new SimulatedEngineHost(new EngineBench(profile.Id, profile.Labels, ".", EngineCatalogue.Default.Engines), host, null),
        _ => _deploys[host.Id] = _deploys.GetValueOrDefault(host.Id) + 1);
}
