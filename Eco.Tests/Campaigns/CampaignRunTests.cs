using Eco.Host.Campaigns;
using Eco.Host.Campaigns.Faults;
using NUnit.Framework;

namespace Eco.Tests.Campaigns;

/// <summary>Whole runs: a few seeds of each scenario, and every plan that once showed a defect.</summary>
[TestFixture]
public sealed class CampaignRunTests
{
    private const int SeedsOfTheSuite = 2_000;
    private static readonly TimeSpan FourMinutes = TimeSpan.FromMinutes(4);

    private static IEnumerable<string> Scenarios => CampaignScenario.All.Select(scenario => scenario.Name);

    private static IEnumerable<TestCaseData> PastFailures =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "Eco.Tests", "Campaigns", "Regressions"), "*" + FaultFile.Extension)
            .Order(StringComparer.Ordinal)
            .Select(file => new TestCaseData(file).SetArgDisplayNames(Path.GetFileNameWithoutExtension(file)));

    [TestCaseSource(nameof(Scenarios))]
    public void Run_WhenFaultsAreOfAScenario_KeepsEveryPromise(string name)
    {
        CampaignScenario scenario = CampaignScenario.All.Single(known => known.Name == name);

        CampaignResult result = CampaignRun.Run(CampaignPlan.Derive(1, scenario), CampaignSeams.None);

        Assert.That(result.Failure, Is.Null, () => $"{result.Failure}\n{result.Story}");
        Assert.That(result.Events, Is.GreaterThanOrEqualTo(CampaignRun.LeastEvents));
        Assert.That(result.Actors, Is.GreaterThanOrEqualTo(150));
    }

    [Test]
    [Category("Slow")]
    public void Campaign_WhenItHasFourMinutes_FindsNoBrokenPromise()
    {
        var totals = new CampaignTotals();
        using var time = new CancellationTokenSource(FourMinutes);

        CampaignRunner.Run(
            [.. Enumerable.Range(1, SeedsOfTheSuite).Select(seed => (long)seed)],
            CampaignScenario.All[0],
            Environment.ProcessorCount,
            totals,
            () => { },
            () => totals.FailedSeeds > 0,
            time.Token);

        TestContext.Out.WriteLine($"{totals.Seeds} seeds, {totals.Events} events, {totals.Table.Pairs} pairs of a fault and a state");
        Assert.That(totals.Failures.Select(failure => $"seed {failure.Plan.Settings.Seed}: {failure.Failure}"), Is.Empty);
        Assert.That(totals.Seeds, Is.GreaterThanOrEqualTo(50), "a machine that is too slow to show anything");
        Assert.That(totals.LeastEvents, Is.GreaterThanOrEqualTo(CampaignRun.LeastEvents));
        Assert.That((double)totals.Actors / totals.Seeds, Is.GreaterThanOrEqualTo(200));
    }

    [Test]
    [Category("Slow")]
    public void Run_WhenASecondProcessRepeatsIt_IsTheSameRun()
    {
        CampaignScenario scenario = CampaignScenario.All[0];
        var totals = new CampaignTotals();
        CampaignRunner.Run([1, 2, 3], scenario, 1, totals, () => { }, () => false, CancellationToken.None);

        Assert.That(CampaignTwins.Compare(totals.Hashes, scenario, 3, TestContext.Out.WriteLine), Is.Zero);
    }

    [Test]
    public void Run_WhenRepeated_IsTheSameRun()
    {
        CampaignPlan plan = CampaignPlan.Derive(2, CampaignScenario.All[0]);

        Assert.That(
            CampaignRun.Run(plan, CampaignSeams.None).TraceHash, Is.EqualTo(CampaignRun.Run(plan, CampaignSeams.None).TraceHash));
    }

    [TestCaseSource(nameof(PastFailures))]
    public void Plan_WhenItOnceShowedADefect_KeepsEveryPromiseNow(string file)
    {
        CampaignResult result = CampaignRun.Run(FaultFile.Read(File.ReadAllText(file)), CampaignSeams.None);

        Assert.That(result.Failure, Is.Null, () => $"{result.Failure}\n{result.Story}");
    }
}
