namespace Eco.Runtime.Simulation;

/// <summary>What goes over a connection.</summary>
internal enum StreamItemKind
{
    Subscribe,
    Unsubscribe,
    Acknowledge,
    Bind,
    Delivery,
    Lost,
}

/// <summary>Something on its way over a connection.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Subject">What it is about: a subscription, or an alias.</param>
/// <param name="Payload">What it brings, if anything.</param>
/// <param name="Number">A delivery tag, if any.</param>
internal readonly record struct StreamItem(StreamItemKind Kind, object Subject, object? Payload = null, long Number = 0);

/// <summary>
/// One direction of a connection: in order and without loss while the connection lasts, as TCP is. A lost packet comes later; a cut
/// stops everything until it is mended or one end gives up.
/// </summary>
internal sealed class BrokerStream(
    SimulationScheduler scheduler, NetworkLink link, string what, Action<StreamItem> arrived) : SimulationEvent(scheduler.World, what)
{
    /// <summary>When TCP sends a lost packet again, at the soonest and twice that at the latest.</summary>
    private static readonly TimeSpan RetransmissionDelay = TimeSpan.FromMilliseconds(200);

    private readonly Queue<(long Due, StreamItem Item)> _items = new();
    private bool _isPlanned;
    private bool _isClosed;

    /// <summary>Whether a cut holds up what is on its way.</summary>
    public bool IsStalled { get; private set; }

    /// <summary>When the last item arrives, in ticks.</summary>
    public long LastArrival { get; private set; }

    public NetworkLink Link => link;

    /// <summary>How many items are on their way.</summary>
    public int Waiting => _items.Count;

    /// <summary>How many items of a kind are on their way.</summary>
    public int Count(StreamItemKind kind)
    {
        int count = 0;
        foreach ((_, StreamItem item) in _items)
        {
            count += item.Kind == kind ? 1 : 0;
        }

        return count;
    }

    /// <param name="item">What to send.</param>
    /// <param name="bytes">Its size; 0 for what is too small to keep a network card busy or to be counted.</param>
    public void Send(in StreamItem item, int bytes)
    {
        if (_isClosed)
        {
            return;
        }

        long departure = scheduler.Clock.ElapsedTicks;
        if (bytes > 0)
        {
            link.Frames++;
            link.Bytes += bytes;
            departure = link.SerialiseAll(departure, bytes);
        }

        long arrival = departure + link.Options.Latency.Ticks + link.Random.NextTicks(link.Options.Jitter);
        if (link.Random.Chance(link.Options.Loss))
        {
            arrival += RetransmissionTicks();
        }

        LastArrival = Math.Max(arrival, LastArrival);
        _items.Enqueue((LastArrival, item));
        if (!IsStalled)
        {
            PlanFor(_items.Peek().Due);
        }
    }

    public override void Run()
    {
        _isPlanned = false;
        if (link.IsCut)
        {
            IsStalled = true;
            return;
        }

        while (!IsStalled && _items.TryPeek(out (long Due, StreamItem Item) next) && next.Due <= scheduler.Clock.ElapsedTicks)
        {
            _items.Dequeue();
            arrived(next.Item);
        }

        if (_items.Count > 0)
        {
            PlanFor(_items.Peek().Due);
        }
    }

    /// <summary>The link is mended: what was held up is sent again.</summary>
    public void Mended()
    {
        if (IsStalled)
        {
            IsStalled = false;
            PlanFor(scheduler.Clock.ElapsedTicks + link.Options.Latency.Ticks + RetransmissionTicks());
        }
    }

    /// <summary>The link has become faster: what is under way comes sooner, in its order.</summary>
    public void Hasten(double faster)
    {
        long now = scheduler.Clock.ElapsedTicks;
        for (int left = _items.Count; left > 0; left--)
        {
            (long due, StreamItem item) = _items.Dequeue();
            _items.Enqueue((NetworkLink.Sooner(due, now, faster), item));
        }

        LastArrival = NetworkLink.Sooner(LastArrival, now, faster);
        if (_isPlanned)
        {
            scheduler.Cancel(this);
            (_isPlanned, IsCancelled) = (false, false);
            PlanFor(_items.Peek().Due);
        }
    }

    /// <summary>Drops what is on its way; nothing is sent any more.</summary>
    public void Close()
    {
        _isClosed = true;
        _items.Clear();
        if (_isPlanned)
        {
            _isPlanned = false;
            scheduler.Cancel(this);
        }
    }

    private long RetransmissionTicks() => RetransmissionDelay.Ticks + link.Random.NextTicks(RetransmissionDelay);

    private void PlanFor(long due)
    {
        if (!_isPlanned && !_isClosed)
        {
            _isPlanned = true;
            scheduler.Plan(this, due);
        }
    }
}
