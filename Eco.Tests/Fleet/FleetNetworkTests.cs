using Eco.Host.Fleet;
using Eco.Tests.Integration;
using NUnit.Framework;

namespace Eco.Tests.Fleet;

/// <summary>Namespaces, and faults of the links between them.</summary>
[Category("Slow")]
[Category("Process")]
public sealed class FleetNetworkTests
{
    private string _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Path.Combine(Path.GetTempPath(), "eco-network-" + TestContext.CurrentContext.Test.ID);

    [TearDown]
    public async Task RemoveAsync()
    {
        await FleetNetwork.RemoveAsync(_folder);
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    [Test]
    public async Task Links_WhenCutSlowedOrLossy_AreSoUntilHealed()
    {
        RequireRoot();
        await using FleetNetwork network = await FleetNetwork.NamespacesAsync(_folder, ["a", "b", "c"]);
        Assert.That(await HearsAsync("a", "b") && await HearsAsync("b", "a"), Is.True);

        await using (await network.UnplugAsync("a"))
        {
            Assert.That(await HearsAsync("a", "b"), Is.False);
            Assert.That(await HearsAsync("c", "b"), Is.True);
        }

        // A request gets through or its answer does not: both look the same from here, so the drop is counted where it happens.
        NetworkCut one = await network.DropAsync("a to b", [("a", "b")]);
        NetworkCut two = await network.SeparateAsync("b | c", ["b"], ["c"]);
        Assert.That(await HearsAsync("b", "a") || await HearsAsync("b", "c"), Is.False);
        Assert.That(await HearsAsync("a", "c"), Is.True);
        await one.DisposeAsync();
        Assert.That(await HearsAsync("b", "a"), Is.True);
        Assert.That(await HearsAsync("b", "c"), Is.False);
        await two.DisposeAsync();
        Assert.That(await HearsAsync("b", "c"), Is.True);

        await using (await network.LoseAsync("a", 20))
        {
            Assert.That(await RulesAsync("a"), Does.Contain("numgen random mod 100 < 20 drop"));
        }

        await using (await network.SlowAsync("a", 64_000))
        {
            Assert.That(await ShapeAsync("a"), Does.Contain("rate 64Kbit"));
        }

        Assert.That(await RulesAsync("a"), Does.Not.Contain("drop"));
        Assert.That(await ShapeAsync("a"), Does.Not.Contain("tbf"));
        Assert.That(await HearsAsync("a", "b"), Is.True);
        Assert.That(network.BytesOf("a").Sent, Is.Positive);

        async Task<bool> HearsAsync(string member, string other) => (await PackageTools.RunAsync(
            [.. network.PlaceOf(member).Prefix, "sh", "-c", $"timeout 0.4 bash -c 'echo > /dev/tcp/{network.PlaceOf(other).Address}/9' 2>&1; true"],
            CancellationToken.None)).Contains("refused", StringComparison.OrdinalIgnoreCase);

        Task<string> RulesAsync(string member) => PackageTools.RunAsync([.. network.PlaceOf(member).Prefix, "nft", "list", "ruleset"], CancellationToken.None);

        Task<string> ShapeAsync(string member) => PackageTools.RunAsync([.. network.PlaceOf(member).Prefix, "tc", "qdisc", "show"], CancellationToken.None);
    }

    [Test]
    public async Task Network_WhenItsMakerIsGone_IsFoundAgainAndRemoved()
    {
        RequireRoot();
        FleetNetwork first = await FleetNetwork.NamespacesAsync(_folder, ["a"]);
        FleetNetwork second = await FleetNetwork.NamespacesAsync(_folder, ["b"]);
        Assert.That(second.PlaceOf("a"), Is.EqualTo(first.PlaceOf("a")));

        await FleetNetwork.RemoveAsync(_folder);

        string[] words = [first.PlaceOf("a").Namespace!, second.PlaceOf("b").Namespace!];
        Assert.That((await PackageTools.RunAsync(["ip", "netns", "list"], CancellationToken.None)).Split('\n').Select(line => line.Split(' ')[0]).Intersect(words), Is.Empty);
        await Eventually.HoldsAsync(
            "the links go with the namespaces",
            () => !Directory.EnumerateDirectories("/sys/class/net").Any(link => Path.GetFileName(link).StartsWith("e" + words[0].Split('-')[1], StringComparison.Ordinal)));
        await FleetNetwork.RemoveAsync(_folder);
    }

    [TestCase("random-node", 4)]
    [TestCase("halves", 4)]
    [TestCase("random-halves", 4)]
    [TestCase("majorities-ring", 3)]
    public void Shape_WhenAppliedToThreeNodes_CutsAsItsNameSays(string shape, int pairs)
    {
        var cut = PartitionShape.Of(shape, ["1", "2", "3"], new Random(7));

        Assert.That(cut, Has.Length.EqualTo(pairs));
        Assert.That(cut.Select(pair => pair.From + pair.To), Is.Unique);
        Assert.That(cut.Where(pair => pair.From == pair.To), Is.Empty);
        if (shape == "majorities-ring")
        {
            // Everybody misses exactly one, and no two the same one.
            Assert.That(cut.Select(pair => pair.From), Is.Unique);
            Assert.That(cut.Select(pair => pair.To), Is.Unique);
        }
    }

    private static void RequireRoot()
    {
        if (!PackageTools.IsRoot)
        {
            Assert.Ignore("only root may make network namespaces");
        }
    }
}
