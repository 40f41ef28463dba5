using Eco.Host.Output;
using NUnit.Framework;

namespace Eco.Tests.Campaigns.Mutants;

/// <summary>Planted bugs are found: five at each run of the suite, another five with each commit; all of them before a release.</summary>
[TestFixture]
public sealed class MutantTests
{
    private const int AtATime = 5;

    private static IEnumerable<Mutant> Rotating
    {
        get
        {
            int turn = BuildInfo.Commit.Aggregate(0, (sum, c) => (sum * 31 + c) & 0xFFFF);
            return Enumerable.Range(0, AtATime).Select(index => MutantList.All[(turn + (index * 5)) % MutantList.All.Length]);
        }
    }

    private static IEnumerable<TestCaseData> All => MutantList.All.Select(mutant => new TestCaseData(mutant.Name).SetArgDisplayNames(mutant.Name));

    [Test]
    public void List_WhenCounted_HasTwentyFive()
    {
        Assert.That(MutantList.All, Has.Length.GreaterThanOrEqualTo(25));
        Assert.That(MutantList.All.Select(mutant => mutant.Name), Is.Unique);
    }

    [TestCaseSource(nameof(All))]
    public void Text_WhenTheTreeIsSearched_StandsThereOnce(string name)
    {
        Mutant mutant = MutantList.All.Single(known => known.Name == name);
        string text = File.ReadAllText(Path.Combine(Repository.Root, mutant.File));

        Assert.That(text.Split(mutant.Right), Has.Length.EqualTo(2), $"'{mutant.Right}' of {mutant.File}");
    }

    [Test]
    [Category("Slow")]
    public void Campaign_WhenBugsArePlanted_FindsEachOfFive() => FindAll(Rotating);

    [Test]
    [Explicit("for a release: half an hour")]
    public void Campaign_WhenBugsArePlanted_FindsEveryOne() => FindAll(MutantList.All);

    private static void FindAll(IEnumerable<Mutant> mutants)
    {
        using var bench = new MutantBench();
        Assert.Multiple(() =>
        {
            foreach (Mutant mutant in mutants)
            {
                string? found = bench.Find(mutant);
                TestContext.Out.WriteLine($"{mutant.Name}: {found ?? "NOT FOUND"}");
                Assert.That(found, Is.Not.Null, mutant.Name);
            }
        });
    }
}
