using System.Collections.Immutable;
using System.Text.Json;
using Eco.Actors.Console;
using Eco.Host.Commands;
using Eco.Host.Fleet;
using Eco.Runtime.Cluster;
using Eco.Runtime.Persistence;
using Eco.Tests.Persistence.Sqlite;
using NUnit.Framework;

namespace Eco.Tests.Integration;

/// <summary>The day of a cluster: started by its verb, given work by its verb, and hit by all that can happen to it while it works.</summary>
[TestFixture]
[Category("Slow")]
[Category("Cluster")]
public sealed class ClusterAcceptanceTests
{
    private const int Agents = 10;
    private const string Ion = "acceptance";
    private const int Emissions = 60;
    private static readonly string[] CutOff = ["edge-2", "edge-5", "edge-8"];
    private static readonly TimeSpan CutFor = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StepLimit = TimeSpan.FromMinutes(3);

    // Each edge emits 60 models in 150 s: it goes on for the whole minute in which three of them are cut off, and after it.
    private static readonly string Definition = ClusterIon.Text(Ion, everyMilliseconds: 250, batches: Emissions * ClusterIon.BatchesPerUpdate, quorum: 4, deadlineSeconds: 4);

    [Test]
    public async Task Cluster_WhenItsServerItsBrokerAndItsLinksFail_EndsEveryRoundAndCountsEachUpdateOnce()
    {
        using var folder = new TemporaryFolder();
        string root = folder.File("cluster");
        try
        {
            EcoResult up = await RunAsync("up", "--agents", $"{Agents}", "--servers", "2", "--network", "namespaces", "--state", root);
            Assert.That(up.ExitCode, Is.EqualTo(ExitCodes.Success), up.ToString());
            EcoFleet fleet = await EcoFleet.OpenAsync(root, new FleetShape(3, 2, Agents, 1, Isolated: true), TimeProvider.System);
            await fleet.StartServicesAsync(_ => { }, CancellationToken.None);

            string file = folder.File("acceptance.conf");
            await File.WriteAllTextAsync(file, Definition);
            EcoResult submitted = await RunAsync("ion", "submit", file, "--state", root);
            Assert.That(submitted.ExitCode, Is.EqualTo(ExitCodes.Success), submitted.ToString());
            await MergedAsync(fleet, 3);

            await HitAsync(fleet);

            await Eventually.HoldsAsync(
                "the ION is completed", async () => (await ShowAsync(fleet))?.Ion.State == "completed", () => Describe(fleet), StepLimit);
            await AuditAsync(fleet);
            EcoResult down = await RunAsync("down", "--state", root);
            Assert.That(down.ExitCode, Is.EqualTo(ExitCodes.Success), down.ToString());
        }
        finally
        {
            await RunAsync("down", "--remove", "--state", root);
        }
    }

    /// <summary>The server that runs the rounds and the broker node that leads its queue die at once; three agents are cut off for a minute.</summary>
    private static async Task HitAsync(EcoFleet fleet)
    {
        int partition = Partitioning.PartitionOf($"ion/{Ion}/merge", 16);
        ClusterView cluster = (await AskAsync(fleet, ConsoleVerbs.Cluster, Arguments.None)).Data!.Value.Deserialize(ConsoleJson.Default.ClusterView)!;
        HostNode owner = fleet.Servers.Single(server => server.Name == cluster.Partitions[partition].Owner);
        BrokerNode leader = await fleet.Brokers.LeaderOfAsync(EntityAddress.OfPartition(partition)) ?? throw new InvalidOperationException("the partition's queue has no leader");
        long rounds = await RoundsAsync(fleet);
        await Task.WhenAll(owner.KillAsync(), leader.KillAsync());

        NetworkCut[] cuts = await Task.WhenAll(CutOff.Select(fleet.Network.UnplugAsync));
        using var minute = new PeriodicTimer(CutFor);
        Task<bool> over = minute.WaitForNextTickAsync().AsTask();
        // One of those that are cut off dies as well, and boots without a network.
        HostNode cold = fleet.AgentHosts.Single(host => host.Agents.Contains(CutOff[1]));
        await cold.KillAsync();
        cold.Start();
        await MergedAsync(fleet, rounds + 3);
        owner.Start();
        leader.Start();
        await over;
        Assert.That(
            (await fleet.ReachableAgentsAsync(CancellationToken.None)).Intersect(CutOff), Is.Empty, "those that are cut off are known to be");
        foreach (NetworkCut cut in cuts)
        {
            await cut.DisposeAsync();
        }

        await Eventually.HoldsAsync(
            "all agents are back",
            async () => (await fleet.ReachableAgentsAsync(CancellationToken.None)).Count == Agents,
            () => Describe(fleet),
            StepLimit);
    }

    private static async Task AuditAsync(EcoFleet fleet)
    {
        await Task.WhenAll(fleet.AgentHosts.Select(host => host.StopAsync()));
        await Task.WhenAll(fleet.Servers.Select(server => server.StopAsync()));
        JournalAudit audit = await JournalAudit.OfAsync(fleet);
        audit.AssertNothingIsOpen();
        Assert.That(audit.MergedRounds, Is.GreaterThanOrEqualTo(10));
        foreach (string edge in fleet.AgentHosts.SelectMany(host => host.Agents).Where(agent => agent.StartsWith("edge", StringComparison.Ordinal)))
        {
            Assert.That(audit.EmittedBy(edge), Is.EqualTo(Emissions), $"{edge} has trained to its end, with or without a network");
        }
    }

    private static Task MergedAsync(EcoFleet fleet, long rounds) => Eventually.HoldsAsync(
        $"{rounds} rounds are merged", async () => await RoundsAsync(fleet) >= rounds, () => Describe(fleet), StepLimit);

    private static async Task<long> RoundsAsync(EcoFleet fleet) => (await ShowAsync(fleet))?.MergedRounds ?? 0;

    private static async Task<IonDetailView?> ShowAsync(EcoFleet fleet)
    {
        ConsoleReply? reply = await fleet.TryAskAsync(ConsoleVerbs.IonShow, Arguments.Of(("ion", Ion)), null, CancellationToken.None);
        return reply is { Data: { } data } ? data.Deserialize(ConsoleJson.Default.IonDetailView) : null;
    }

    private static async Task<ConsoleReply> AskAsync(EcoFleet fleet, string verb, ImmutableSortedDictionary<string, string> arguments)
    {
        ConsoleReply reply = await fleet.TryAskAsync(verb, arguments, null, CancellationToken.None)
            ?? throw new InvalidOperationException("no server answers");
        Assert.That(reply.Error, Is.Null, verb);
        return reply;
    }

    private static string Describe(EcoFleet fleet) =>
        string.Join('\n', fleet.Servers.Select(server => $"{server.Name}: {string.Join('\n', File.ReadLines(server.LogFile).TakeLast(20))}"));

    private static Task<EcoResult> RunAsync(params string[] arguments)
    {
        EcoProcess eco = EcoProcess.Start(Path.GetTempPath(), arguments);
        return EndAsync(eco);
    }

    private static async Task<EcoResult> EndAsync(EcoProcess eco)
    {
        using (eco)
        {
            return await eco.EndAsync(StepLimit);
        }
    }
}
