using Eco.Runtime.Actors;

namespace Eco.Runtime.Cluster;

/// <summary>
/// What waits for one address: the control frames until they are acknowledged, the newest telemetry while nobody receives. The caller
/// guards it against concurrent use.
/// </summary>
internal sealed class InProcessQueue(string address, int controlCapacity, int telemetryCapacity)
{
    private readonly SortedDictionary<long, byte[]> _control = [];
    private readonly Dictionary<long, long> _delivered = [];
    private readonly Queue<byte[]> _telemetry = new();
    private long _lastArrival;
    private long _lastTag;

    /// <summary>Who receives now.</summary>
    public IActorRef? Receiver { get; private set; }

    /// <summary>Control frames that are not acknowledged.</summary>
    public int Unacknowledged => _control.Count;

    /// <summary>Telemetry frames that were dropped because newer ones came.</summary>
    public long TelemetryDropped { get; private set; }

    /// <summary>Takes a frame and hands it to the receiver, if there is one.</summary>
    public TransportResult Offer(TransportLane lane, byte[] frame)
    {
        if (lane == TransportLane.Telemetry)
        {
            OfferTelemetry(frame);
            return TransportResult.Confirmed;
        }

        if (_control.Count >= controlCapacity)
        {
            return TransportResult.Blocked;
        }

        _control.Add(++_lastArrival, frame);
        Deliver(_lastArrival, frame);
        return TransportResult.Confirmed;
    }

    /// <summary>Makes an actor the receiver and hands it all that is not acknowledged. Tags of earlier deliveries lose their meaning.</summary>
    public void Subscribe(IActorRef receiver)
    {
        Receiver = receiver;
        _delivered.Clear();
        foreach ((long arrival, byte[] frame) in _control)
        {
            Deliver(arrival, frame);
        }

        while (_telemetry.TryDequeue(out byte[]? frame))
        {
            Tell(0, TransportLane.Telemetry, frame);
        }
    }

    public void Unsubscribe()
    {
        Receiver = null;
        _delivered.Clear();
    }

    /// <summary>Removes a frame; an unknown tag (a second acknowledgement, or one of an earlier subscription) changes nothing.</summary>
    public void Acknowledge(long deliveryTag)
    {
        if (_delivered.Remove(deliveryTag, out long arrival))
        {
            _control.Remove(arrival);
        }
    }

    private void OfferTelemetry(byte[] frame)
    {
        if (Receiver is not null)
        {
            Tell(0, TransportLane.Telemetry, frame);
            return;
        }

        if (_telemetry.Count >= telemetryCapacity)
        {
            _telemetry.Dequeue();
            TelemetryDropped++;
        }

        _telemetry.Enqueue(frame);
    }

    private void Deliver(long arrival, byte[] frame)
    {
        if (Receiver is not null)
        {
            _delivered.Add(++_lastTag, arrival);

            // The receiver owns what it gets, and the frame may have to be delivered once more: so it gets a copy.
            Tell(_lastTag, TransportLane.Control, [.. frame]);
        }
    }

    private void Tell(long tag, TransportLane lane, byte[] frame) =>
        Receiver!.Tell(new TransportDelivery(address, tag, lane, frame), ActorRefs.NoSender);
}
