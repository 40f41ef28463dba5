using System.Collections.Immutable;
using System.Text.Json;
using Eco.Actors.Console;
using Eco.Host.Commands;
using Eco.Host.Fleet;
using Eco.Runtime.Persistence;
using Eco.Tests.Persistence.Sqlite;
using NUnit.Framework;

namespace Eco.Tests.Integration;

/// <summary>
/// Rows 7, 18 and 21 of the fault matrix on real processes: links that go one way only or come and go, and a server that is paused until another
/// has taken its place. One cluster for all of them, whose journals are looked at in the end.
/// </summary>
[TestFixture]
[Category("Slow")]
[Category("Cluster")]
public sealed class ClusterFaultTests
{
    private const string Ion = "faults";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    // It goes on for as long as the tests do.
    private static readonly string Definition = ClusterIon.Text(Ion, everyMilliseconds: 100, batches: 100_000, quorum: 2, deadlineSeconds: 2);

    private TemporaryFolder _folder = null!;
    private EcoFleet _fleet = null!;

    [OneTimeSetUp]
    public async Task StartClusterAsync()
    {
        _folder = new TemporaryFolder();
        _fleet = await EcoFleet.OpenAsync(_folder.File("cluster"), new FleetShape(1, 2, 4, 1, Isolated: true), TimeProvider.System);
        await _fleet.StartAsync(_ => { }, CancellationToken.None);
        ConsoleReply? submitted = await _fleet.TryAskAsync(ConsoleVerbs.IonSubmit, Arguments.Of(("file", "faults.conf")), Definition, CancellationToken.None);
        Assert.That(submitted?.Error, Is.Null);
        await MoreRoundsAsync(3);
    }

