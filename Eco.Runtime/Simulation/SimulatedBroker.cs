using Eco.Runtime.Cluster;
using Eco.Runtime.Dispatch;

namespace Eco.Runtime.Simulation;

/// <summary>
/// The queues of the simulated transport, and what a broker may do to those who use them. They stand on a network node of their own
/// (<see cref="SimulatedTransportOptions.BrokerSite"/>), or each at the host that subscribed first; like a broker's they outlive every crash.
/// </summary>
public sealed class SimulatedBroker
{
    /// <summary>The name of the broker's node in the network, where it has one.</summary>
    public const string Node = "eco.broker";

    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _aliases = new(StringComparer.Ordinal);
    private readonly List<BrokerConnection> _connections = [];
    private bool _isAlarmed;
    private long _alarmUntil = -1;

    internal SimulatedBroker(SimulationScheduler scheduler, SimulatedNetwork network, IRandomSource random, SimulatedTransportOptions options)
    {
        Scheduler = scheduler;
        Random = random.Stream("broker");
        Options = options;
        if (options.BrokerSite is { } site)
        {
            network.AddNode(Node, site);
        }

        network.LinkChanged = link =>
        {
            foreach (BrokerConnection connection in _connections.ToArray())
            {
                connection.LinkChanged(link);
            }
        };
        network.LinkHastened = (link, faster) => _connections.ForEach(connection => connection.LinkHastened(link, faster));
    }

    /// <summary>How often it has done what must be survived. A new object at each reading.</summary>
    public SimulatedBrokerCounters Faced => Counters with { DroppedAtLimit = _entries.Values.Sum(entry => entry.Queue.DroppedAtLimit) };

    /// <summary>What it does; may be changed at any time. A change of the delivery limit holds for queues declared later.</summary>
    public SimulatedBrokerFaults Faults { get; set; } = SimulatedBrokerFaults.None;

    /// <summary>Whether an alarm (memory, disk) is on: every control send is Blocked. Telemetry passes.</summary>
    public bool IsAlarmed
    {
        get => _isAlarmed || Scheduler.Clock.ElapsedTicks < _alarmUntil;
        set
        {
            _isAlarmed = value;
            _alarmUntil = value ? _alarmUntil : -1;
        }
    }

    internal SimulationScheduler Scheduler { get; }

    internal Random Random { get; }

    internal SimulatedTransportOptions Options { get; }

    internal SimulatedBrokerCounters Counters { get; } = new();

    internal InProcessTraffic Traffic { get; } = new();

    internal TransportCounters TransportCounters =>
        Traffic.Snapshot(_entries.Values.Sum(entry => entry.Queue.TelemetryDropped) + Counters.TelemetryLost);

    /// <summary>Control frames of an address that are not acknowledged; 0 where nobody has ever subscribed.</summary>
    public int WaitingAt(string address) => _entries.TryGetValue(address, out Entry? entry) ? entry.Queue.Unacknowledged : 0;

    /// <summary>Closes the connections of a host, as an operator or a restarting broker would; the host hears of it unless it is cut off.</summary>
    public void Disconnect(string host)
    {
        foreach (BrokerConnection connection in _connections.Where(connection => connection.Scope.Name == host).ToArray())
        {
            connection.BrokerGivesUp();
        }
    }

    /// <summary>Where frames to an address go, seen from the network; null when nobody has declared it and no broker stands elsewhere.</summary>
    internal string? StandpointOf(string address) =>
        Options.BrokerSite is not null ? Node : _entries.TryGetValue(Resolve(address), out Entry? entry) ? entry.Home : null;

    /// <summary>Where a host subscribes to an address.</summary>
    internal string StandpointFor(string address, string host) => StandpointOf(address) ?? host;

    internal QueueDepth DepthOf(string address) => _entries.TryGetValue(address, out Entry? entry)
        ? new QueueDepth(address, Exists: true, entry.Queue.Waiting, entry.Queue.Consumers)
        : new QueueDepth(address, Exists: false, 0, 0);

    internal InProcessQueue Declare(string address, string home)
    {
        if (!_entries.TryGetValue(address, out Entry? entry))
        {
            var queue = new InProcessQueue(address, Options.ControlCapacity, Options.TelemetryCapacity)
            {
                DeliveryLimit = Faults.DeliveryLimit ?? int.MaxValue,
            };
            _entries.Add(address, entry = new Entry(home, queue));
        }

        return entry.Queue;
    }

    internal void Bind(string alias, string address) => _aliases[alias] = address;

