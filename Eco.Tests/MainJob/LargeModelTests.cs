using Eco.Actors.Agents;
using Eco.Actors.Agents.Instances;
using Eco.Actors.Ions.Rounds;
using Eco.Actors.Models;
using Eco.Host.Composition.Simulated;
using Eco.Runtime.Simulation;
using NUnit.Framework;

namespace Eco.Tests.MainJob;

/// <summary>Models larger than a control frame takes, from a step on an edge to the merged model in use: over links that are slow, cut or lose, and hosts that die anywhere.</summary>
[TestFixture]
public sealed class LargeModelTests
{
    private static readonly TimeSpan RestartAfter = TimeSpan.FromSeconds(1);

    private static readonly (string Host, string Detail)[] Commits =
    [
        (SimulatedCluster.ServerName, "merge.update-received/1"),
        (SimulatedCluster.ServerName, "merge.round-closed/1"),
        (SimulatedCluster.ServerName, "model.submitted/1"),
        (SimulatedCluster.ServerName, "model.added/1"),
        ("edge-1", "instance.model-arrived/1"),
        ("edge-1", "instance.model-applied/1"),
        ("edge-1", "instance.checkpoint-taken/1"),
        ("edge-2", "instance.report-held/1"),
        ("edge-2", "instance.reports-released/1"),
        ("cloud-1", "instance.run-accepted/1"),
        ("cloud-1", "instance.run-settled/1"),
        ("cloud-1", "instance.report-held/1"),
        ("cloud-1", "instance.reports-released/1"),
    ];

    private static IEnumerable<TestCaseData> AroundCommits() =>
        from commit in Commits
        from point in new[] { "journal.beforeCommit", "journal.afterCommit" }
        select new TestCaseData(commit.Host, point, commit.Detail);

    [Test]
    public void Run_WhenModelsAreLarge_KeepsTheirBytesOutOfJournalsAndFrames()
    {
        using MainJobRun run = LargeModelIon.Start(11).Complete();
        run.Check();

        RoundMerged[] merged = [.. run.MergeEvents.OfType<RoundMerged>()];
        ModelApplied[] applied = [.. run.EdgeEvents("edge-1").OfType<ModelApplied>()];
        Assert.That(merged, Has.Length.GreaterThan(5));
        Assert.That(merged.Select(e => e.Model.Length), Is.All.GreaterThan(ModelReference.MaximumInlineBytes));
        Assert.That(merged.Select(e => e.Model.Content), Is.All.Null);
        Assert.That(applied, Has.Length.GreaterThan(5));
        Assert.That(run.World.Hosts["edge-1"].ArtifactStorage.Hashes, Is.SupersetOf(applied.Select(e => e.Model.Hash)), "what an edge uses is on its disk");
        Assert.That(
            run.World.Hosts.Values.SelectMany(host => host.JournalStorage.Events).Max(e => e.Event.Payload.Length),
            Is.LessThan(ModelReference.MaximumInlineBytes),
            "no journal holds a model");
    }

    [TestCaseSource(nameof(AroundCommits))]
    public void Run_WhenAHostDiesAroundACommit_GoesOnFromItsJournal(string host, string point, string detail)
    {
        using MainJobRun run = LargeModelIon.Start(12);
        run.World.CrashPoints.Arm(host, point, detail, 2, RestartAfter);

        run.Complete().Check();

        Assert.That(run.World.CrashPoints.Armed, Is.Zero, "the place was never reached");
    }

    [Test]
    public void Run_WhenHostsDieAndLinksAreCutDuringTransfers_KeepsEveryPromise([Range(500, 511)] int seed)
    {
        // 32 KiB at 50 kB/s: a transfer takes most of a second, so that nearly every fault hits one.
        LinkOptions slow = LinkOptions.Wan with { BandwidthBytesPerSecond = 50e3, Loss = 0.05 };
        using MainJobRun run = LargeModelIon.Start((ulong)seed, slow);
        Random chance = run.World.Random.Stream("faults");
        foreach (string host in run.Hosts)
        {
            Plan(run, chance, "kill", () => run.World.Hosts[host].Crash(), () => run.World.Hosts[host].Restart(), () => run.World.Hosts[host].IsUp);
            if (host != SimulatedCluster.ServerName)
            {
                Plan(run, chance, "cut", () => run.World.Network.Isolate(host), () => run.World.Network.HealAll(), () => true);
            }
        }

        run.Complete().Check();
    }

    [Test]
    public void Run_WhenAnotherServerTakesOver_SendsItsModelsThere()
    {
        using MainJobRun run = LargeModelIon.Start(13, servers: 2);
        run.World.RunUntil(() => run.MergeEvents.OfType<RoundMerged>().Any(), MainJobRun.Limit);

        run.World.Hosts[SimulatedCluster.ServerName].Crash();
        run.World.RunFor(TimeSpan.FromSeconds(90));
        run.World.Hosts[SimulatedCluster.ServerName].Restart();

        run.Complete().Check();
    }

