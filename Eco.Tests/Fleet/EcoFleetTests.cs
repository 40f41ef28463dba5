using System.Collections.Immutable;
using Eco.Host.Commands;
using Eco.Host.Fleet;
using Eco.Tests.Integration;
using NUnit.Framework;

namespace Eco.Tests.Fleet;

/// <summary><c>eco up</c> and <c>eco down</c> as processes.</summary>
[Category("Slow")]
[Category("Cluster")]
public sealed class EcoFleetTests
{
    private string _folder = null!;

    [SetUp]
    public void MakeFolder()
    {
        _folder = Path.Combine(Path.GetTempPath(), "eco-fleet-" + TestContext.CurrentContext.Test.ID);
        Directory.CreateDirectory(_folder);
    }

    [TearDown]
    public async Task RemoveFolderAsync()
    {
        string state = Path.Combine(_folder, ".eco");
        if (EcoFleet.Load(state) is not null)
        {
            await EcoFleet.StopAsync(state, TestContext.Out.WriteLine, TimeProvider.System);
            EcoFleet.Remove(state);
        }

        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public async Task Cluster_WhenAHostDies_IsMadeWholeByUpAndDownLeavesNothing()
    {
        EcoResult first = await EcoProcess.RunAsync(_folder, ["up", "--brokers", "1", "--agents", "2"]);
        Assert.That(first.ExitCode, Is.Zero, first.ToString());
        ImmutableArray<FleetMember> before = Members();
        Assert.That(before.Where(member => !member.IsAlive), Is.Empty);
        Assert.That(before.Select(member => member.Name), Is.EqualTo(new[] { "broker-1", "database", "server-1", "cloud-1", "edge-1" }));

        FleetMember edge = before.Single(member => member.Name == "edge-1");
        Signals.Send(new ProcessIdentity(edge.Pid, edge.StartTicks), Signals.Kill);
        await Eventually.HoldsAsync("the agent has ended", () => !edge.IsAlive);
        EcoResult second = await EcoProcess.RunAsync(_folder, ["up"]);
        Assert.That(second.ExitCode, Is.Zero, second.ToString());
        ImmutableArray<FleetMember> after = Members();
        Assert.That(after.Where(member => !before.Contains(member)).Select(member => member.Name), Is.EqualTo(new[] { "edge-1" }));

        EcoResult agents = await EcoProcess.RunAsync(_folder, ["agents"]);
        Assert.That(agents.Out, Does.Contain("cloud-1").And.Contain("edge-1"));
        EcoResult other = await EcoProcess.RunAsync(_folder, ["up", "--brokers", "3"]);
        Assert.That(other.ExitCode, Is.EqualTo(ExitCodes.Refused), other.ToString());

        EcoResult down = await EcoProcess.RunAsync(_folder, ["down", "--remove"]);
        Assert.That(down.ExitCode, Is.Zero, down.ToString());
        Assert.That(down.Error, Does.Not.Contain("killed"));
        Assert.That(after.Where(member => member.IsAlive), Is.Empty);
        Assert.That(after.Where(member => Directory.Exists(member.Folder)), Is.Empty);
    }

    private ImmutableArray<FleetMember> Members() => EcoFleet.Load(Path.Combine(_folder, ".eco"))!.Members;
}
