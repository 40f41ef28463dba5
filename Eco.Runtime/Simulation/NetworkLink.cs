namespace Eco.Runtime.Simulation;

/// <summary>One direction between two hosts: its options, its chance, and its counters.</summary>
internal sealed class NetworkLink(string from, string to, NetworkCard card, LinkOptions options, Random random)
{
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

    /// <summary>When the last byte has left the network card, or null when the card's backlog is full.</summary>
    public long? Serialise(long now, int bytes)
    {
        long start = Math.Max(now, Card.FreeAt);
        if (start - now > Options.MaximumBacklog.Ticks)
        {
            return null;
        }

        return SerialiseAll(now, bytes);
    }

    /// <summary>As <see cref="Serialise"/>, for a sender that waits rather than drops.</summary>
    public long SerialiseAll(long now, int bytes)
    {
        long start = Math.Max(now, Card.FreeAt);
        Card.FreeAt = start + (long)Math.Ceiling(bytes / Options.BandwidthBytesPerSecond * TimeSpan.TicksPerSecond);
        return Card.FreeAt;
    }

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
}
