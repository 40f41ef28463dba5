using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Eco.Actors.Console;
using Eco.Host.Commands;

namespace Eco.Host.Fleet;

/// <summary>
/// What connects the members of a fleet: this machine's loopback, or a network namespace for each member, all on one bridge, whose links can be cut,
/// made lossy and slowed. Names and addresses belong to the fleet's folder, so that opening it again finds what is there.
/// </summary>
internal sealed class FleetNetwork : IAsyncDisposable
{
    private readonly FleetNetworkPlan? _plan;
    private readonly Lock _gate = new();

    // What each member's namespace drops of what comes in, by a number for each cut.
    private readonly SortedDictionary<string, SortedDictionary<int, ImmutableArray<string>>> _rules = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private int _lastCut;

    private FleetNetwork(FleetNetworkPlan? plan) => _plan = plan;

    /// <summary>Whether each member has a namespace of its own.</summary>
    public bool IsIsolated => _plan is not null;

    /// <summary>The loopback network.</summary>
    public static FleetNetwork Loopback() => new(null);

    /// <summary>Makes sure that <see cref="NamespacesAsync"/> can work.</summary>
    /// <exception cref="CommandException">Not root, or a program is missing.</exception>
    public static void RequireNamespaces()
    {
        if (!PackageTools.IsRoot)
        {
            throw new CommandException(
                ConsoleErrorCodes.Refused,
                "only root may make network namespaces",
                "run it as root; 'eco up' can do without: --network loopback (links cannot be cut there)");
        }

        PackageTools.Require("ip", "iproute2");
        PackageTools.Require("nft", "nftables");
        PackageTools.Require("tc", "iproute2");
    }

    /// <summary>A namespace for each member; those that exist already stay as they are.</summary>
    /// <param name="folder">The fleet's folder.</param>
    /// <param name="members">Their names; members of an earlier call stay members.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <exception cref="CommandException">Not root, or a program is missing.</exception>
    public static async Task<FleetNetwork> NamespacesAsync(string folder, IEnumerable<string> members, CancellationToken stop = default)
    {
        RequireNamespaces();
        Directory.CreateDirectory(folder);

        // Written before anything is made: whatever happens then, removing finds it.
        FleetNetworkPlan plan = FleetNetworkPlan.Open(folder, members);
        plan.Save();
        await MakeAsync(plan, stop).ConfigureAwait(false);
        return new FleetNetwork(plan);
    }

