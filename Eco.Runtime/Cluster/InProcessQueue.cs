namespace Eco.Runtime.Cluster;

/// <summary>
/// What waits for one address: the control frames until they are acknowledged, the newest telemetry while nobody receives; and who
/// receives: the first of its consumers. The caller guards it against concurrent use.
/// </summary>
internal sealed class InProcessQueue(string address, int controlCapacity, int telemetryCapacity)
{
    private readonly Queue<HeldFrame> _ready = new();
    private readonly Queue<byte[]> _telemetry = new();
    private readonly List<QueueConsumer> _consumers = [];

    /// <summary>Frames that were handed out and came back, by arrival: all are older than what is ready.</summary>
    private readonly SortedDictionary<long, HeldFrame> _returned = [];

    private long _lastArrival;
    private long _lastTag;
    private bool _isPumping;

    /// <summary>Control frames that are not acknowledged.</summary>
    public int Unacknowledged => _ready.Count + _returned.Count + (Active?.Unacknowledged ?? 0);

    /// <summary>Control frames that no consumer has.</summary>
    public int Waiting => _ready.Count + _returned.Count;

    /// <summary>How many subscriptions there are.</summary>
    public int Consumers => _consumers.Count;

    /// <summary>Telemetry frames that were dropped because newer ones came.</summary>
    public long TelemetryDropped { get; private set; }

    /// <summary>A control frame that comes back more often is dropped; a broker's delivery limit.</summary>
    public int DeliveryLimit { get; init; } = int.MaxValue;

    /// <summary>Control frames that were dropped at the delivery limit.</summary>
    public long DroppedAtLimit { get; private set; }

    /// <summary>Who receives now.</summary>
    public QueueConsumer? Active => _consumers.Count > 0 ? _consumers[0] : null;

    /// <summary>Takes a frame and hands it to the active consumer, if there is one with room.</summary>
    public TransportResult Offer(TransportLane lane, byte[] frame)
    {
        if (lane == TransportLane.Telemetry)
        {
            OfferTelemetry(frame);
            return TransportResult.Confirmed;
        }

        if (Unacknowledged >= controlCapacity)
        {
            return TransportResult.Blocked;
        }

        _ready.Enqueue(new HeldFrame(++_lastArrival, frame));
        Pump();
        return TransportResult.Confirmed;
    }

    /// <summary>Adds a consumer. An exclusive one ends all others and gets what they had not acknowledged.</summary>
    public void Subscribe(QueueConsumer consumer)
    {
        if (_consumers.Exists(other => other.Tag == consumer.Tag))
        {
            throw new ArgumentException($"{address} already has a subscription with consumer tag '{consumer.Tag}'; each needs its own", nameof(consumer));
        }

        if (consumer.Mode == SubscriptionMode.Exclusive)
        {
            QueueConsumer[] replaced = [.. _consumers];
            _consumers.Clear();
            foreach (QueueConsumer other in replaced)
            {
                TakeBack(other);
                other.Lost(new SubscriptionLost(address, other.Tag, $"the subscription '{consumer.Tag}' has replaced it"));
            }
        }

        _consumers.Add(consumer);
        Pump();
    }

    /// <summary>Ends a subscription without telling it; the one that waits longest follows.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Unsubscribe(string consumerTag) => RemoveConsumers(consumer => consumer.Tag == consumerTag);

    /// <summary>Ends subscriptions without telling them; the one that waits longest follows.</summary>
    /// <returns>Whether there were any.</returns>
    public bool RemoveConsumers(Predicate<QueueConsumer> isEnded)
    {
        List<QueueConsumer> ended = _consumers.FindAll(isEnded);
        _consumers.RemoveAll(isEnded);
        ended.ForEach(TakeBack);
        Pump();
        return ended.Count > 0;
    }

    /// <summary>Removes a frame; an unknown tag (a second acknowledgement, or one of an earlier subscription) changes nothing.</summary>
    public void Acknowledge(string consumerTag, long deliveryTag)
    {
        if (Active is { } active && active.Tag == consumerTag && active.Acknowledge(deliveryTag))
        {
            Pump();
        }
    }

    private void OfferTelemetry(byte[] frame)
    {
        _telemetry.Enqueue(frame);
        Pump();
        if (_telemetry.Count > telemetryCapacity)
        {
            _telemetry.Dequeue();
            TelemetryDropped++;
        }
    }

    private void TakeBack(QueueConsumer consumer)
    {
        foreach (HeldFrame frame in consumer.Return())
        {
            if (frame.Deliveries > DeliveryLimit)
            {
                DroppedAtLimit++;
            }
            else
            {
                _returned.Add(frame.Arrival, frame);
            }
        }
    }

    /// <summary>Hands out what can be. A receiver that acknowledges within its call comes back here: the loop that runs goes on for it.</summary>
    private void Pump()
    {
        if (_isPumping)
        {
            return;
        }

        _isPumping = true;
        while (Active is { } active && _telemetry.TryDequeue(out byte[]? telemetry))
        {
            active.Hand(new TransportDelivery(address, active.Tag, 0, TransportLane.Telemetry, telemetry));
        }

        while (Active is { HasRoom: true } active && Next() is { } frame)
        {
            active.Keep(++_lastTag, frame);

            // The receiver owns what it gets, and the frame may have to be delivered once more: so it gets a copy.
            active.Hand(new TransportDelivery(
                address, active.Tag, _lastTag, TransportLane.Control, [.. frame.Frame], IsRedelivered: frame.Deliveries++ > 0));
        }

        _isPumping = false;
    }

    private HeldFrame? Next()
    {
        if (_returned.Count > 0)
        {
            HeldFrame oldest = _returned.First().Value;
            _returned.Remove(oldest.Arrival);
            return oldest;
        }

        return _ready.TryDequeue(out HeldFrame? next) ? next : null;
    }
}
