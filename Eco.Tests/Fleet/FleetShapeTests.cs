using Eco.Host.Commands;
using Eco.Host.Fleet;
using NUnit.Framework;

namespace Eco.Tests.Fleet;

/// <summary>How many agents share a process, and what a cluster cannot become.</summary>
public sealed class FleetShapeTests
{
    private static readonly FleetShape Small = new(3, 2, 10, 1, false);

    [TestCase(1, 1, 1)]
    [TestCase(16, 1, 16)]
    [TestCase(17, 3, 6)]
    [TestCase(512, 64, 8)]
    [TestCase(1000, 64, 16)]
    public void Agents_WhenSpreadOverProcesses_AreAtMost64Each(int agents, int perHost, int hosts)
    {
        int share = FleetShape.AgentsPerHostOf(agents);

        Assert.That(share, Is.EqualTo(perHost));
        Assert.That(new FleetShape(3, 1, agents, share, false).AgentHosts, Is.EqualTo(hosts));
    }

    [Test]
    public void Agents_WhenNamed_HaveACloudFirstUnlessThereIsOnlyOne()
    {
        Assert.That(Enumerable.Range(0, 3).Select(Small.AgentName), Is.EqualTo(new[] { "cloud-1", "edge-1", "edge-2" }));
        Assert.That((Small with { Agents = 1 }).AgentName(0), Is.EqualTo("edge-1"));
    }

    [Test]
    public void Shape_WhenItGrowsOrShrinks_IsTakenWhereNoJournalHasToMove()
    {
        Assert.DoesNotThrow(() => (Small with { Agents = 12, Servers = 1 }).RequireReachableFrom(Small));
        Assert.Throws<CommandException>(() => (Small with { Brokers = 1 }).RequireReachableFrom(Small));
        Assert.Throws<CommandException>(() => (Small with { Isolated = true }).RequireReachableFrom(Small));
        Assert.Throws<CommandException>(() => (Small with { AgentsPerHost = 2 }).RequireReachableFrom(Small));
        Assert.Throws<CommandException>(() => (Small with { Agents = 1 }).RequireReachableFrom(Small));
        FleetShape grouped = Small with { AgentsPerHost = 5 };
        Assert.Throws<CommandException>(() => (grouped with { Agents = 20 }).RequireReachableFrom(grouped));
    }
}