    [Test]
    public void Upload_WhenTheEdgeIsAwayForLong_BringsTheNewestAndSaysWhatItLeftOut()
    {
        using MainJobRun run = LargeModelIon.Start(14);
        run.World.RunUntil(() => run.EdgeEvents("edge-1").OfType<ModelApplied>().Any(), MainJobRun.Limit);
        run.World.Network.Isolate("edge-1");
        run.World.RunUntil(() => run.EdgeEvents("edge-1").OfType<CheckpointTaken>().Count() >= 9, MainJobRun.Limit);
        int leftOut = run.EdgeEvents("edge-1").OfType<EmissionLeftOut>().Count();
        run.World.Hosts["edge-1"].Restart();
        run.World.RunFor(TimeSpan.FromMinutes(5));
        run.World.Network.HealAll();

        run.Complete().Check();

        Assert.That(leftOut, Is.GreaterThan(2), "but for the one under way, only the newest waits");
        Assert.That(run.EdgeEvents("edge-1").OfType<EmissionLeftOut>().Select(e => e.Reason), Is.All.Contains("superseded"));
        Assert.That(
            run.MergeEvents.OfType<UpdateReceived>().Where(e => e.Update.Agent == "edge-1").Max(e => e.Update.Emission),
            Is.EqualTo(LargeModelIon.Batches / LargeModelIon.EmitEvery),
            "the newest arrives");
    }

    [Test]
    [Category("Slow")]
    public void Download_WhenTheServersBytesAreDamaged_KeepsThePresentModel()
    {
        using MainJobRun run = MainJobRun.Start(15, LargeModelIon.Counts, text: LargeModelIon.FromCloud());
        run.World.RunUntil(() => run.EdgeEvents("edge-1").OfType<ModelApplied>().Count() == 2, MainJobRun.Limit);
        run.World.Network.Isolate("edge-1");
        run.World.RunFor(TimeSpan.FromSeconds(30));
        SimulatedArtifactStorage edge = run.World.Hosts["edge-1"].ArtifactStorage;
        SimulatedArtifactStorage server = run.World.Hosts[SimulatedCluster.ServerName].ArtifactStorage;
        string[] damaged = [.. server.Hashes.Except(edge.Hashes)];
        Array.ForEach(damaged, server.Corrupt);

        run.World.Network.HealAll();
        run.World.RunFor(TimeSpan.FromMinutes(10));

        ModelDeclined declined = run.EdgeEvents("edge-1").OfType<ModelDeclined>().Last();
        Assert.That(damaged, Is.Not.Empty);
        Assert.That(declined.Reason, Does.Contain("ArtefactCorrupt(want"));
        Assert.That(edge.Hashes, Has.None.AnyOf(damaged), "nothing damaged is kept");
        Assert.That(run.EdgeEvents("edge-1").OfType<ModelApplied>().Count(), Is.GreaterThanOrEqualTo(2));
        Assert.That(run.EdgeEvents("edge-1").OfType<ModelApplied>().Select(e => e.Model.Hash), Has.None.AnyOf(damaged));
        Assert.That(run.EdgeEvents("edge-1").OfType<LifeCycleMoved>().Select(e => e.State), Does.Not.Contain(InstanceState.Failed), "the present model goes on");
        Assert.That(run.EdgeEvents("edge-2").OfType<ModelApplied>().Last().Model.Version, Is.EqualTo(declined.Version), "who had it before uses it");
    }

    [Test]
    public void Download_WhenTwoConsumersWantOneArtefact_BringsItOnce()
    {
        using MainJobRun run = MainJobRun.Start(16, LargeModelIon.Counts, text: LargeModelIon.Text().Replace(
            "learn { type = train.softmax",
            "judge { type = infer.classify, from = source }, learn { type = train.softmax",
            StringComparison.Ordinal).Replace(
            "{ from = merge.combine, to = edge.learn, signal = model }",
            "{ from = merge.combine, to = edge.learn, signal = model }, { from = merge.combine, to = edge.judge, signal = model }",
            StringComparison.Ordinal));

        run.Complete();

        long down = run.World.Network.Counters.Single(link => link.From == SimulatedCluster.ServerName && link.To == "edge-1").Bytes;
        int models = run.EdgeEvents("edge-1").OfType<ModelApplied>().Select(e => e.Model.Hash).Distinct().Count();
        Assert.That(run.EdgeEvents("edge-1").OfType<ModelApplied>().Select(e => e.Component).Distinct(), Is.EquivalentTo(new[] { "judge", "learn" }));
        Assert.That(down, Is.LessThan((models + 3) * 40_000), "each model went once");
    }

    private static void Plan(MainJobRun run, Random chance, string what, Action harm, Action mend, Func<bool> applies)
    {
        var at = TimeSpan.FromMilliseconds(chance.Next(0, 9000));
        var away = TimeSpan.FromMilliseconds(chance.Next(1, 4000));
        run.World.Schedule(at, what, () =>
        {
            if (applies())
            {
                harm();
                run.World.Schedule(away, "mend", mend);
            }
        });
    }
}