    /// <summary>Removes the namespaces of a folder's fleet, if it has any.</summary>
    public static async Task RemoveAsync(string folder)
    {
        if (FleetNetworkPlan.Load(folder) is { } plan)
        {
            await new FleetNetwork(plan).DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Where a member runs.</summary>
    public NetworkPlace PlaceOf(string member) =>
        _plan is null ? NetworkPlace.Loopback : new NetworkPlace(_plan.AddressOf(member), _plan.NamespaceOf(member));

    /// <summary>Bytes that have gone over a member's link, as the member sees it, with all headers.</summary>
    public (long Sent, long Received) BytesOf(string member)
    {
        string folder = $"/sys/class/net/{Isolated().LinkOf(member)}/statistics";

        // The bridge's side of the link: what it receives the member has sent.
        return (Read("rx_bytes"), Read("tx_bytes"));

        long Read(string counter) => long.Parse(File.ReadAllText(Path.Combine(folder, counter)), CultureInfo.InvariantCulture);
    }

    /// <summary>Pulls a member's cable.</summary>
    public async Task<NetworkCut> UnplugAsync(string member)
    {
        string link = Isolated().LinkOf(member);
        await IpAsync($"link set {link} down\n").ConfigureAwait(false);
        return new NetworkCut($"{member} unplugged", () => IpAsync($"link set {link} up\n"));
    }

    /// <summary>Drops what goes from one member to another, for each pair.</summary>
    public async Task<NetworkCut> DropAsync(string name, IEnumerable<(string From, string To)> pairs)
    {
        FleetNetworkPlan plan = Isolated();
        return await FilterAsync(name, pairs.Select(pair => (pair.To, $"ip saddr {plan.AddressOf(pair.From)} drop"))).ConfigureAwait(false);
    }

    /// <summary>Drops everything between two groups, both ways.</summary>
    public Task<NetworkCut> SeparateAsync(string name, IReadOnlyCollection<string> one, IReadOnlyCollection<string> other) => DropAsync(
        name, one.SelectMany(left => other.SelectMany(right => (IEnumerable<(string, string)>)[(left, right), (right, left)])));

    /// <summary>Loses this share of the packets that come to a member, at random; 1 to 99 %.</summary>
    public Task<NetworkCut> LoseAsync(string member, int percent) => FilterAsync(
        string.Create(CultureInfo.InvariantCulture, $"{member} loses {percent} %"),
        [(member, string.Create(CultureInfo.InvariantCulture, $"numgen random mod 100 < {percent} drop"))]);

    /// <summary>Limits a member's link in both directions.</summary>
    public async Task<NetworkCut> SlowAsync(string member, long bitsPerSecond)
    {
        FleetNetworkPlan plan = Isolated();
        string shape = string.Create(CultureInfo.InvariantCulture, $"root tbf rate {bitsPerSecond}bit burst 8kb latency 400ms");
        await TcAsync(["qdisc", "replace", "dev", plan.LinkOf(member), .. shape.Split(' ')]).ConfigureAwait(false);
        await TcAsync(["-n", plan.NamespaceOf(member), "qdisc", "replace", "dev", FleetNetworkPlan.Device, .. shape.Split(' ')]).ConfigureAwait(false);
        return new NetworkCut(
            string.Create(CultureInfo.InvariantCulture, $"{member} at {bitsPerSecond} bit/s"),
            async () =>
            {
                await TcAsync(["qdisc", "del", "dev", plan.LinkOf(member), "root"]).ConfigureAwait(false);
                await TcAsync(["-n", plan.NamespaceOf(member), "qdisc", "del", "dev", FleetNetworkPlan.Device, "root"]).ConfigureAwait(false);
            });
    }

    /// <summary>Ends every fault that is still there, whoever has made it.</summary>
    public async Task HealAsync()
    {
        foreach (string member in Isolated().Members)
        {
            await IpAsync($"link set {Isolated().LinkOf(member)} up\n").ConfigureAwait(false);
            await ChangeAsync(member, active => active.Clear()).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Removes all namespaces and the bridge. What still runs in them keeps its namespace, without any link. Names and addresses stay in the folder: what
    /// is started there again is where it was.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (_plan is not null)
        {
            ImmutableHashSet<string> there = await NamespacesThereAsync(CancellationToken.None).ConfigureAwait(false);
            var batch = new StringBuilder();
            foreach (string member in _plan.Members)
            {
                if (there.Contains(_plan.NamespaceOf(member)))
                {
                    batch.AppendLine(CultureInfo.InvariantCulture, $"netns del {_plan.NamespaceOf(member)}");
                }

                if (LinkIsThere(_plan.LinkOf(member)))
                {
                    batch.AppendLine(CultureInfo.InvariantCulture, $"link del {_plan.LinkOf(member)}");
                }
            }

            if (LinkIsThere(_plan.Bridge))
            {
                batch.AppendLine(CultureInfo.InvariantCulture, $"link del {_plan.Bridge}");
            }

            // A link goes with its namespace, but a little later: then it may be gone or not when its own turn comes.
            await PackageTools.RunAsync(["ip", "-force", "-batch", "-"], CancellationToken.None, input: batch.ToString(), ignoreFailure: true).ConfigureAwait(false);
        }

        _turn.Dispose();
    }

    private static bool LinkIsThere(string link) => Directory.Exists($"/sys/class/net/{link}");

    private static async Task MakeAsync(FleetNetworkPlan plan, CancellationToken stop)
    {
        ImmutableHashSet<string> there = await NamespacesThereAsync(stop).ConfigureAwait(false);
        var batch = new StringBuilder();
        if (!LinkIsThere(plan.Bridge))
        {
            batch.AppendLine(CultureInfo.InvariantCulture, $"link add {plan.Bridge} type bridge stp_state 0 mcast_snooping 0 forward_delay 0");
            batch.AppendLine(CultureInfo.InvariantCulture, $"addr add {plan.Gateway}/24 dev {plan.Bridge}");
            batch.AppendLine(CultureInfo.InvariantCulture, $"link set {plan.Bridge} up");
        }

        string[] fresh = [.. plan.Members.Where(member => !there.Contains(plan.NamespaceOf(member)))];
        foreach (string member in fresh)
        {
            string space = plan.NamespaceOf(member);
            string link = plan.LinkOf(member);
            batch.AppendLine(CultureInfo.InvariantCulture, $"netns add {space}");
            batch.AppendLine(CultureInfo.InvariantCulture, $"link add {link} type veth peer name {FleetNetworkPlan.Device} netns {space}");
            batch.AppendLine(CultureInfo.InvariantCulture, $"link set {link} master {plan.Bridge} up");
        }

        await IpAsync(batch.ToString(), stop).ConfigureAwait(false);
        foreach (string member in fresh)
        {
            await PackageTools.RunAsync(
                ["ip", "-n", plan.NamespaceOf(member), "-batch", "-"],
                stop,
                input: string.Create(CultureInfo.InvariantCulture, $"""
                    link set lo up
                    addr add {plan.AddressOf(member)}/24 dev {FleetNetworkPlan.Device}
                    link set {FleetNetworkPlan.Device} up

                    """)).ConfigureAwait(false);
            if (Directory.Exists("/proc/sys/net/ipv6"))
            {
                // Its neighbour discovery would be counted as the member's traffic.
                await PackageTools.RunAsync(
                    ["ip", "netns", "exec", plan.NamespaceOf(member), "sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6"], stop).ConfigureAwait(false);
            }
        }
    }

    private static async Task<ImmutableHashSet<string>> NamespacesThereAsync(CancellationToken stop) =>
        [.. (await PackageTools.RunAsync(["ip", "netns", "list"], stop).ConfigureAwait(false)).Split('\n').Select(line => line.Split(' ')[0])];

    private static Task IpAsync(string batch, CancellationToken stop = default) => PackageTools.RunAsync(["ip", "-batch", "-"], stop, input: batch);

    private static Task TcAsync(ImmutableArray<string> words) => PackageTools.RunAsync(["tc", .. words], CancellationToken.None);

    private FleetNetworkPlan Isolated() => _plan ?? throw new InvalidOperationException("links can be cut in network namespaces only");

    private async Task<NetworkCut> FilterAsync(string name, IEnumerable<(string Member, string Rule)> rules)
    {
        Isolated();
        int cut = Interlocked.Increment(ref _lastCut);
        ImmutableArray<IGrouping<string, string>> byMember = [.. rules.GroupBy(rule => rule.Member, rule => rule.Rule, StringComparer.Ordinal)];
        foreach (IGrouping<string, string> group in byMember)
        {
            await ChangeAsync(group.Key, active => active[cut] = [.. group]).ConfigureAwait(false);
        }

        return new NetworkCut(
            name,
            async () =>
            {
                foreach (IGrouping<string, string> group in byMember)
                {
                    await ChangeAsync(group.Key, active => active.Remove(cut)).ConfigureAwait(false);
                }
            });
    }

    // The whole table of a namespace in one transaction, so that cuts can overlap and end in any order.
    private async Task ChangeAsync(string member, Action<SortedDictionary<int, ImmutableArray<string>>> change)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            var text = new StringBuilder("table inet eco\ndelete table inet eco\ntable inet eco {\nchain input {\ntype filter hook input priority 0; policy accept;\n");
            lock (_gate)
            {
                if (!_rules.TryGetValue(member, out SortedDictionary<int, ImmutableArray<string>>? active))
                {
                    _rules[member] = active = [];
                }

                change(active);
                text.AppendJoin(string.Empty, active.Values.SelectMany(rules => rules).Select(rule => rule + "\n"));
            }

            text.Append("}\n}\n");
            await PackageTools.RunAsync(
                ["ip", "netns", "exec", Isolated().NamespaceOf(member), "nft", "-f", "-"], CancellationToken.None, input: text.ToString()).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }
}
