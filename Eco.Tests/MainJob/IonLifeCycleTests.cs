using System.Collections.Immutable;
using System.Text.Json;
using Eco.Actors;
using Eco.Actors.Agents;
using Eco.Actors.Agents.Instances;
using Eco.Actors.Agents.Proxies;
using Eco.Actors.Console;
using Eco.Host.Composition.Simulated;
using Eco.Host.Demo;
using Eco.Schedulers.Placement;
using NUnit.Framework;

namespace Eco.Tests.MainJob;

/// <summary>The life of IONs and their nodes, from the console's verbs to the agents' pipelines.</summary>
[TestFixture]
public sealed class IonLifeCycleTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private SimulatedCluster _cluster = null!;

    [SetUp]
    public void StartCluster()
    {
        _cluster = new SimulatedCluster(31, new SimulatedClusterOptions { Agents = FederatedKMeansIon.Agents(2) });
        _cluster.AwaitAgents(Minute);
    }

    [TearDown]
    public void EndCluster() => _cluster.Dispose();

    [Test]
    public void Pipeline_WhenItFailsAgainAndAgain_IsRelaunchedWithBackOffAndQuarantinedWithTheReason()
    {
        Submit("""
            broken {
              engine = online, on { role = edge }, run { continuous { every = 100ms } }
              components { source { type = source.csv, paths = ["nowhere.csv"] }, learn { type = train.kmeans, from = source, clusters = 2 } }
              relaunch { min-backoff = 1s, max-backoff = 3s, max-failures = 4 }
            }
            """);
        TimeSpan start = _cluster.World.Clock.Elapsed;

        _cluster.World.RunUntil(() => StateOf("broken", "edge-1") == "quarantined", Minute, () => _cluster.Describe("x"));

        InstanceView instance = Instance("broken", "edge-1");
        Assert.That(instance.Detail, Does.Contain("nowhere.csv").And.Contain("4 times in a row"));
        Assert.That((_cluster.World.Clock.Elapsed - start).TotalSeconds, Is.InRange(6, 8), "1 s, 2 s and 3 s between four attempts");
        Assert.That(InstanceEvents("edge-1", "broken").OfType<LifeCycleMoved>().Count(moved => moved.State == InstanceState.Failed), Is.EqualTo(3));
    }

    [Test]
    public void Pipeline_WhenItAlwaysFailsAtTheSameRow_IsQuarantinedToo()
    {
        string folder = Directory.CreateTempSubdirectory("eco-rows").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "rows.csv"), "a,b\n1,2\n3,4\n5,6\n7,wrong\n");
            using var cluster = new SimulatedCluster(32, new SimulatedClusterOptions { Agents = FederatedKMeansIon.Agents(1), DataRoot = folder });
            cluster.AwaitAgents(Minute);
            Assert.That(
                cluster.Submit(Ion("""
                    reader {
                      engine = online, on { role = edge }, run { continuous { every = 100ms } }
                      components { source { type = source.csv, paths = ["rows.csv"], batch = 1 }, learn { type = train.kmeans, from = source, clusters = 2 } }
                      relaunch { min-backoff = 100ms, max-backoff = 1s, max-failures = 3 }
                    }
                    """)).Error,
                Is.Null);

            cluster.World.RunUntil(
                () => cluster.Detail("x")?.Instances.Any(instance => instance.State == "quarantined") == true, Minute, () => cluster.Describe("x"));

            Assert.That(cluster.Detail("x")!.Instances.Single().Detail, Does.Contain("rows.csv:5"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public void Ion_WhenItIsPaused_TakesNoStepsUntilItIsResumed()
    {
        Submit(Learner("learn"));
        _cluster.World.RunFor(TimeSpan.FromSeconds(3));
        Succeed(ConsoleVerbs.IonPause);
        _cluster.World.RunFor(TimeSpan.FromSeconds(2));
        Assert.That(_cluster.StateOf("x"), Is.EqualTo("paused"));
        long paused = Steps("edge-1", "learn");
        _cluster.World.RunFor(TimeSpan.FromSeconds(20));
        Assert.That(Steps("edge-1", "learn"), Is.EqualTo(paused).And.GreaterThan(10));

        Succeed(ConsoleVerbs.IonResume);
        _cluster.World.RunFor(TimeSpan.FromSeconds(5));

        Assert.That(_cluster.StateOf("x"), Is.EqualTo("running"));
        Assert.That(Steps("edge-1", "learn"), Is.GreaterThan(paused + 20));
    }

    [Test]
    public void Ion_WhenItIsPaused_StaysPausedForNewNodesAndNewAgents()
    {
        Submit(Learner("learn"));
        _cluster.World.RunFor(TimeSpan.FromSeconds(3));
        Succeed(ConsoleVerbs.IonPause);
        Submit(Learner("learn"), Learner("more"));
        _cluster.AddAgent(Profile("edge-9", "edge"));
        _cluster.World.RunFor(TimeSpan.FromSeconds(20));

        Assert.That(_cluster.StateOf("x"), Is.EqualTo("paused"));
        Assert.That(Steps("edge-1", "more"), Is.LessThan(5));
        Assert.That(Steps("edge-9", "learn"), Is.LessThan(5));

        Succeed(ConsoleVerbs.IonResume);
        _cluster.World.RunFor(TimeSpan.FromSeconds(5));
        Assert.That(Steps("edge-1", "more"), Is.GreaterThan(20));
        Assert.That(Steps("edge-9", "learn"), Is.GreaterThan(20));
    }

    [Test]
    public void Ion_WhenItIsDeleted_StopsEverywhereAndMayBeSubmittedAgain()
    {
        Submit(Learner("learn"));
        _cluster.World.RunFor(TimeSpan.FromSeconds(3));
        Succeed(ConsoleVerbs.IonDelete);
        _cluster.World.RunFor(TimeSpan.FromSeconds(3));

        Assert.That(_cluster.StateOf("x"), Is.EqualTo("deleted"));
        Assert.That(InstanceEvents("edge-1", "learn").Last(), Is.InstanceOf<InstanceRemoved>());

        SubmissionView again = Submit(Learner("learn"));
        _cluster.World.RunFor(TimeSpan.FromSeconds(5));
        Assert.That(again.Version, Is.EqualTo(2));
        Assert.That(Steps("edge-1", "learn"), Is.GreaterThan(20));
    }

    [Test]
    public void NewVersion_WhenOneNodeChanges_LeavesTheOtherRunning()
    {
        Submit(Learner("steady"), Learner("changing"));
        _cluster.World.RunFor(TimeSpan.FromSeconds(5));
        long before = Steps("edge-1", "steady");

        SubmissionView view = Submit(Learner("steady"), Learner("changing", decay: 0.5));
        _cluster.World.RunFor(TimeSpan.FromSeconds(5));

        Assert.That(view.Version, Is.EqualTo(2));
        Assert.That(string.Join('\n', view.Changes), Does.Contain("decay").And.Not.Contain("steady"));
        Assert.That(InstanceEvents("edge-1", "steady").OfType<InstancePlaced>().Count(), Is.EqualTo(1));
        Assert.That(Steps("edge-1", "steady"), Is.GreaterThan(before + 30));
        Assert.That(
            InstanceEvents("edge-1", "changing").OfType<InstancePlaced>().Select(placed => placed.Deployment.Generation), Is.EqualTo(new long[] { 1, 2 }));
    }

    [Test]
    public void NewVersion_WhenNothingChanges_SaysSo()
    {
        Submit(Learner("learn"));

        SubmissionView view = Submit(Learner("learn"));

        Assert.That(view.Changes, Is.Empty);
        Assert.That(view.Version, Is.EqualTo(1));
    }

    [Test]
    public void NewVersion_WhenTheIonHasCompletedAndOnlyItsTitleChanges_IsCompletedAgain()
    {
        Submit(Learner("learn", batches: 20));
        _cluster.World.RunUntil(() => _cluster.StateOf("x") == "completed", Minute, () => _cluster.Describe("x"));

        Assert.That(_cluster.Submit(Ion(Learner("learn", batches: 20)).Replace("id = x", "id = x, title = \"another\"", StringComparison.Ordinal)).Error, Is.Null);

        _cluster.World.RunFor(TimeSpan.FromSeconds(10));
        Assert.That(_cluster.StateOf("x"), Is.EqualTo("completed"));
    }

    [Test]
    public void Submission_WhenALinkIsStrong_IsRefusedInSoManyWords()
    {
        string strong = new FederatedKMeansIon("x", new() { Batches = 5 }, TimeSpan.FromMilliseconds(80), 4).ToHocon()
            .Replace("to = edge.learn, signal = model", "to = edge.learn, signal = model, consistency = strong", StringComparison.Ordinal);

        ConsoleReply reply = _cluster.Submit(strong);

        Assert.That(reply.Error?.Cause, Is.EqualTo("strong needs rollouts, which this version does not have"));
        Assert.That(reply.Error?.Code, Is.EqualTo(ConsoleErrorCodes.Refused));
        Assert.That(_cluster.StateOf("x"), Is.Null);
    }

    [Test]
    public void Submission_WhenNoAgentMeetsASelector_IsRefusedWithWhoCameClose()
    {
        ConsoleReply reply = _cluster.Submit(Ion(Learner("learn").Replace("role = edge", "role = edge, site = mars", StringComparison.Ordinal)));

        Assert.That(reply.Error?.Code, Is.EqualTo(ConsoleErrorCodes.Invalid));
        Assert.That(reply.Error?.Cause, Does.Contain("ion.conf:").And.Contain("edge-1").And.Contain("mars"));
    }

    [Test]
    public void Verb_WhenTheIonIsUnknown_SaysSo([Values(ConsoleVerbs.IonPause, ConsoleVerbs.IonResume, ConsoleVerbs.IonDelete, ConsoleVerbs.Approve)] string verb)
    {
        ConsoleReply reply = _cluster.Ask(verb, ("ion", "ghost"));

        Assert.That(reply.Error?.Code, Is.EqualTo(ConsoleErrorCodes.NotFound));
        Assert.That(reply.Error?.Cause, Does.Contain("ghost"));
    }

    [Test]
    public void Agent_WhenItJoinsLater_GetsTheNodeAndTheNewestModel()
    {
        var job = new FederatedKMeansIon("x", new() { Batches = 0 }, TimeSpan.FromMilliseconds(80), 4);
        Assert.That(_cluster.Submit(job.ToHocon()).Error, Is.Null);
        _cluster.World.RunFor(TimeSpan.FromSeconds(5));
        Succeed(ConsoleVerbs.IonPause);
        _cluster.World.RunFor(TimeSpan.FromSeconds(3));
        long newest = _cluster.Detail("x")!.Models.Max(model => model.Version);

        _cluster.AddAgent(Profile("edge-9", "edge", ("edge", "2")));
        _cluster.World.RunFor(TimeSpan.FromSeconds(5));

        Assert.That(InstanceEvents("edge-9", "edge").OfType<ModelApplied>().Single().Model.Version, Is.EqualTo(newest).And.GreaterThan(3));
    }

    [Test]
    public void Agent_WhenItIsReinstalled_IsANewIncarnationWithItsDeploymentsAndModels([Values("edge-1", "cloud-1")] string agent)
    {
        var job = new FederatedKMeansIon("x", new() { Edges = 2, Batches = 0 }, TimeSpan.FromMilliseconds(80), 4);
        Assert.That(_cluster.Submit(job.ToHocon()).Error, Is.Null);
        _cluster.World.RunFor(TimeSpan.FromSeconds(5));
        long rounds = _cluster.Detail("x")!.MergedRounds;

        _cluster.World.Hosts[agent].Reinstall();
        _cluster.World.RunFor(TimeSpan.FromSeconds(35));

        Assert.That(_cluster.Detail("x")!.MergedRounds, Is.GreaterThan(rounds + 20), _cluster.Describe("x"));
        object[] proxy = [.. Events(SimulatedCluster.ServerName, $"proxy/{agent}")];
        Assert.That(proxy.OfType<AgentJoined>().Select(joined => joined.Incarnation), Is.EqualTo(new long[] { 1, 2 }));
        string node = agent == "cloud-1" ? "merge" : "edge";
        object[] instance = [.. InstanceEvents(agent, node, incarnation: 2)];
        Assert.That(instance.OfType<InstancePlaced>().Count(), Is.EqualTo(1));
        if (node == "edge")
        {
            Assert.That(instance.OfType<ModelApplied>().First().Model.Version, Is.GreaterThan(3), "it starts with the newest model");
        }
    }

    [Test]
    public void Agent_WhenItIsReinstalledDuringAMerge_LosesThatRoundOnly()
    {
        var job = new FederatedKMeansIon("x", new() { Edges = 2, Batches = 40 }, TimeSpan.FromMilliseconds(80), 4);
        Assert.That(_cluster.Submit(job.ToHocon()).Error, Is.Null);
        _cluster.World.CrashPoints.Arm("cloud-1", "journal.beforeCommit", "instance.run-accepted/1", 3);
        _cluster.World.RunUntil(() => !_cluster.World.Hosts["cloud-1"].IsUp, Minute);

        _cluster.World.Hosts["cloud-1"].Reinstall();

        _cluster.World.RunUntil(() => _cluster.StateOf("x") == "completed", Minute * 3, () => _cluster.Describe("x"));
        string[] states = [.. _cluster.Detail("x")!.Rounds.Select(round => round.State)];
        Assert.That(states, Is.All.EqualTo("merged").Or.EqualTo("void"));
        Assert.That(states.Count(state => state == "void"), Is.LessThanOrEqualTo(1));
    }

    [Test]
    public void Status_WhenItIsAsked_ComesFromTheAgents()
    {
        Submit(Learner("learn"));
        _cluster.World.RunFor(TimeSpan.FromSeconds(5));

        ImmutableArray<InstanceView> all = Data<ImmutableArray<InstanceView>>(_cluster.Ask(ConsoleVerbs.Status));

        Assert.That(all.Select(view => view.Agent), Is.EqualTo(new[] { "edge-1", "edge-2" }));
        Assert.That(all[0].Detail, Does.Match(@"^[1-9][0-9]+ steps$"));
        _cluster.World.Hosts["edge-2"].Crash();
        ImmutableArray<InstanceView> some = Data<ImmutableArray<InstanceView>>(_cluster.Ask(ConsoleVerbs.Status));
        Assert.That(some.Select(view => (view.Node, view.Agent, view.State)), Is.EqualTo(new[] { ("learn", "edge-1", "running"), ("", "edge-2", InstanceView.NoAnswer) }));
        Assert.That(_cluster.Ask(ConsoleVerbs.Status, ("agent", "ghost")).Error?.Code, Is.EqualTo(ConsoleErrorCodes.NotFound));
    }

    internal static string Learner(string name, double decay = 0.9, int batches = 0) => FormattableString.Invariant($$"""
        {{name}} {
          engine = online, on { role = edge }, run { continuous { every = 100ms } }
          components {
            source { type = source.moving-clusters, edge = 0, points = 20, batches = {{batches}} }
            learn { type = train.kmeans, from = source, clusters = 4, decay = {{decay}}, emit-every = 10 }
          }
        }
        """);

    internal static string Ion(params string[] nodes) => $$"""
        ion { id = x, nodes {
        {{string.Join('\n', nodes)}}
        } }
        """;

    internal static AgentProfile Profile(string id, string role, params (string Key, string Value)[] labels) => new(
        id, $"site-of-{id}", role, labels.ToImmutableSortedDictionary(label => label.Key, label => label.Value), [], ["online"]);

    internal static T Data<T>(ConsoleReply reply)
    {
        Assert.That(reply.Error, Is.Null);
        return (T)reply.Data!.Value.Deserialize(typeof(T), ConsoleJson.Default)!;
    }

    private SubmissionView Submit(params string[] nodes) => Data<SubmissionView>(_cluster.Submit(Ion(nodes)));

    private void Succeed(string verb) => Assert.That(_cluster.Ask(verb, ("ion", "x")).Error, Is.Null);

    private InstanceView Instance(string node, string agent) => _cluster.Detail("x")!.Instances.Single(view => view.Node == node && view.Agent == agent);

    private string? StateOf(string node, string agent) =>
        _cluster.Detail("x")?.Instances.FirstOrDefault(view => view.Node == node && view.Agent == agent)?.State;

    private long Steps(string agent, string node)
    {
        string detail = Data<ImmutableArray<InstanceView>>(_cluster.Ask(ConsoleVerbs.Status, ("agent", agent)))
            .Single(view => view.Node == node).Detail;
        return long.Parse(detail.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
    }

    private IEnumerable<object> InstanceEvents(string agent, string node, int incarnation = 1) =>
        Events(agent, FormattableString.Invariant($"agent/{agent}/{incarnation}/x/{node}"));

    private IEnumerable<object> Events(string host, string entity) => _cluster.World.Hosts[host].JournalStorage.Events
        .Where(e => e.PersistenceId == entity)
        .Select(e => EcoManifests.Registry.Decode(e.Event.Manifest, e.Event.Payload));
}