    /// <summary>Takes a control frame.</summary>
    /// <returns>What to confirm; null where the sender hears nothing.</returns>
    internal TransportResult? Publish(TransportSend send)
    {
        if (IsAlarmed)
        {
            Counters.TurnedAway++;
            return TransportResult.Blocked;
        }

        if (Faults.Alarm > 0 && Random.Chance(Faults.Alarm))
        {
            Counters.Alarms++;
            _alarmUntil = Scheduler.Clock.ElapsedTicks + Random.NextTicks(Faults.AlarmAtMost);
        }

        if (Random.Chance(Faults.PublishLoss))
        {
            Counters.PublishesLost++;
            return null;
        }

        if (!_entries.TryGetValue(Resolve(send.To), out Entry? entry))
        {
            return Unroutable();
        }

        TransportResult result = entry.Queue.Offer(TransportLane.Control, send.Frame);
        if (Random.Chance(Faults.Duplication) && entry.Queue.Offer(TransportLane.Control, send.Frame) == TransportResult.Confirmed)
        {
            Counters.Duplicated++;
        }

        if (Random.Chance(Faults.ConfirmLoss))
        {
            Counters.ConfirmsLost++;
            return null;
        }

        return result;
    }

    /// <summary>What to answer for an address that nobody has declared.</summary>
    internal TransportResult Unroutable()
    {
        if (!Faults.ConfirmsUnroutable)
        {
            return TransportResult.Unroutable;
        }

        Counters.UnroutableConfirmed++;
        return TransportResult.Confirmed;
    }

    internal void OfferTelemetry(TransportSend send)
    {
        if (_entries.TryGetValue(Resolve(send.To), out Entry? entry))
        {
            // A copy, because a duplicated frame arrives twice, and telemetry is handed on as it came.
            entry.Queue.Offer(TransportLane.Telemetry, [.. send.Frame]);
        }
        else
        {
            Traffic.Answered(TransportResult.Unroutable);
        }
    }

    /// <summary>A frame was given to a subscriber.</summary>
    internal void HandedOut(BrokerSubscriber subscriber, TransportDelivery delivery)
    {
        if (delivery.Lane == TransportLane.Telemetry)
        {
            return;
        }

        if (delivery.IsRedelivered)
        {
            Counters.Redelivered++;
            if (_entries[delivery.Address].LastHost is { } last && last != subscriber.Connection.Scope.Name)
            {
                Counters.RedeliveredToAnotherHost++;
            }
        }

        if (Faults.SubscriptionLoss > 0 && Random.Chance(Faults.SubscriptionLoss))
        {
            Counters.SubscriptionsLost++;
            var notice = TimeSpan.FromTicks(Random.NextTicks(Faults.NoticeAtMost));

            // Not within the queue's own loop.
            Scheduler.After(TimeSpan.Zero, Scheduler.World, "close channel", () => subscriber.Connection.CloseSubscription(subscriber, notice));
        }
    }

    /// <summary>Takes a subscriber out of its queue; the next one gets what it had.</summary>
    internal void Remove(InProcessQueue queue, BrokerSubscriber subscriber)
    {
        Entry entry = _entries[subscriber.Address];
        entry.LastHost = subscriber.Connection.Scope.Name;
        bool wasActive = queue.Active == subscriber;
        queue.RemoveConsumers(consumer => consumer == subscriber);
        bool believesItIs = subscriber is { HasEnded: false, Connection: { IsOpenAtClient: true, Scope.IsAlive: true } };
        if (wasActive && believesItIs && queue.Active is not null)
        {
            Counters.DoublyActive++;
        }
    }

    internal TimeSpan DrawDetection() =>
        Faults.DetectionAtLeast + TimeSpan.FromTicks(Random.NextTicks(Faults.DetectionAtMost - Faults.DetectionAtLeast));

    internal bool IsSilentCrash() => Random.Chance(Faults.SilentCrash);

    internal void Connected(BrokerConnection connection) => _connections.Add(connection);

    internal void ForgetIfClosed(BrokerConnection connection)
    {
        if (!connection.IsOpenAtBroker && (!connection.IsOpenAtClient || !connection.Scope.IsAlive))
        {
            _connections.Remove(connection);
        }
    }

    internal void HostDown(HostScope scope) => Of(scope, connection => connection.HostDown());

    internal void Paused(HostScope scope) => Of(scope, connection => connection.Paused());

    internal void Resumed(HostScope scope) => Of(scope, connection => connection.Resumed());

    private void Of(HostScope scope, Action<BrokerConnection> action)
    {
        foreach (BrokerConnection connection in _connections.Where(connection => connection.Scope == scope).ToArray())
        {
            action(connection);
        }
    }

    private string Resolve(string address) => _aliases.Count > 0 ? _aliases.GetValueOrDefault(address, address) : address;

    private sealed class Entry(string home, InProcessQueue queue)
    {
        public string Home { get; } = home;

        public InProcessQueue Queue { get; } = queue;

        /// <summary>The host whose subscription ended last.</summary>
        public string? LastHost { get; set; }
    }
}
