using NUnit.Framework;

namespace Eco.Tests.MainJob;

/// <summary>Agents that die while their engine processes live on.</summary>
[TestFixture]
public sealed class SurvivingEnginesTests
{
    private static readonly TimeSpan RestartAfter = TimeSpan.FromSeconds(1);

    [Category("Slow")]
    [TestCase("instance.model-arrived/1")]
    [TestCase("instance.model-applied/1")]
    [TestCase("instance.models-emitted/1")]
    [TestCase("instance.checkpoint-taken/1")]
    [TestCase("instance.life-cycle-moved/1")]
    public void Agent_WhenItDiesAroundACommit_GoesOnWithItsPipelineAndDoesNothingTwice(string detail)
    {
        foreach (string point in (string[])["journal.beforeCommit", "journal.afterCommit"])
        {
            for (int occurrence = 1; occurrence <= 2; occurrence++)
            {
                var engines = new SurvivingEngines();
                using MainJobRun run = Start(11, engines);
                run.World.CrashPoints.Arm("edge-1", point, detail, occurrence, RestartAfter);
                run.Complete().Check();

                Assert.That(engines.Made["edge-1"], Is.EqualTo(1), $"{point} {detail} {occurrence}: its pipeline is made once");
            }
        }
    }

    [Test]
    public void Agent_WhenItDiesAgainAndAgain_GoesOnWithItsPipelineAndDoesNothingTwice()
    {
        var engines = new SurvivingEngines();
        using MainJobRun run = Start(12, engines, batches: 200);
        var random = new Random(5);
        for (int i = 0; i < 60; i++)
        {
            run.World.RunFor(TimeSpan.FromMilliseconds(random.Next(20, 700)));
            string edge = FormattableString.Invariant($"edge-{random.Next(1, 4)}");
            if (run.World.Hosts[edge].IsUp)
            {
                run.World.Hosts[edge].Crash();
                run.World.Hosts[edge].RestartAfter(TimeSpan.FromMilliseconds(random.Next(1, 300)));
            }
        }

        run.Complete().Check();

        Assert.That(run.Edges.Select(edge => engines.Made[edge]), Is.All.EqualTo(1));
        Assert.That(engines.Resumed.Values.Sum(), Is.GreaterThan(30));
        Assert.That(engines.ToldAgain, Is.GreaterThan(0), "some died before they had written down what a step had brought");
    }

    private static MainJobRun Start(ulong seed, SurvivingEngines engines, int batches = 40) => MainJobRun.Start(
        seed,
        new Eco.Host.Demo.FederatedKMeansIon(
            "job",
            new Eco.Engines.Online.Experiments.FederatedKMeansWorkload
            {
                Seed = seed, Batches = batches, WarmUp = 5, Clusters = new Eco.Engines.Data.MovingClusters { Points = 50 },
            },
            TimeSpan.FromMilliseconds(80),
            4),
        engines: engines.Of);
}
