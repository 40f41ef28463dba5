using Eco.Host.Fleet;
using Eco.Runtime.Actors;
using Eco.Runtime.Cluster;
using Eco.Runtime.Cluster.RabbitMq;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using RabbitMQ.Client;

namespace Eco.Tests.Cluster.RabbitMq;

/// <summary>One real broker for the tests of this folder. Where RabbitMQ is not installed they fail, and say how to install it.</summary>
[SetUpFixture]
public sealed class TestBroker
{
    private static BrokerCluster? s_cluster;

    internal static BrokerCluster Cluster => s_cluster ?? throw new InvalidOperationException("the broker is not started");

    internal static BrokerNode Node => Cluster.Nodes[0];

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

    internal static RabbitMqTransport Open(string host, Func<RabbitMqTransportOptions, RabbitMqTransportOptions>? change = null) =>
        Open(Cluster, host, change);

    internal static RabbitMqTransport Open(
        BrokerCluster cluster, string host, Func<RabbitMqTransportOptions, RabbitMqTransportOptions>? change = null)
    {
        var options = new RabbitMqTransportOptions
        {
            Endpoints = [.. cluster.Endpoints.Select(uri => RabbitMqEndpoint.Parse(uri, out _, out _))],
            Credentials = new RabbitMqCredentials(cluster.User, cluster.Password),
            HostName = host,
            TimeProvider = TimeProvider.System,
            Random = new Random(7),
        };
        return RabbitMqTransport.Open(change?.Invoke(options) ?? options, NullLogger<RabbitMqTransport>.Instance);
    }

    internal static Task<IConnection> ConnectAsync() => new ConnectionFactory
    {
        HostName = Node.Place.Address,
        Port = Node.Port,
        UserName = Cluster.User,
        Password = Cluster.Password,
        AutomaticRecoveryEnabled = false,
    }.CreateConnectionAsync();

    /// <summary>The broker closes the connections of a host.</summary>
    internal static Task DisconnectAsync(BrokerCluster cluster, BrokerNode node, string host) =>
        cluster.EvaluateAsync(
            node,
            "[rabbit_networking:close_connection(P, \"closed by the test\") || P <- rabbit_networking:connections(), "
            + "{client_properties, L} <- rabbit_reader:info(P, [client_properties]), {<<\"connection_name\">>, _, N} <- L, "
            + $"binary:match(N, <<\"{host}/\">>) =:= {{0, {host.Length + 1}}}].");

    internal static TransportSubscription Subscription(string address, string tag, SubscriptionMode mode = SubscriptionMode.Exclusive, int prefetch = 64) =>
        new(address, tag, mode, prefetch);

    internal static void Send(ITransport transport, IActorRef outcomes, long number, string to, byte[]? frame = null) =>
        transport.Send(new TransportSend(number, "x", to, TransportLane.Control, frame ?? BitConverter.GetBytes(number)), outcomes);
}
