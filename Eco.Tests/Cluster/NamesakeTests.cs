using Eco.Runtime.Cluster;
using NUnit.Framework;

namespace Eco.Tests.Cluster;

/// <summary>Two server processes with one identity on one database: the later one ends.</summary>
public sealed class NamesakeTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Test]
    public void Server_WhenAnotherOfItsNameLives_EndsWithinSecondsAndSaysWhatToDo()
    {
        using var group = new ServerGroup(41, 2);
        group.AddTwin("twin", "s1");

        group.World.RunFor(TimeSpan.FromSeconds(5));

        Assert.That(
            group.Of<EntityHostFailed>("twin").Single().Reason,
            Does.Contain("another process that lives is s1").And.Contain("as s1/1").And.Contain("eco.host.id"));
        Assert.That(group.Of<EntityHostFailed>("s1"), Is.Empty);
        group.World.RunFor(Minute);
        Assert.That(group.Owned["s1"] + group.Owned["s2"], Is.EqualTo(ServerGroup.Partitions), "the first goes on");
        Assert.That(group.Of<ServerTakeover>("twin"), Is.Empty);
    }

    [Test]
    public void Server_WhenItIsKilledAndStartedAgainAtOnce_IsNoSecondOne()
    {
        using var group = new ServerGroup(42, 2);
        for (int i = 0; i < 3; i++)
        {
            group["s1"].Crash();
            group.World.RunFor(TimeSpan.FromMilliseconds(100 + (700 * i)));
            group["s1"].Restart();
            group.World.RunFor(Minute);
        }

        Assert.That(group.Of<EntityHostFailed>(), Is.Empty);
        Assert.That(group.Owned, Is.EqualTo(new Dictionary<string, int> { ["s1"] = 8, ["s2"] = 8 }));
    }

    [Test]
    public void Server_WhenItsPlaceWasTakenWhileItWasPaused_Ends()
    {
        using var group = new ServerGroup(43, 2);
        group["s1"].Pause();
        group.World.RunFor(Minute);
        group.AddTwin("twin", "s1");
        group.World.RunFor(Minute);
        Assert.That(group.Of<EntityHostFailed>(), Is.Empty, "the first is as good as dead");

        group["s1"].Resume();
        group.World.RunFor(Minute);

        Assert.That(group.Of<EntityHostFailed>("s1").Count(), Is.EqualTo(1));
        Assert.That(group.Of<EntityHostFailed>("twin"), Is.Empty);
    }
}
