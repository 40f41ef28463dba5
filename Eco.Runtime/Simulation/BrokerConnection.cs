using Eco.Runtime.Cluster;

namespace Eco.Runtime.Simulation;

/// <summary>
/// The connection of one incarnation of a host to the place where queues stand. Each end finds out by itself, and at its own time, that the
/// other is gone; until then the broker keeps what it has given out, and the client works on.
/// </summary>
internal sealed class BrokerConnection
{
    private readonly SimulatedBroker _broker;
    private readonly BrokerStream? _up;
    private readonly BrokerStream? _down;
    private readonly List<BrokerSubscriber> _atClient = [];
    private readonly List<(InProcessQueue Queue, BrokerSubscriber Subscriber)> _atBroker = [];
    private SimulationEvent? _brokerNotices;
    private SimulationEvent? _clientNotices;

    /// <param name="broker">The broker.</param>
    /// <param name="scope">The client's incarnation.</param>
    /// <param name="up">The way to the broker; null where the queues stand at the host itself.</param>
    /// <param name="down">The way back.</param>
    public BrokerConnection(SimulatedBroker broker, HostScope scope, NetworkLink? up, NetworkLink? down)
    {
        _broker = broker;
        Scope = scope;
        if (up is not null && down is not null)
        {
            _up = new BrokerStream(broker.Scheduler, up, "to broker", ArrivedAtBroker);
            _down = new BrokerStream(broker.Scheduler, down, "from broker", ArrivedAtClient);
            if (IsCut)
            {
                _clientNotices = broker.Scheduler.After(
                    broker.Options.ConnectTimeout, scope, "connect timeout", () => ClientGivesUp("the broker cannot be reached"));
            }
        }
    }

    public HostScope Scope { get; }

    public bool IsLocal => _up is null;

    /// <summary>Whether the client still uses it.</summary>
    public bool IsOpenAtClient { get; private set; } = true;

    /// <summary>Whether the broker still holds it.</summary>
    public bool IsOpenAtBroker { get; private set; } = true;

    private bool IsCut => _up!.Link.IsCut || _down!.Link.IsCut;

    public void Subscribe(BrokerSubscriber subscriber)
    {
        _atClient.Add(subscriber);
        SendUp(new StreamItem(StreamItemKind.Subscribe, subscriber));
    }

    public void Unsubscribe(BrokerSubscriber subscriber)
    {
        _atClient.Remove(subscriber);
        subscriber.GiveUp();
        SendUp(new StreamItem(StreamItemKind.Unsubscribe, subscriber));
    }

    public void Acknowledge(BrokerSubscriber subscriber, long deliveryTag) =>
        SendUp(new StreamItem(StreamItemKind.Acknowledge, subscriber, null, deliveryTag));

    public void Bind(string alias, string address) => SendUp(new StreamItem(StreamItemKind.Bind, alias, address));

    public void SendDown(in StreamItem item, int bytes)
    {
        if (!IsOpenAtBroker)
        {
            return;
        }

        bool isTaken = !_down!.IsStalled && _down.Waiting < _broker.Options.TelemetryCapacity;
        if (!isTaken && item.Payload is TransportDelivery { Lane: TransportLane.Telemetry })
        {
            // Nothing else bounds it: telemetry is not acknowledged.
            _broker.Counters.TelemetryLost++;
            return;
        }

        _down.Send(item, bytes);
    }

    /// <summary>The broker ends one subscription; the client learns of it later.</summary>
    public void CloseSubscription(BrokerSubscriber subscriber, TimeSpan noticeAfter)
    {
        int index = _atBroker.FindIndex(entry => entry.Subscriber == subscriber);
        if (index < 0)
        {
            return;
        }

        InProcessQueue queue = _atBroker[index].Queue;
        _atBroker.RemoveAt(index);
        _broker.Remove(queue, subscriber);
        _broker.Scheduler.After(
            noticeAfter, Scope, "subscription lost", () => EndAtClient(subscriber, "the broker has closed the channel"));
    }

    /// <summary>A link of the connection was cut or mended.</summary>
    public void LinkChanged(NetworkLink link)
    {
        if (link != _up?.Link && link != _down?.Link)
        {
            return;
        }

        if (IsCut)
        {
            _brokerNotices ??= IsOpenAtBroker ? BrokerNoticesAfter(_broker.DrawDetection()) : null;
            _clientNotices ??= IsOpenAtClient && Scope.IsAlive ? ClientNoticesAfter(_broker.DrawDetection(), "no heartbeat from the broker") : null;
            return;
        }

        CancelNotices();
        _up!.Mended();
        _down!.Mended();
        if (!IsOpenAtBroker && IsOpenAtClient && Scope.IsAlive)
        {
            ClientHearsThatItIsClosed();
        }
        else if (IsOpenAtBroker && (!IsOpenAtClient || !Scope.IsAlive))
        {
            _brokerNotices = BrokerNoticesAfter(_up.Link.Options.Latency);
        }
        else if (Scope.Held is not null)
        {
            Paused();
        }
    }

    /// <summary>A link of the connection has become faster.</summary>
    public void LinkHastened(NetworkLink link, double faster)
    {
        foreach (BrokerStream? stream in (BrokerStream?[])[_up, _down])
        {
            if (stream?.Link == link)
            {
                stream.Hasten(faster);
            }
        }
    }

