using Eco.Host.Campaigns;
using Eco.Host.Campaigns.Faults;
using NUnit.Framework;

namespace Eco.Tests.Campaigns;

/// <summary>Whole runs: a few seeds of each scenario, and every plan that once showed a defect.</summary>
[TestFixture]
public sealed class CampaignRunTests
{
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
