using System.Net;
using System.Net.Sockets;
using Eco.Host.Commands;
using Eco.Host.Fleet;
using Eco.Tests.Integration;
using NUnit.Framework;

namespace Eco.Tests.Fleet;

/// <summary>Real RabbitMQ servers as plain processes.</summary>
[Category("Slow")]
[Category("Cluster")]
public sealed class BrokerClusterTests
{
    private string _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Path.Combine(Path.GetTempPath(), "eco-brokers-" + TestContext.CurrentContext.Test.ID);

    [TearDown]
    public void RemoveFolder()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    [Test]
    public async Task Cluster_WhenANodeIsKilledAndRestarted_IsWholeAgain()
    {
        BrokerCluster cluster = await BrokerCluster.StartAsync(_folder, 3, TimeProvider.System);
        ProcessIdentity[] processes;
        await using (cluster)
        {
            await RunAsync(cluster, 3);
            foreach (string kind in (string[])["quorum_queue", "stream_queue"])
            {
                // The nodes agree on what they all can do only after they have joined.
                await Eventually.HoldsAsync(
                    $"{kind} is enabled",
                    async () => await cluster.CallAsync(cluster.Nodes[0], $"rabbit_feature_flags is_enabled [{kind}]") == "true");
            }

            await cluster.Nodes[1].KillAsync();
            Assert.That(cluster.Nodes[1].IsAlive, Is.False);
            Assert.That(await cluster.Nodes[1].AnswersAsync(), Is.False);
            await RunAsync(cluster, 2);

            // A second handle on the folder takes over what runs and starts what is dead.
            BrokerCluster again = await BrokerCluster.StartAsync(_folder, 3, TimeProvider.System);
            Assert.That(again.Nodes[0].Identity, Is.EqualTo(cluster.Nodes[0].Identity));
            Assert.That(again.Password, Is.EqualTo(cluster.Password));
            await RunAsync(again, 3);

            processes = [.. again.Nodes.SelectMany(node => node.Identity!.Descendants().Append(node.Identity))];
            await again.KillAsync();
        }

        Assert.That(processes.Where(process => process.IsAlive), Is.Empty);
        Assert.That(Directory.Exists(_folder), Is.False);
    }

    [Test]
    public async Task Node_WhenPaused_DoesNotAnswerUntilItIsResumed()
    {
        await using BrokerCluster cluster = await BrokerCluster.StartAsync(_folder, 1, TimeProvider.System);
        BrokerNode node = cluster.Nodes[0];

        node.Pause();
        Assert.That(await node.AnswersAsync(), Is.False);
        node.Resume();

        await node.ReadyAsync();
        Assert.That(Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories).Where(HoldsPassword).Where(OthersCanRead), Is.Empty);

        bool HoldsPassword(string file) => Path.GetFileName(file) is "password" or "cookie" or ".erlang.cookie" or "rabbitmq.conf";
    }

    [Test]
    public async Task Cluster_WhenItsPortIsTaken_SaysSoAndLeavesNothing()
    {
        BrokerCluster cluster = BrokerCluster.Open(_folder, 1, TimeProvider.System);
        using var squatter = new TcpListener(IPAddress.Loopback, cluster.Nodes[0].Port);
        squatter.Start();

        CommandException error = (await Assert.ThrowsAsync<CommandException>(() => BrokerCluster.StartAsync(_folder, 1, TimeProvider.System)))!;

        Assert.That(error.Error.Cause, Does.Contain($"127.0.0.1:{cluster.Nodes[0].Port}: another program does"));
        Assert.That(cluster.Nodes[0].IsAlive, Is.False);
        Assert.That(File.Exists(Path.Combine(_folder, "epmd-1", "pid")), Is.False);
    }

    [Test]
    public void Cluster_WhenItHasAnotherSize_IsRefused()
    {
        BrokerCluster.Open(_folder, 3, TimeProvider.System);

        CommandException error = Assert.Throws<CommandException>(() => BrokerCluster.Open(_folder, 1, TimeProvider.System))!;

        Assert.That(error.Error.Cause, Does.Contain("a cluster of 3 broker nodes, not of 1"));
    }

    // A node sees a little later than we do who is gone.
    private static async Task RunAsync(BrokerCluster cluster, int count)
    {
        string said = string.Empty;
        await Eventually.HoldsAsync(
            $"{count} nodes run",
            async () => (said = await cluster.CallAsync(cluster.Nodes[0], "rabbit_mnesia cluster_nodes [running]")).Split('@').Length - 1 == count,
            () => said);
    }

    private static bool OthersCanRead(string file) =>
        !OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) != 0;
}
