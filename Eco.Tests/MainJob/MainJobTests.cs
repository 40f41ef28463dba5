using System.Diagnostics;
using System.Globalization;
using Eco.Engines.Online.Experiments;
using Eco.Host.Demo;
using NUnit.Framework;

namespace Eco.Tests.MainJob;

[TestFixture]
public sealed class MainJobTests
{
    [Test]
    public void Run_WhenNothingFails_CompletesWithEveryPromiseKept([Values(1u, 2u, 3u)] uint seed)
    {
        using MainJobRun run = MainJobRun.Start(seed).Complete().Check();

        Assert.That(run.Cluster.Detail(run.Ion.Id)!.MergedRounds, Is.InRange(5, 11));
    }

    [Test]
    public void Run_WhenAllPointsAreThere_MovesAtMostFivePercentOfTheirBytes()
    {
        var ion = new FederatedKMeansIon(
            "job", new FederatedKMeansWorkload { Seed = 7 }, TimeSpan.FromMilliseconds(80), FederatedKMeansIon.DefaultEmitEvery);
        using MainJobRun run = MainJobRun.Start(7, ion).Complete();

        double fraction = (double)run.World.TransportCounters.BytesBetweenHosts / ion.Workload.RawBytes;

        Assert.That(fraction, Is.InRange(0.001, 0.05));
        run.Check();
    }

    [Test]
    public void Run_WhenTheSeedIsTheSame_IsTheSameRun()
    {
        ulong[] hashes = [.. new uint[] { 5, 5, 6 }.Select(MainJobProgram.Hash)];

        Assert.That(hashes[1], Is.EqualTo(hashes[0]));
        Assert.That(hashes[2], Is.Not.EqualTo(hashes[0]));
    }

    [Test]
    public void Run_WhenItIsAnotherProcessWithOtherSettings_IsTheSameRun()
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DOTNET_TieredPGO"] = "0", ["DOTNET_gcServer"] = "1", ["LANG"] = "tr_TR.UTF-8", ["TZ"] = "Asia/Kolkata" },
        };
        Array.ForEach(["exec", typeof(MainJobProgram).Assembly.Location, MainJobProgram.Verb, "5"], start.ArgumentList.Add);

        using Process child = Process.Start(start)!;
        string output = child.StandardOutput.ReadToEnd();
        string errors = child.StandardError.ReadToEnd();
        child.WaitForExit();

        Assert.That(child.ExitCode, Is.Zero, errors);
        Assert.That(output.Trim(), Is.EqualTo(MainJobProgram.Hash(5).ToString("x16", CultureInfo.InvariantCulture)));
    }
}
