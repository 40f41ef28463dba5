using System.Diagnostics;
using System.Globalization;
using Eco.Runtime.Simulation;
using NUnit.Framework;

namespace Eco.Tests.Simulation;

public sealed class SimulationSelfTestTests
{
    [Test]
    public void Run_WhenTheSeedIsTheSame_GivesTheSameHash()
    {
        ulong[] seeds = [.. Enumerable.Range(0, 20).Select(i => (ulong)i)];
        ulong[] hashes = [.. seeds.Select(SimulationSelfTest.Run)];

        Assert.That(seeds.Select(SimulationSelfTest.Run), Is.EqualTo(hashes));
        Assert.That(hashes, Is.Unique);
    }

    [Test]
    public void Play_WhenItEnds_HasCrashedBothHostsAtBothPlacesAndLostFrames()
    {
        using SimulatedWorld world = SimulationSelfTest.Play(42);

        Assert.That(world.Hosts.Values.Select(host => host.Incarnation), Is.All.GreaterThan(3));
        Assert.That(world.CrashPoints.Armed, Is.Zero);
        LinkCounters[] toBroker = [.. world.Network.Counters.Where(c => c.To == SimulatedBroker.Node)];
        Assert.That(toBroker, Has.Length.EqualTo(2).And.All.Matches<LinkCounters>(c => c is { Dropped: > 5, Duplicated: > 5, Reordered: > 5 }));
        Assert.That(
            world.Broker.Faced is { ConfirmsLost: > 0, PublishesLost: > 0, Duplicated: > 0, SubscriptionsLost: > 0, ConnectionsLost: > 0, Redelivered: > 0 },
            world.Broker.Faced.ToString());
    }

    [Test]
    public void Run_WhenItIsAnotherProcessWithOtherSettings_GivesTheSameHash()
    {
        string[] seeds = ["1", "42", "18446744073709551615"];
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DOTNET_TieredPGO"] = "0", ["DOTNET_gcServer"] = "1", ["LANG"] = "tr_TR.UTF-8", ["TZ"] = "Asia/Kolkata" },
        };
        string[] arguments = ["exec", typeof(SimulationProgram).Assembly.Location, .. seeds];
        Array.ForEach(arguments, start.ArgumentList.Add);

        using Process child = Process.Start(start)!;
        string output = child.StandardOutput.ReadToEnd();
        string errors = child.StandardError.ReadToEnd();
        child.WaitForExit();

        Assert.That(child.ExitCode, Is.Zero, errors);
        Assert.That(
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            Is.EqualTo(seeds.Select(seed => SimulationSelfTest.Run(ulong.Parse(seed, CultureInfo.InvariantCulture)).ToString("x16", CultureInfo.InvariantCulture))));
    }
}
