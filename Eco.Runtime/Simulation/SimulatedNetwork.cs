using System.Collections.Immutable;
using Eco.Runtime.Dispatch;

namespace Eco.Runtime.Simulation;

/// <summary>
/// The network between the hosts of a simulation. Every host has one card to its own site (LAN), every site one to the others (WAN);
/// a card sends its frames one after the other: start = max(now, card free), then bytes / bandwidth, then the link's latency. A link that
/// was made slower than its card holds up only what goes over it.
/// </summary>
public sealed class SimulatedNetwork
{
    private readonly SimulationScheduler _scheduler;
    private readonly SimulationOptions _options;
    private readonly IRandomSource _random;
    private readonly SortedDictionary<string, NetworkNode> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NetworkCard> _siteCards = new(StringComparer.Ordinal);
    private readonly Dictionary<(string From, string To), NetworkLink> _links = [];

    internal SimulatedNetwork(SimulationScheduler scheduler, IRandomSource random, SimulationOptions options)
    {
        options.Lan.Validate();
        options.Wan.Validate();
        _scheduler = scheduler;
        _random = random;
        _options = options;
    }

    /// <summary>Called when a link is cut or mended.</summary>
    internal Action<NetworkLink>? LinkChanged { get; set; }

    /// <summary>Called with the factor by which a link has become faster.</summary>
    internal Action<NetworkLink, double>? LinkHastened { get; set; }

    /// <summary>What has gone over each link that was used, ordered by sender and receiver.</summary>
    public ImmutableArray<LinkCounters> Counters =>
        [.. _links.Values.Select(link => link.Counters).OrderBy(c => c.From, StringComparer.Ordinal).ThenBy(c => c.To, StringComparer.Ordinal)];

    /// <summary>
    /// Sets one direction of a link. Frames on their way keep their arrival; what waits in a connection for a link that becomes faster comes
    /// sooner.
    /// </summary>
    public void Configure(string from, string to, LinkOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        NetworkLink link = Link(from, to);
        double faster = options.BandwidthBytesPerSecond / link.Options.BandwidthBytesPerSecond;
        link.Options = options;
        if (faster > 1)
        {
            link.Hasten(_scheduler.Clock.ElapsedTicks, faster);
            LinkHastened?.Invoke(link, faster);
        }
    }

    /// <summary>Sets both directions of a link.</summary>
    public void ConfigureBoth(string one, string other, LinkOptions options)
    {
        Configure(one, other, options);
        Configure(other, one, options);
    }

    /// <summary>Sets every link between the hosts that are there now.</summary>
    public void ConfigureAll(LinkOptions options)
    {
        foreach (NetworkLink link in AllLinks())
        {
            Configure(link.From, link.To, options);
        }
    }

    /// <summary>What a link is set to.</summary>
    public LinkOptions OptionsOf(string from, string to) => Link(from, to).Options;

    /// <summary>Cuts one direction: what is on its way, and what is sent from now on, is lost; connections to a broker stall.</summary>
    public void CutOneWay(string from, string to) => SetCut(Link(from, to), true);

    /// <summary>Cuts both directions.</summary>
    public void Cut(string one, string other)
    {
        CutOneWay(one, other);
        CutOneWay(other, one);
    }

    /// <summary>Mends both directions.</summary>
    public void Heal(string one, string other)
    {
        SetCut(Link(one, other), false);
        SetCut(Link(other, one), false);
    }

    /// <summary>Cuts a host off from all others that are there now.</summary>
    public void Isolate(string host)
    {
        foreach (NetworkNode node in _nodes.Values.Where(node => node.Name != host))
        {
            Cut(host, node.Name);
        }
    }

    /// <summary>Mends every link.</summary>
    public void HealAll()
    {
        foreach (NetworkLink link in _links.Values)
        {
            SetCut(link, false);
        }
    }

    /// <summary>Whether one direction is cut.</summary>
    public bool IsCut(string from, string to) => Link(from, to).IsCut;

