namespace Eco.Runtime.Cluster;

/// <summary>A subscription as its queue sees it: what it was given and has not acknowledged.</summary>
internal abstract class QueueConsumer(TransportSubscription subscription)
{
    private readonly SortedDictionary<long, HeldFrame> _unacknowledged = [];

    public string Tag { get; } = subscription.ConsumerTag;

    public SubscriptionMode Mode { get; } = subscription.Mode;

    public bool HasRoom => _unacknowledged.Count < subscription.Prefetch;

    public int Unacknowledged => _unacknowledged.Count;

    /// <summary>Gives the receiver a frame.</summary>
    public abstract void Hand(TransportDelivery delivery);

    /// <summary>Tells the receiver that it gets nothing more.</summary>
    public abstract void Lost(SubscriptionLost lost);

    public void Keep(long deliveryTag, HeldFrame frame) => _unacknowledged.Add(deliveryTag, frame);

    public bool Acknowledge(long deliveryTag) => _unacknowledged.Remove(deliveryTag);

    /// <summary>Takes back all that is not acknowledged, in the order of delivery.</summary>
    public List<HeldFrame> Return()
    {
        List<HeldFrame> frames = [.. _unacknowledged.Values];
        _unacknowledged.Clear();
        return frames;
    }
}

/// <summary>A frame in a queue.</summary>
internal sealed class HeldFrame(long arrival, byte[] frame)
{
    public long Arrival { get; } = arrival;

    public byte[] Frame { get; } = frame;

    /// <summary>How often it was handed out.</summary>
    public int Deliveries { get; set; }
}
