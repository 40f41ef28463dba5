namespace Eco.Runtime.Simulation;

/// <summary>One direction between two hosts: its options, its chance, and its counters.</summary>
internal sealed class NetworkLink(string from, string to, NetworkCard card, LinkOptions options, Random random)
{
    private readonly double _cardBytesPerSecond = options.BandwidthBytesPerSecond;
    private long _freeAt;
    private long _lastArrival = -1;

    public string From { get; } = from;

    public string To { get; } = to;

    public NetworkCard Card { get; } = card;

    public LinkOptions Options { get; set; } = options;

    public Random Random { get; } = random;

    public bool IsCut { get; set; }

    public long Frames { get; set; }

    public long Bytes { get; set; }

    public long Delivered { get; set; }

    public long Dropped { get; set; }

    public long Duplicated { get; set; }

    public long Reordered { get; set; }

    public LinkCounters Counters => new(From, To, Frames, Bytes, Delivered, Dropped, Duplicated, Reordered);

    /// <summary>When the last byte is on its way, or null when too much waits for the network card or for this link.</summary>
    public long? Serialise(long now, int bytes)
    {
        long start = Math.Max(now, Math.Max(Card.FreeAt, _freeAt));
        if (start - now > Options.MaximumBacklog.Ticks)
        {
            return null;
        }

        return SerialiseAll(now, bytes);
    }

    /// <summary>As <see cref="Serialise"/>, for a sender that waits rather than drops.</summary>
    /// <remarks>
    /// The card is busy as long as it takes at its own rate, which is what the link had at first. A link that was made slower has its
    /// bottleneck further on: what waits there does not keep the card from sending to others.
    /// </remarks>
    public long SerialiseAll(long now, int bytes)
    {
        long start = Math.Max(now, Card.FreeAt);
        double bandwidth = Options.BandwidthBytesPerSecond;
        Card.FreeAt = start + Ticks(bytes, Math.Max(bandwidth, _cardBytesPerSecond));
        _freeAt = bandwidth < _cardBytesPerSecond ? Math.Max(start, _freeAt) + Ticks(bytes, bandwidth) : Card.FreeAt;
        return _freeAt;
    }

    /// <summary>The link is faster from now on: so is what waits for it.</summary>
    public void Hasten(long now, double faster) => _freeAt = Sooner(_freeAt, now, faster);

    /// <summary>When something is due that waits for a link which has become faster.</summary>
    public static long Sooner(long due, long now, double faster) => due <= now ? due : now + (long)((due - now) / faster);

    /// <summary>When a frame that has left arrives: after the latency, and never together with or before the one ahead of it.</summary>
    public long Arrival(long departure)
    {
        long arrival = departure + Options.Latency.Ticks + Random.NextTicks(Options.Jitter);
        if (Random.Chance(Options.Reordering))
        {
            Reordered++;
            return arrival + 1 + Random.NextTicks(Options.ReorderingDelay);
        }

        _lastArrival = Math.Max(arrival, _lastArrival + 1);
        return _lastArrival;
    }

    private static long Ticks(int bytes, double bytesPerSecond) => (long)Math.Ceiling(bytes / bytesPerSecond * TimeSpan.TicksPerSecond);
}
