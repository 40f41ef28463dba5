using Eco.Actors;
using Eco.Actors.Agents.Instances;
using Eco.Host.Composition.Simulated;
using Eco.Host.Demo;
using Eco.Runtime.Simulation;
using NUnit.Framework;

namespace Eco.Tests.MainJob;

/// <summary>'Done when' 3: a host dies at any of the commits that matter, comes back with its journal, and no round is lost or counted twice.</summary>
[TestFixture]
public sealed class MainJobCrashTests
{
    private static readonly TimeSpan RestartAfter = TimeSpan.FromSeconds(1);

    private static readonly (string Host, string Detail)[] Commits =
    [
        (SimulatedCluster.ServerName, "merge.round-opened/1"),
        (SimulatedCluster.ServerName, "merge.update-received/1"),
        (SimulatedCluster.ServerName, "merge.round-closed/1"),
        (SimulatedCluster.ServerName, "merge.round-merged/1"),
        (SimulatedCluster.ServerName, "model.added/1"),
        (SimulatedCluster.ServerName, "node.model-propagated/1"),
        ("edge-1", "instance.model-arrived/1"),
        ("edge-1", "instance.model-applied/1"),
        ("edge-2", "instance.models-emitted/1"),
        ("edge-2", "instance.checkpoint-taken/1"),
        ("cloud-1", "instance.run-accepted/1"),
        ("cloud-1", "instance.run-settled/1"),
    ];

    private static IEnumerable<TestCaseData> AroundCommits() =>
        from commit in Commits
        from point in new[] { "journal.beforeCommit", "journal.afterCommit" }
        from occurrence in new[] { 1, 3 }
        select new TestCaseData(commit.Host, point, commit.Detail, occurrence);

    private static IEnumerable<TestCaseData> AroundAcknowledgements() =>
        from host in new[] { SimulatedCluster.ServerName, "edge-1", "cloud-1" }
        from point in new[] { "ack.beforeSend", "ack.afterSend" }
        from occurrence in new[] { 1, 4 }
        select new TestCaseData(host, point, occurrence);

    [TestCaseSource(nameof(AroundCommits))]
    public void Run_WhenAHostDiesAroundACommit_GoesOnFromItsJournal(string host, string point, string detail, int occurrence)
    {
        using MainJobRun run = MainJobRun.Start(11);
        run.World.CrashPoints.Arm(host, point, detail, occurrence, RestartAfter);

        run.Complete().Check();

        Assert.That(run.World.CrashPoints.Armed, Is.Zero, "the place was never reached");
        Assert.That(run.World.Hosts[host].Incarnation, Is.EqualTo(2));
    }

    [TestCaseSource(nameof(AroundAcknowledgements))]
    public void Run_WhenAHostDiesAroundAnAcknowledgement_GoesOnFromItsJournal(string host, string point, int occurrence)
    {
        using MainJobRun run = MainJobRun.Start(12);
        run.World.CrashPoints.Arm(host, point, occurrence: occurrence, restartAfter: RestartAfter);

        run.Complete().Check();

        Assert.That(run.World.CrashPoints.Armed, Is.Zero, "the place was never reached");
    }

    [Test]
    public void Run_WhenEveryHostDiesAtAnyTime_KeepsEveryPromise([Range(100, 129)] int seed)
    {
        using MainJobRun run = MainJobRun.Start((ulong)seed);
        KillEveryHost(run);

        run.Complete().Check();
    }

    [Test]
    public void Run_WhenEveryHostDiesAtAnyTimeOnABadNetwork_KeepsEveryPromise([Range(300, 309)] int seed)
    {
        LinkOptions bad = LinkOptions.Wan with { Loss = 0.2, Duplication = 0.2, Reordering = 0.2 };
        using MainJobRun run = MainJobRun.Start((ulong)seed, link: bad);
        KillEveryHost(run);

        run.Complete().Check();
    }

    [Test]
    public void Run_WhenTheServerDiesWhileCommandsWait_SendsThemAfterwards()
    {
        using MainJobRun run = MainJobRun.Start(13, batches: 1000);
        run.World.RunFor(TimeSpan.FromSeconds(3));
        run.World.Network.Isolate("edge-1");
        run.World.CrashPoints.Arm(SimulatedCluster.ServerName, "journal.afterCommit", "agent.command-queued/1", 1, RestartAfter);
        run.World.RunFor(TimeSpan.FromSeconds(60));
        Assert.That(run.World.CrashPoints.Armed, Is.Zero);
        run.World.Network.HealAll();

        run.Complete().Check();
    }

    [Test]
    public void Learner_WhenItsAgentDiesAgainAndAgain_EmitsTheVerySameModels([Range(400, 404)] int seed)
    {
        Assert.That(Emitted((ulong)seed, crashes: 4), Is.EqualTo(Emitted((ulong)seed, crashes: 0)));

        static string[] Emitted(ulong seed, int crashes)
        {
            using var cluster = new SimulatedCluster(seed, new SimulatedClusterOptions { Agents = FederatedKMeansIon.Agents(1) });
            cluster.AwaitAgents(MainJobRun.Limit);
            string ion = IonLifeCycleTests.Ion(IonLifeCycleTests.Learner("learn", batches: 100))
                .Replace("points = 20", "seed = 3, points = 20", StringComparison.Ordinal);
            Assert.That(cluster.Submit(ion).Error, Is.Null);
            Random chance = cluster.World.Random.Stream("crashes");
            for (int i = 0; i < crashes; i++)
            {
                cluster.World.Schedule(TimeSpan.FromMilliseconds(chance.Next(500, 9000)), "kill", () => cluster.World.Hosts["edge-1"].Restart());
            }

            cluster.World.RunUntil(() => cluster.StateOf("x") == "completed", MainJobRun.Limit, () => cluster.Describe("x"));
            return [.. cluster.World.Hosts["edge-1"].JournalStorage.Events
                .Select(e => EcoManifests.Registry.Decode(e.Event.Manifest, e.Event.Payload))
                .OfType<ModelsEmitted>()
                .SelectMany(e => e.Hashes)];
        }
    }

    private static void KillEveryHost(MainJobRun run)
    {
        Random chance = run.World.Random.Stream("crashes");
        foreach (string host in run.Hosts)
        {
            for (int crash = 0; crash < 2; crash++)
            {
                var at = TimeSpan.FromMilliseconds(chance.Next(0, 4000));
                var away = TimeSpan.FromMilliseconds(chance.Next(1, 3000));
                run.World.Schedule(at, $"kill {host}", () =>
                {
                    if (run.World.Hosts[host].IsUp)
                    {
                        run.World.Hosts[host].Crash();
                        run.World.Hosts[host].RestartAfter(away);
                    }
                });
            }
        }
    }
}