    [OneTimeTearDown]
    public async Task EndClusterAsync()
    {
        await _fleet.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public async Task Cluster_WhenLinksGoOneWayOrFlapAndAServerIsPaused_RestartsNothingAndCountsNothingTwice()
    {
        await HearNothingAsync();
        await GoUnheardAsync();
        await FlapAsync();
        await PauseTheOwnerAsync();
        await AuditAsync();
    }

    private Task HearNothingAsync() =>
        AfterTheFaultAsync("edge-1", async () =>
        {
            await using NetworkCut cut = await _fleet.Network.DropAsync("one way", [(EcoFleet.BrokerName(1), "edge-1")]);
            await UnreachableAsync("edge-1");
            await MoreRoundsAsync(3);
        });

    private Task GoUnheardAsync() =>
        AfterTheFaultAsync("edge-2", async () =>
        {
            await using NetworkCut cut = await _fleet.Network.DropAsync("one way", [("edge-2", EcoFleet.BrokerName(1))]);
            await UnreachableAsync("edge-2");
            await MoreRoundsAsync(3);
        });

    private Task FlapAsync() =>
        AfterTheFaultAsync("edge-3", async () =>
        {
            using var beat = new PeriodicTimer(TimeSpan.FromSeconds(2));
            for (int i = 0; i < 5; i++)
            {
                await using (await _fleet.Network.UnplugAsync("edge-3"))
                {
                    await beat.WaitForNextTickAsync();
                }

                await beat.WaitForNextTickAsync();
            }
        });

    private async Task PauseTheOwnerAsync()
    {
        ClusterPartitionView before = await PartitionAsync();
        HostNode owner = _fleet.Servers.Single(server => server.Name == before.Owner);
        HostNode other = _fleet.Servers.Single(server => server != owner);
        owner.Pause();
        try
        {
            await Eventually.HoldsAsync(
                "another server has the partition",
                async () => await PartitionAsync(other) is { } now && now.Owner == other.Name && now.OwnerEpoch > before.OwnerEpoch,
                () => Log(other),
                Limit);
            await MoreRoundsAsync(3, other);
        }
        finally
        {
            owner.Resume();
        }

        await MoreRoundsAsync(5, other);
        await Eventually.HoldsAsync(
            "both servers have half of the partitions",
            async () => (await ClusterAsync(other))?.Members.Select(member => member.Partitions).Order().ToArray() is [7 or 8, 8 or 9],
            () => Log(owner) + Log(other),
            Limit);
        Assert.That(owner.IsAlive, Is.True, "a server that was fenced stands by again");
    }

    private async Task AuditAsync()
    {
        Assert.That((await _fleet.TryAskAsync(ConsoleVerbs.IonPause, Arguments.Of(("ion", Ion)), null, CancellationToken.None))?.Error, Is.Null);
        await Task.WhenAll(_fleet.AgentHosts.Select(host => host.StopAsync()));
        await Task.WhenAll(_fleet.Servers.Select(server => server.StopAsync()));

        JournalAudit audit = await JournalAudit.OfAsync(_fleet);

        Assert.That(audit.MergedRounds, Is.GreaterThan(10));
    }

    private async Task AfterTheFaultAsync(string agent, Func<Task> fault)
    {
        InstanceView before = await InstanceAsync(agent);
        await fault();
        await Eventually.HoldsAsync(
            $"{agent} is back",
            async () => (await _fleet.ReachableAgentsAsync(CancellationToken.None)).Contains(agent),
            () => Log(_fleet.AgentHosts.Single(host => host.Agents.Contains(agent))),
            Limit);
        await MoreRoundsAsync(3);
        InstanceView after = await InstanceAsync(agent);
        Assert.That((after.State, after.ChangedAt), Is.EqualTo((before.State, before.ChangedAt)), "a healthy pipeline goes on as it was");
        Assert.That(after.State, Is.EqualTo("running"));
    }

    private Task UnreachableAsync(string agent) => Eventually.HoldsAsync(
        $"{agent} is missed", async () => !(await _fleet.ReachableAgentsAsync(CancellationToken.None)).Contains(agent), () => Log(_fleet.Servers[0]), Limit);

    private async Task<InstanceView> InstanceAsync(string agent) =>
        (await ShowAsync(null))!.Instances.Single(instance => instance.Agent == agent);

    private async Task MoreRoundsAsync(long more, HostNode? asked = null)
    {
        long before = (await ShowAsync(asked))?.MergedRounds ?? 0;
        await Eventually.HoldsAsync(
            $"{more} rounds beyond {before} are merged",
            async () => (await ShowAsync(asked))?.MergedRounds >= before + more,
            () => string.Concat(_fleet.Servers.Select(Log)),
            Limit);
    }

    private async Task<ClusterPartitionView> PartitionAsync() => await PartitionAsync(null) ?? throw new InvalidOperationException("no server answers");

    private async Task<ClusterPartitionView?> PartitionAsync(HostNode? asked) =>
        (await ClusterAsync(asked))?.Partitions[Partitioning.PartitionOf($"ion/{Ion}/merge", 16)];

    private async Task<ClusterView?> ClusterAsync(HostNode? asked) =>
        await AskAsync(asked, ConsoleVerbs.Cluster, Arguments.None) is { } data ? data.Deserialize(ConsoleJson.Default.ClusterView) : null;

    private async Task<IonDetailView?> ShowAsync(HostNode? asked) =>
        await AskAsync(asked, ConsoleVerbs.IonShow, Arguments.Of(("ion", Ion))) is { } data ? data.Deserialize(ConsoleJson.Default.IonDetailView) : null;

    private async Task<JsonElement?> AskAsync(HostNode? asked, string verb, ImmutableSortedDictionary<string, string> arguments)
    {
        ConsoleReply? reply = asked is null
            ? await _fleet.TryAskAsync(verb, arguments, null, CancellationToken.None)
            : await asked.TryAskAsync(verb, arguments, null, CancellationToken.None);
        return reply?.Data;
    }

    private static string Log(HostNode host) => $"{host.Name}: {string.Join('\n', File.ReadLines(host.LogFile).TakeLast(25))}\n";
}
