using Eco.Runtime.Persistence;
using Eco.Runtime.Simulation;
using NUnit.Framework;

namespace Eco.Tests.MainJob;

/// <summary>The main job on three servers that share a database, while partitions move between them.</summary>
[TestFixture]
[Category("Slow")]
public sealed class MainJobTakeoverTests
{
    [Test]
    public void Run_WhenServersEndOneAfterTheOther_IsTakenOverAndKeepsEveryPromise([Range(500, 502)] int seed)
    {
        using MainJobRun run = Start(seed, SimulatedBrokerFaults.None);
        for (int round = 0; round < 3; round++)
        {
            SimulatedHost server = run.World.Hosts[MainJobRun.ServerName(1 + (round % 3))];
            run.World.RunFor(TimeSpan.FromSeconds(4));
            server.Crash();
            server.RestartAfter(TimeSpan.FromSeconds(6));
            run.World.RunFor(TimeSpan.FromSeconds(8));
        }

        run.Complete().Check();
        Assert.That(Epochs(run), Is.All.GreaterThan(1), "every partition has moved");
    }

    [Test]
    public void Run_WhenAServerIsPausedAndAnotherCutOff_IsTakenOverAndKeepsEveryPromise([Range(510, 511)] int seed)
    {
        using MainJobRun run = Start(seed, new SimulatedBrokerFaults { ConfirmLoss = 0.02, PublishLoss = 0.02, Duplication = 0.02 });
        run.World.RunFor(TimeSpan.FromSeconds(25));

        run.World.Hosts[MainJobRun.ServerName(2)].Pause();
        run.World.Network.Cut(MainJobRun.ServerName(3), SimulatedBroker.Node);
        run.World.RunFor(TimeSpan.FromSeconds(80));
        run.World.Hosts[MainJobRun.ServerName(2)].Resume();
        run.World.Network.HealAll();

        run.Complete().Check();
        Assert.That(Epochs(run).Max(), Is.GreaterThan(2));
    }

    private static MainJobRun Start(int seed, SimulatedBrokerFaults faults) => MainJobRun.Start(
        (ulong)seed,
        batches: 400,
        world: new SimulationOptions { Transport = new SimulatedTransportOptions { BrokerSite = "cloud", Faults = faults } },
        servers: 3);

    private static long[] Epochs(MainJobRun run)
    {
        IEnumerable<Ownership> owned = run.World.Hosts[MainJobRun.ServerName(1)].JournalStorage.Owned;
        return [.. owned.Select(owner => owner.OwnerEpoch)];
    }
}
