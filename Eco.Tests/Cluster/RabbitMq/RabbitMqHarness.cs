using Eco.Runtime.Actors;
using Eco.Runtime.Cluster;
using Eco.Runtime.Cluster.RabbitMq;
using Eco.Tests.Integration;
using RabbitMQ.Client;

namespace Eco.Tests.Cluster.RabbitMq;

/// <summary>Three hosts with a transport each, on one real broker.</summary>
internal sealed class RabbitMqHarness : TransportHarness
{
    private const int SteadyLooks = 5;

    private readonly SortedDictionary<string, RabbitMqTransport> _transports = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _addresses = new(StringComparer.Ordinal);
    private readonly IConnection _connection;
    private readonly IChannel _channel;

    public RabbitMqHarness()
    {
        foreach (string host in (string[])["a", "b", "c"])
        {
            _transports.Add(host, TestBroker.Open(
                host, options => options with { ControlCapacity = ControlCapacity, TelemetryCapacity = TelemetryCapacity }));
        }

        _connection = TestBroker.ConnectAsync().GetAwaiter().GetResult();
        _channel = _connection.CreateChannelAsync().GetAwaiter().GetResult();
        Settle();
    }

    public override bool CountsDelivered => false;

    public override (int Count, int Length) Scripts => (8, 12);

    public override TransportCounters Counters
    {
        get
        {
            TransportCounters[] all = [.. _transports.Values.Select(transport => transport.Counters)];
            return new TransportCounters(
                [.. all.SelectMany(counters => counters.Traffic).OrderBy(row => row.From, StringComparer.Ordinal).ThenBy(row => row.To, StringComparer.Ordinal).ThenBy(row => row.Lane)],
                all.Sum(counters => counters.Blocked),
                all.Sum(counters => counters.Unroutable),
                all.Sum(counters => counters.TelemetryDropped));
        }
    }

    public override ITransport At(string host) => new Noting(_transports[host], _addresses);

    /// <summary>Nothing is under way when no transport has anything to do and the queues look alike several times.</summary>
    public override void Settle()
    {
        string before = string.Empty;
        int steady = 0;
        Eventually.HoldsAsync("the broker comes to rest", IsSteady, () => before).GetAwaiter().GetResult();

        bool IsSteady()
        {
            string now = _transports.Values.All(transport => transport.IsIdle) ? Look() : string.Empty;
            steady = now.Length > 0 && now == before ? steady + 1 : 0;
            before = now;
            return steady == SteadyLooks;
        }
    }

    public override void Dispose()
    {
        foreach (RabbitMqTransport transport in _transports.Values)
        {
            transport.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        foreach (string address in _addresses)
        {
            _channel.QueueDeleteAsync(address).GetAwaiter().GetResult();
            _channel.QueueDeleteAsync(RabbitMqNames.TelemetryQueueOf(address)).GetAwaiter().GetResult();
        }

        _connection.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private string Look() => "rest " + string.Join(' ', _addresses.Select(address =>
    {
        QueueDeclareOk found = _channel.QueueDeclarePassiveAsync(address).GetAwaiter().GetResult();
        return $"{address} {found.MessageCount} {found.ConsumerCount}";
    }));

    /// <summary>Notes which queues there are.</summary>
    private sealed class Noting(ITransport inner, SortedSet<string> addresses) : ITransport
    {
        public void Send(TransportSend send, IActorRef replyTo) => inner.Send(send, replyTo);

        public void Subscribe(TransportSubscription subscription, IActorRef receiver)
        {
            inner.Subscribe(subscription, receiver);
            addresses.Add(subscription.Address);
        }

        public void Unsubscribe(string address, string consumerTag) => inner.Unsubscribe(address, consumerTag);

        public void Acknowledge(string address, string consumerTag, long deliveryTag) => inner.Acknowledge(address, consumerTag, deliveryTag);

        public void Bind(string alias, string address) => inner.Bind(alias, address);

        public void Inspect(InspectQueues request, IActorRef replyTo) => inner.Inspect(request, replyTo);
    }
}
