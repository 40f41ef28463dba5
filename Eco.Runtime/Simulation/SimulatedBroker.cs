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

    public InProcessTraffic Traffic { get; } = new();

    public TransportCounters Counters => Traffic.Snapshot(_entries.Values.Sum(entry => entry.Queue.TelemetryDropped));

    /// <summary>The host at which an address' queue stands, or null when nobody has ever subscribed to it.</summary>
    public string? HomeOf(string address) => _entries.TryGetValue(address, out Entry? entry) ? entry.Home : null;

    public TransportResult Offer(TransportSend send) =>
        // A copy, because a duplicated frame arrives twice and each arrival is a frame of its own.
        _entries[send.To].Queue.Offer(send.Lane, [.. send.Frame]);

    public void Subscribe(string address, HostScope subscriber, IActorRef receiver)
    {
        if (!_entries.TryGetValue(address, out Entry? entry))
        {
            var queue = new InProcessQueue(address, options.ControlCapacity, options.TelemetryCapacity);
            _entries.Add(address, entry = new Entry(subscriber.Name, queue));
        }

        entry.Subscriber = subscriber;
        entry.Queue.Subscribe(receiver);
    }

    public void Unsubscribe(string address, IActorRef receiver)
    {
        if (_entries.TryGetValue(address, out Entry? entry) && receiver.Equals(entry.Queue.Receiver))
        {
            entry.Subscriber = null;
            entry.Queue.Unsubscribe();
        }
    }

    public void Acknowledge(string address, HostScope subscriber, long deliveryTag)
    {
        if (_entries.TryGetValue(address, out Entry? entry) && entry.Subscriber == subscriber)
        {
            entry.Queue.Acknowledge(deliveryTag);
        }
    }

    /// <summary>The broker notices that a host's connection is gone.</summary>
    public void Disconnected(HostScope scope)
    {
        foreach (Entry entry in _entries.Values.Where(entry => entry.Subscriber == scope))
        {
            entry.Subscriber = null;
            entry.Queue.Unsubscribe();
        }
    }

    private sealed class Entry(string home, InProcessQueue queue)
    {
        public string Home { get; } = home;

        public InProcessQueue Queue { get; } = queue;

        public HostScope? Subscriber { get; set; }
    }
}
