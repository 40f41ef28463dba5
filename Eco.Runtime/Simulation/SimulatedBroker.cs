using Eco.Runtime.Actors;
using Eco.Runtime.Cluster;

namespace Eco.Runtime.Simulation;

/// <summary>
/// The queues of the simulated transport. A queue stands at the host that subscribed first, seen from the network, but like a broker's
/// it outlives every crash of that host.
/// </summary>
internal sealed class SimulatedBroker(SimulatedTransportOptions options)
{
    private readonly SortedDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    private readonly Dictionary<string, string> _aliases = new(StringComparer.Ordinal);

    public InProcessTraffic Traffic { get; } = new();

    public TransportCounters Counters => Traffic.Snapshot(_entries.Values.Sum(entry => entry.Queue.TelemetryDropped));

    /// <summary>The host at which an address' queue stands, or null when nobody has ever subscribed to it.</summary>
    public string? HomeOf(string address) => _entries.TryGetValue(Resolve(address), out Entry? entry) ? entry.Home : null;

    /// <summary>Where frames to an alias go, or the address itself.</summary>
    public string Resolve(string address) => _aliases.GetValueOrDefault(address, address);

    public void Bind(string alias, string address) => _aliases[alias] = address;

    public TransportResult Offer(TransportSend send) =>
        // A copy, because a duplicated frame arrives twice and each arrival is a frame of its own.
        _entries[Resolve(send.To)].Queue.Offer(send.Lane, [.. send.Frame]);

    public void Subscribe(TransportSubscription subscription, HostScope subscriber, IActorRef receiver)
    {
        string address = subscription.Address;
        if (!_entries.TryGetValue(address, out Entry? entry))
        {
            var queue = new InProcessQueue(address, options.ControlCapacity, options.TelemetryCapacity);
            _entries.Add(address, entry = new Entry(subscriber.Name, queue));
        }

        entry.Queue.Subscribe(new Consumer(subscription, subscriber, receiver));
    }

    public void Unsubscribe(string address, string consumerTag)
    {
        if (_entries.TryGetValue(address, out Entry? entry))
        {
            entry.Queue.Unsubscribe(consumerTag);
        }
    }

    public void Acknowledge(string address, string consumerTag, long deliveryTag)
    {
        if (_entries.TryGetValue(address, out Entry? entry))
        {
            entry.Queue.Acknowledge(consumerTag, deliveryTag);
        }
    }

    /// <summary>The broker notices that a host's connection is gone.</summary>
    public void Disconnected(HostScope scope)
    {
        foreach (Entry entry in _entries.Values)
        {
            entry.Queue.RemoveConsumers(consumer => ((Consumer)consumer).Scope == scope);
        }
    }

    private sealed record Entry(string Home, InProcessQueue Queue);

    private sealed class Consumer(TransportSubscription subscription, HostScope scope, IActorRef receiver) : QueueConsumer(subscription)
    {
        public HostScope Scope => scope;

        public override void Hand(TransportDelivery delivery) => receiver.Tell(delivery, ActorRefs.NoSender);

        public override void Lost(SubscriptionLost lost) => receiver.Tell(lost, ActorRefs.NoSender);
    }
}