    /// <summary>
    /// Sends bytes from one host to another. The arrival happens in the world, not on the receiving host: whoever asks checks that the host is up.
    /// </summary>
    /// <param name="from">The sending host.</param>
    /// <param name="to">The receiving host; the sender itself is reached at once, without the network and its counters.</param>
    /// <param name="bytes">How many.</param>
    /// <param name="what">What it is, for the trace.</param>
    /// <param name="arrived">Called at each arrival: never when the frame is lost, twice when it is duplicated.</param>
    public void Transmit(string from, string to, int bytes, string what, Action arrived)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        Transmit(new ActionArrival(LinkOf(from, to), _scheduler.World, what, bytes, arrived));
    }

    /// <summary>Sends a frame over its link.</summary>
    internal void Transmit(LinkArrival frame)
    {
        if (frame.Link is not { } link)
        {
            _scheduler.Plan(frame, _scheduler.Clock.ElapsedTicks);
            return;
        }

        link.Frames++;
        link.Bytes += frame.Bytes;
        if (link.Serialise(_scheduler.Clock.ElapsedTicks, frame.Bytes) is not { } departure || link.IsCut || link.Random.Chance(link.Options.Loss))
        {
            link.Dropped++;
            return;
        }

        _scheduler.Plan(frame, link.Arrival(departure));
        if (link.Random.Chance(link.Options.Duplication))
        {
            link.Duplicated++;
            _scheduler.Plan(frame.Copy(), departure + link.Options.Latency.Ticks + 1 + link.Random.NextTicks(link.Options.ReorderingDelay));
        }
    }

    /// <summary>Sends a confirmation: it takes the link's latency and can be lost, but is too small to keep a network card busy or to be counted.</summary>
    internal void Confirm(NetworkLink? link, SimulationEvent confirmation)
    {
        if (link is null)
        {
            _scheduler.Plan(confirmation, _scheduler.Clock.ElapsedTicks);
        }
        else if (!link.IsCut && !link.Random.Chance(link.Options.Loss))
        {
            _scheduler.Plan(
                confirmation, _scheduler.Clock.ElapsedTicks + link.Options.Latency.Ticks + link.Random.NextTicks(link.Options.Jitter));
        }
    }

    /// <summary>The link between two hosts; null from a host to itself.</summary>
    internal NetworkLink? LinkOf(string from, string to) => from == to ? null : Link(from, to);

    internal void AddNode(string name, string site)
    {
        if (!_siteCards.TryGetValue(site, out NetworkCard? wan))
        {
            _siteCards.Add(site, wan = new NetworkCard());
        }

        _nodes.Add(name, new NetworkNode(name, site, new NetworkCard(), wan));
    }

    private void SetCut(NetworkLink link, bool isCut)
    {
        if (link.IsCut != isCut)
        {
            link.IsCut = isCut;
            LinkChanged?.Invoke(link);
        }
    }

    private NetworkLink Link(string from, string to)
    {
        if (_links.TryGetValue((from, to), out NetworkLink? known))
        {
            return known;
        }

        NetworkNode sender = Node(from);
        NetworkNode receiver = Node(to);
        if (from == to)
        {
            throw new ArgumentException($"host '{from}' has no link to itself");
        }

        bool isLocal = sender.Site == receiver.Site;
        var link = new NetworkLink(
            from,
            to,
            isLocal ? sender.Lan : sender.Wan,
            isLocal ? _options.Lan : _options.Wan,
            _random.Stream($"link/{from}/{to}"));
        _links.Add((from, to), link);
        return link;
    }

    private NetworkNode Node(string name) => _nodes.TryGetValue(name, out NetworkNode? node)
        ? node
        : throw new ArgumentException($"the simulated network has no host '{name}'; it has {string.Join(", ", _nodes.Keys)}");

    private IEnumerable<NetworkLink> AllLinks() =>
        from sender in _nodes.Keys
        from receiver in _nodes.Keys
        where sender != receiver
        select Link(sender, receiver);
}