    /// <summary>The host has crashed.</summary>
    public void HostDown()
    {
        IsOpenAtClient = false;
        if (!IsOpenAtBroker)
        {
            _broker.ForgetIfClosed(this);
            return;
        }

        if (IsLocal)
        {
            BrokerGivesUp();
            return;
        }

        if (IsCut)
        {
            _brokerNotices ??= BrokerNoticesAfter(_broker.DrawDetection());
            return;
        }

        // What the process had sent arrives before the end of its connection does.
        long last = Math.Max(0, _up!.LastArrival - _broker.Scheduler.Clock.ElapsedTicks) + 1;
        TimeSpan closed = TimeSpan.FromTicks(Math.Max(last, _up.Link.Options.Latency.Ticks));
        Cancel(ref _brokerNotices);
        _brokerNotices = BrokerNoticesAfter(_broker.IsSilentCrash() ? _broker.DrawDetection() : closed);
    }

    /// <summary>The host is stopped: no heartbeats come from it.</summary>
    public void Paused()
    {
        if (!IsLocal && IsOpenAtBroker)
        {
            _brokerNotices ??= BrokerNoticesAfter(_broker.DrawDetection());
        }
    }

    /// <summary>The host goes on, in time or not.</summary>
    public void Resumed()
    {
        if (!IsLocal && !IsCut)
        {
            Cancel(ref _brokerNotices);
        }
    }

    /// <summary>The broker closes it; the client hears of that if nothing is cut.</summary>
    public void BrokerGivesUp()
    {
        if (!IsOpenAtBroker)
        {
            return;
        }

        IsOpenAtBroker = false;
        Cancel(ref _brokerNotices);
        if (_up is not null)
        {
            _broker.Counters.ConnectionsLost++;
            _broker.Counters.AcknowledgementsLost += _up.Count(StreamItemKind.Acknowledge);
            _up.Close();
            _down!.Close();
        }

        (InProcessQueue Queue, BrokerSubscriber Subscriber)[] subscribers = [.. _atBroker];
        _atBroker.Clear();
        foreach ((InProcessQueue queue, BrokerSubscriber subscriber) in subscribers)
        {
            _broker.Remove(queue, subscriber);
        }

        if (IsOpenAtClient && (IsLocal || !IsCut))
        {
            ClientHearsThatItIsClosed();
        }

        _broker.ForgetIfClosed(this);
    }

    private void ClientHearsThatItIsClosed()
    {
        Cancel(ref _clientNotices);
        _clientNotices = ClientNoticesAfter(_down?.Link.Options.Latency ?? TimeSpan.Zero, "the broker has closed the connection");
    }

    private void ClientGivesUp(string reason)
    {
        if (!IsOpenAtClient)
        {
            return;
        }

        IsOpenAtClient = false;
        Cancel(ref _clientNotices);
        BrokerSubscriber[] subscribers = [.. _atClient];
        _atClient.Clear();
        foreach (BrokerSubscriber subscriber in subscribers)
        {
            subscriber.End(new SubscriptionLost(subscriber.Address, subscriber.Tag, reason));
        }

        if (IsOpenAtBroker && !IsLocal && !IsCut)
        {
            _brokerNotices ??= BrokerNoticesAfter(_up!.Link.Options.Latency);
        }

        _broker.ForgetIfClosed(this);
    }

    private void EndAtClient(BrokerSubscriber subscriber, string reason)
    {
        if (_atClient.Remove(subscriber))
        {
            subscriber.End(new SubscriptionLost(subscriber.Address, subscriber.Tag, reason));
        }
    }

    private void SendUp(in StreamItem item)
    {
        if (_up is null)
        {
            ArrivedAtBroker(item);
        }
        else if (IsOpenAtClient)
        {
            if (!IsOpenAtBroker && item.Kind == StreamItemKind.Acknowledge)
            {
                _broker.Counters.AcknowledgementsLost++;
            }

            _up.Send(item, 0);
        }
    }

    private void ArrivedAtBroker(StreamItem item)
    {
        if (!IsOpenAtBroker)
        {
            return;
        }

        switch (item.Kind)
        {
            case StreamItemKind.Bind:
                _broker.Bind((string)item.Subject, (string)item.Payload!);
                break;
            case StreamItemKind.Subscribe:
                var added = (BrokerSubscriber)item.Subject;
                InProcessQueue queue = _broker.Declare(added.Address, Scope.Name);
                _atBroker.Add((queue, added));
                queue.Subscribe(added);
                break;
            default:
                int index = _atBroker.FindIndex(entry => entry.Subscriber == item.Subject);
                if (index < 0)
                {
                    break; // the broker has ended it meanwhile
                }

                (InProcessQueue present, BrokerSubscriber subscriber) = _atBroker[index];
                if (item.Kind == StreamItemKind.Acknowledge)
                {
                    present.Acknowledge(subscriber.Tag, item.Number);
                }
                else
                {
                    _atBroker.RemoveAt(index);
                    present.Unsubscribe(subscriber.Tag);
                }

                break;
        }
    }

    private void ArrivedAtClient(StreamItem item)
    {
        var subscriber = (BrokerSubscriber)item.Subject;
        if (item.Payload is TransportDelivery delivery)
        {
            _down!.Link.Delivered++;
            subscriber.Arrived(delivery);
        }
        else
        {
            EndAtClient(subscriber, ((SubscriptionLost)item.Payload!).Reason);
        }
    }

    private SimulationEvent BrokerNoticesAfter(TimeSpan delay) =>
        _broker.Scheduler.After(delay, _broker.Scheduler.World, "broker misses host", BrokerGivesUp);

    private SimulationEvent ClientNoticesAfter(TimeSpan delay, string reason) =>
        _broker.Scheduler.After(delay, Scope, "host misses broker", () => ClientGivesUp(reason));

    private void CancelNotices()
    {
        Cancel(ref _brokerNotices);
        Cancel(ref _clientNotices);
    }

    private void Cancel(ref SimulationEvent? notice)
    {
        if (notice is not null)
        {
            _broker.Scheduler.Cancel(notice);
            notice = null;
        }
    }
}
