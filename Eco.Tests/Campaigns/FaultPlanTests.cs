using Eco.Host.Campaigns;
using Eco.Host.Campaigns.Faults;
using NUnit.Framework;

namespace Eco.Tests.Campaigns;

/// <summary>Plans of faults: derived from a seed, written to files, made small.</summary>
[TestFixture]
public sealed class FaultPlanTests
{
    private static CampaignScenario Mixed => CampaignScenario.All[0];

    [Test]
    public void Plan_WhenDerivedTwice_IsTheSame() =>
        Assert.That(FaultFile.Write(CampaignPlan.Derive(5, Mixed), null), Is.EqualTo(FaultFile.Write(CampaignPlan.Derive(5, Mixed), null)));

    [Test]
    public void Plan_WhenWrittenAndRead_IsTheSame([Range(1, 5)] int seed)
    {
        CampaignPlan plan = CampaignPlan.Derive((ulong)seed, Mixed);

        CampaignPlan read = FaultFile.Read(FaultFile.Write(plan, "I2 journals: something\nelse"));

        Assert.That(read.Settings, Is.EqualTo(plan.Settings));
        Assert.That(read.Faults, Is.EqualTo(plan.Faults));
    }

    [Test]
    public void Seeds_WhenTheyAreMany_DrawEveryKindOfFault() =>
        Assert.That(
            Enumerable.Range(1, 50).SelectMany(seed => CampaignPlan.Derive((ulong)seed, Mixed).Faults).Select(fault => fault.Kind).Distinct(),
            Is.EquivalentTo(Enum.GetValues<FaultKind>()));

    [TestCase("seed 1", "no scenario")]
    [TestCase("seed 1\nscenario nowhere", "line 2: there is no scenario 'nowhere'")]
    [TestCase("seed 1\nscenario mixed\nfault at=1 kind=Nothing target=x for=0 amount=0", "line 3: 'Nothing' is no kind of fault")]
    [TestCase("seed 1\nscenario mixed\nfault at=x kind=Cut target=x for=0 amount=0", "line 3: 'at=x' is no whole number")]
    [TestCase("seed x\nscenario mixed", "line 1")]
    [TestCase("what", "line 1: 'what' is none of")]
    public void File_WhenWrong_SaysWhere(string text, string expected) =>
        Assert.That(() => FaultFile.Read(text), Throws.TypeOf<FormatException>().With.Message.Contains(expected));

    [Test]
    public void Shrinker_WhenTwoFaultsAreToBlame_KeepsJustThem([Range(1, 5)] int seed)
    {
        CampaignPlan plan = CampaignPlan.Derive((ulong)seed, Mixed);
        PlannedFault first = plan.Faults[1];
        PlannedFault second = plan.Faults[^2];

        CampaignPlan small = FaultShrinker.Shrink(plan, p => p.Faults.Contains(first) && p.Faults.Contains(second), 200);

        Assert.That(small.Faults, Is.EqualTo(new[] { first, second }));
    }

    [Test]
    public void Shrinker_WhenNoFaultIsToBlame_KeepsNone() =>
        Assert.That(FaultShrinker.Shrink(CampaignPlan.Derive(1, Mixed), _ => true, 200).Faults, Is.Empty);
}
