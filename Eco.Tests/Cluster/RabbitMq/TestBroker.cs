using System.Diagnostics.CodeAnalysis;
using Eco.Host.Fleet;
using Eco.Runtime.Cluster.RabbitMq;
using NUnit.Framework;
using RabbitMQ.Client;

namespace Eco.Tests.Cluster.RabbitMq;

/// <summary>One real broker for the tests of this folder. Where RabbitMQ is not installed they fail, and say how to install it.</summary>
[SetUpFixture]
[SuppressMessage("Structure", "NUnit1032", Justification = "It is disposed of when the last test is done.")]
public sealed class TestBroker
{
    private static BrokerCluster? s_cluster;

    private static BrokerCluster Cluster => s_cluster ?? throw new InvalidOperationException("the broker is not started");

    [OneTimeSetUp]
    public async Task StartAsync() => s_cluster = await BrokerCluster.StartAsync(
        Path.Combine(Path.GetTempPath(), "eco-transport-" + Environment.ProcessId), 1, TimeProvider.System);

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (s_cluster is not null)
        {
            await s_cluster.DisposeAsync();
        }
    }

    internal static RabbitMqTransportOptions OptionsOf(string host) => OptionsOf(Cluster, host);

    internal static RabbitMqTransportOptions OptionsOf(BrokerCluster cluster, string host) => new()
    {
        Endpoints = [.. cluster.Endpoints.Select(uri => RabbitMqEndpoint.Parse(uri, out _, out _))],
        Credentials = new RabbitMqCredentials(cluster.User, cluster.Password),
        HostName = host,
        TimeProvider = TimeProvider.System,
        Random = new Random(7),
    };

    internal static Task<IConnection> ConnectAsync() => ConnectAsync(Cluster, 0);

    internal static Task<IConnection> ConnectAsync(BrokerCluster cluster, int node) => new ConnectionFactory
    {
        HostName = cluster.Nodes[node].Place.Address,
        Port = cluster.Nodes[node].Port,
        UserName = cluster.User,
        Password = cluster.Password,
        AutomaticRecoveryEnabled = false,
    }.CreateConnectionAsync();
}
