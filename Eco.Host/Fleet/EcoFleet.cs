using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Eco.Actors.Console;
using Eco.Host.Commands;
using Eco.Host.State;

namespace Eco.Host.Fleet;

/// <summary>
/// A whole cluster as processes of this machine: brokers, PostgreSQL, servers, agents, and the network between them. They outlive the process that
/// starts them; opening the folder again finds them.
/// </summary>
internal sealed class EcoFleet : IAsyncDisposable
{
    private const string DatabaseName = "database";

    private const int FewAgents = 16;
    private static readonly TimeSpan ServerWithin = TimeSpan.FromSeconds(120);

    // So long nobody may join. Not from the beginning: how long many agents take is the machine's and its other work's affair.
    private static readonly TimeSpan NextJoinWithin = TimeSpan.FromSeconds(180);
    private static readonly TimeSpan AskForManyEvery = TimeSpan.FromMilliseconds(500);

    private readonly string _root;
    private readonly string _postgresFolder;
    private readonly TimeProvider _time;
    private readonly string _settings;
    private PostgresServer? _postgres;

    private EcoFleet(string root, FleetShape shape, string postgresFolder, FleetNetwork network, string settings, TimeProvider time)
    {
        _root = root;
        _postgresFolder = postgresFolder;
        _settings = settings;
        _time = time;
        Shape = shape;
        Network = network;
        Brokers = BrokerCluster.Open(
            Path.Combine(Folder, "brokers"),
            shape.Brokers,
            time,
            shape.Isolated ? [.. Enumerable.Range(1, shape.Brokers).Select(number => network.PlaceOf(BrokerName(number)))] : null);
        Servers = [.. Enumerable.Range(1, shape.Servers).Select(number => Node(ServerName(number), []))];
        AgentHosts = [.. Enumerable.Range(0, shape.AgentHosts).Select(index => Node(AgentHostName(shape, index), AgentsOf(shape, index)))];
    }

    /// <summary>What it consists of.</summary>
    public FleetShape Shape { get; }

    /// <summary>What connects its members.</summary>
    public FleetNetwork Network { get; }

    /// <summary>The broker nodes.</summary>
    public BrokerCluster Brokers { get; }

    /// <summary>The database; there once it has been started.</summary>
    public PostgresServer Postgres => _postgres ?? throw new InvalidOperationException("the fleet has not been started");

    /// <summary>The server hosts.</summary>
    public ImmutableArray<HostNode> Servers { get; }

    /// <summary>The processes that hold agents.</summary>
    public ImmutableArray<HostNode> AgentHosts { get; }

    private string Folder => FolderIn(_root);

    /// <summary>The name of a broker node on the network.</summary>
    public static string BrokerName(int number) => string.Create(CultureInfo.InvariantCulture, $"broker-{number}");

    /// <summary>Makes sure that this machine and this user can have a fleet; for a command to find out before minutes are spent.</summary>
    /// <param name="isolated">Whether each process gets a network namespace of its own.</param>
    /// <exception cref="CommandException">Something is missing, or only root may do it.</exception>
    public static void RequirePrerequisites(bool isolated)
    {
        PackageTools.RequireRabbit();
        PackageTools.Postgres("postgres");
        if (isolated)
        {
            FleetNetwork.RequireNamespaces();
        }
    }

    /// <summary>Knows a fleet, a new one or the one that the folder has; only its network is made.</summary>
    /// <param name="root">The state directory.</param>
    /// <param name="shape">What it shall consist of.</param>
    /// <param name="time">The clock.</param>
    /// <param name="settings">Settings of every host, as HOCON inside of <c>eco</c>.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <exception cref="CommandException">The folder's fleet cannot become this one, or something is missing.</exception>
    public static async Task<EcoFleet> OpenAsync(
        string root, FleetShape shape, TimeProvider time, string settings = "", CancellationToken stop = default)
    {
        root = Path.GetFullPath(root);
        FleetFile? before = Load(root);
        shape.RequireReachableFrom(before?.Shape ?? shape);
        RequirePrerequisites(shape.Isolated);
        Directory.CreateDirectory(FolderIn(root));
        FleetNetwork network = shape.Isolated
            ? await FleetNetwork.NamespacesAsync(FolderIn(root), MembersOf(shape), stop).ConfigureAwait(false)
            : FleetNetwork.Loopback();
        var fleet = new EcoFleet(root, shape, before?.PostgresFolder ?? PostgresFolderOf(root), network, settings, time);

        // From here on 'down' knows what there is to remove.
        fleet.Save(before);
        return fleet;
    }

    /// <summary>What a state directory says of its fleet; null: it has none.</summary>
    /// <exception cref="CommandException">Code <c>state</c>: it cannot be read.</exception>
    public static FleetFile? Load(string root)
    {
        try
        {
            return FleetFile.Load(root);
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                ConsoleErrorCodes.State,
                $"'{FleetFile.PathIn(root)}' cannot be read: {error.Message}",
                "restore it, or end the processes that it named and remove the directory",
                error);
        }
    }

    /// <summary>The state directories of the servers of a directory's fleet; none where it has no fleet.</summary>
    public static IEnumerable<StateDirectory> ServerStates(string root) =>
        (Load(root)?.Members ?? []).Where(member => member.Role == "server").Select(member => HostNode.StateIn(member.Folder));

    /// <summary>Starts what does not run, and waits until every agent has joined.</summary>
    /// <param name="say">Told of each step.</param>
    /// <param name="stop">Ends the wait; what was started goes on.</param>
    public async Task StartAsync(Action<string> say, CancellationToken stop)
    {
        // Members that an earlier shape had and this one has not.
        await EndSurplusAsync(say).ConfigureAwait(false);
        await StartServicesAsync(say, stop).ConfigureAwait(false);
        WriteConfigurations();
        long start = _time.GetTimestamp();
        bool[] started = [.. Servers.Select(server => server.Start())];
        Save(null);
        foreach (HostNode server in Servers)
        {
            await server.ReadyAsync(ServerWithin, stop).ConfigureAwait(false);
        }

        say($"servers: {string.Join(", ", Servers.Select(server => server.Name))} {Took(started, start)}");
        start = _time.GetTimestamp();
        started = [.. AgentHosts.Select(host => host.Start())];
        Save(null);
        await AgentsJoinedAsync(say, stop).ConfigureAwait(false);
        say($"agents: {Shape.Agents} in {AgentHosts.Length} {(AgentHosts.Length == 1 ? "process" : "processes")} have joined {Took(started, start)}");
    }

    /// <summary>Starts the brokers and the database, both at once.</summary>
    public async Task StartServicesAsync(Action<string> say, CancellationToken stop)
    {
        long start = _time.GetTimestamp();
        bool[] started = [.. Brokers.Nodes.Select(node => !node.IsAlive)];
        Task brokers = Brokers.StartAsync(stop);
        _postgres = await PostgresServer.StartAsync(_postgresFolder, _time, Network.PlaceOf(DatabaseName), stop).ConfigureAwait(false);
        Save(null);
        say(string.Create(CultureInfo.InvariantCulture, $"database: PostgreSQL on {Postgres.Place.Address}:{Postgres.Port}"));
        await brokers.ConfigureAwait(false);
        Save(null);
        say($"brokers: {string.Join(", ", Brokers.Endpoints)} {Took(started, start)}");
    }

    /// <summary>Writes the hosts' configuration files; a host reads its own when it starts.</summary>
    public void WriteConfigurations()
    {
        var configuration = new HostConfiguration(Brokers, Postgres, Directory.GetCurrentDirectory(), _settings);
        foreach (HostNode server in Servers)
        {
            Write(server, configuration.Server(server));
        }

        for (int i = 0; i < AgentHosts.Length; i++)
        {
            Write(AgentHosts[i], configuration.Agents(AgentHosts[i], i * Shape.AgentsPerHost, Shape.Agents > 1));
        }

        static void Write(HostNode host, string text)
        {
            Directory.CreateDirectory(host.Folder);
            File.WriteAllText(host.ConfigurationFile, text);
        }
    }

    /// <summary>Asks the first server that answers; null: none does.</summary>
    public async Task<ConsoleReply?> TryAskAsync(
        string verb, ImmutableSortedDictionary<string, string> arguments, string? body, CancellationToken stop)
    {
        foreach (HostNode server in Servers.Where(server => server.IsAlive))
        {
            if (await server.TryAskAsync(verb, arguments, body, stop).ConfigureAwait(false) is { } reply)
            {
                return reply;
            }
        }

        return null;
    }

    /// <summary>The agents that the servers reach.</summary>
    public async Task<ImmutableHashSet<string>> ReachableAgentsAsync(CancellationToken stop)
    {
        ConsoleReply? reply = await TryAskAsync(ConsoleVerbs.Agents, Arguments.None, null, stop).ConfigureAwait(false);
        return reply is { Error: null, Data: { } data }
            ? [.. data.Deserialize(ConsoleJson.Default.ImmutableArrayAgentView).Where(agent => agent.Reachable).Select(agent => agent.Id)]
            : [];
    }

    /// <summary>Waits until the servers reach every agent; fails as soon as a host has ended, and when for minutes no further agent was reached.</summary>
    public async Task AgentsJoinedAsync(Action<string> say, CancellationToken stop)
    {
        string[] wanted = [.. AgentHosts.SelectMany(host => host.Agents)];
        var ever = new HashSet<string>(StringComparer.Ordinal);
        var progress = new WaitProgress(
            () => ever.Count, () => string.Create(CultureInfo.InvariantCulture, $"{ever.Count} of {wanted.Length} agents have joined"));
        foreach (HostNode host in AgentHosts)
        {
            await host.ReadyAsync(JoinedAsync, NextJoinWithin, stop, progress).ConfigureAwait(false);

            async Task<bool> JoinedAsync()
            {
                ImmutableHashSet<string> there = await ReachableAgentsAsync(stop).ConfigureAwait(false);
                int before = ever.Count;
                ever.UnionWith(wanted.Where(there.Contains));
                if (ever.Count > before && ever.Count < wanted.Length)
                {
                    say($"agents: {progress.Seen()}");
                }

                if (host.Agents.All(there.Contains))
                {
                    return true;
                }

                // The answer names every agent: to ask for many all the time would keep the servers from the work that is awaited.
                await Polling.PauseAsync(wanted.Length > FewAgents ? AskForManyEvery : TimeSpan.Zero, _time, stop).ConfigureAwait(false);
                return false;
            }
        }
    }

    /// <summary>Ends everything in order: agents, servers, brokers, database, network. The state stays.</summary>
    public static async Task StopAsync(string root, Action<string> say, TimeProvider time)
    {
        root = Path.GetFullPath(root);
        if (Load(root) is not { } file)
        {
            return;
        }

        await StopMembersAsync(file.Members.Where(member => member.Role == "agent"), "agents", say, time).ConfigureAwait(false);
        await StopMembersAsync(file.Members.Where(member => member.Role == "server"), "servers", say, time).ConfigureAwait(false);
        FleetNetwork network = file.Shape.Isolated
            ? await FleetNetwork.NamespacesAsync(FolderIn(root), MembersOf(file.Shape)).ConfigureAwait(false)
            : FleetNetwork.Loopback();
        var fleet = new EcoFleet(root, file.Shape, file.PostgresFolder, network, string.Empty, time);
        await using (network.ConfigureAwait(false))
        {
            await fleet.Brokers.StopAsync().ConfigureAwait(false);
            say("brokers have ended");
            await PostgresServer.Open(file.PostgresFolder, time, network.PlaceOf(DatabaseName)).StopAsync().ConfigureAwait(false);
            say("the database has ended");
        }

        fleet.Save(null);
    }

    /// <summary>Removes what a stopped fleet has kept.</summary>
    public static void Remove(string root)
    {
        root = Path.GetFullPath(root);
        if (Load(root) is not { } file)
        {
            return;
        }

        if (Directory.Exists(file.PostgresFolder))
        {
            Directory.Delete(file.PostgresFolder, recursive: true);
        }

        if (Directory.Exists(FolderIn(root)))
        {
            Directory.Delete(FolderIn(root), recursive: true);
        }

        File.Delete(FleetFile.PathIn(root));
    }

    /// <summary>SIGKILL to everything, and the folder goes.</summary>
    public async ValueTask DisposeAsync()
    {
        await KillAsync().ConfigureAwait(false);
        Remove(_root);
    }

    /// <summary>SIGKILL to everything, and the network goes; the folder stays.</summary>
    public async Task KillAsync()
    {
        await Task.WhenAll(Servers.Concat(AgentHosts).Select(host => host.KillAsync())).ConfigureAwait(false);
        await Brokers.KillAsync().ConfigureAwait(false);
        if (_postgres is not null)
        {
            await _postgres.KillAsync().ConfigureAwait(false);
        }

        await Network.DisposeAsync().ConfigureAwait(false);
        Save(null);
    }

    /// <summary>The processes as they are now.</summary>
    public ImmutableArray<FleetMember> Members() =>
    [
        .. Brokers.Nodes.Select(node => Member(
            BrokerName(node.Number), "broker", node.Endpoint, node.Place, node.Identity, Path.Combine(Folder, "brokers", $"node-{node.Number}"))),
        Member(
            DatabaseName,
            "database",
            _postgres is null ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"{_postgres.Place.Address}:{_postgres.Port}"),
            Network.PlaceOf(DatabaseName),
            _postgres?.Identity,
            _postgresFolder),
        .. Servers.Select(host => Member(host.Name, "server", string.Empty, host.Place, host.Identity, host.Folder)),
        .. AgentHosts.Select(host => Member(host.Name, "agent", string.Empty, host.Place, host.Identity, host.Folder)),
    ];

    private static string FolderIn(string root) => Path.Combine(root, "fleet");

    private static string ServerName(int number) => string.Create(CultureInfo.InvariantCulture, $"server-{number}");

    private static string AgentHostName(FleetShape shape, int index) =>
        shape.AgentsPerHost == 1 ? shape.AgentName(index) : string.Create(CultureInfo.InvariantCulture, $"agents-{index + 1}");

    private static ImmutableArray<string> AgentsOf(FleetShape shape, int host) =>
    [
        .. Enumerable.Range(host * shape.AgentsPerHost, Math.Min(shape.AgentsPerHost, shape.Agents - (host * shape.AgentsPerHost))).Select(shape.AgentName),
    ];

    private static IEnumerable<string> MembersOf(FleetShape shape) =>
    [
        .. Enumerable.Range(1, shape.Brokers).Select(BrokerName),
        DatabaseName,
        .. Enumerable.Range(1, shape.Servers).Select(ServerName),
        .. Enumerable.Range(0, shape.AgentHosts).Select(index => AgentHostName(shape, index)),
    ];

    // Beside the rest, or where PostgreSQL's user can reach it.
    private static string PostgresFolderOf(string root)
    {
        string beside = Path.Combine(FolderIn(root), "postgres");
        return PostgresServer.CanReach(root)
            ? beside
            : "/var/tmp/eco-postgres-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(root)), 0, 6);
    }

    private static FleetMember Member(string name, string role, string address, NetworkPlace place, ProcessIdentity? identity, string folder) =>
        new(name, role, address, place.Namespace, identity?.Pid ?? 0, identity?.StartTicks ?? 0, folder);

    private static async Task StopMembersAsync(IEnumerable<FleetMember> members, string what, Action<string> say, TimeProvider time)
    {
        FleetMember[] all = [.. members];
        bool[] inOrder = await Task.WhenAll(all.Select(member => new HostNode(
            member.Name, member.Folder, new NetworkPlace(member.Address, member.Namespace), [], time).StopAsync())).ConfigureAwait(false);
        string killed = string.Join(", ", all.Where((_, index) => !inOrder[index]).Select(member => member.Name));
        say($"{what} have ended" + (killed.Length == 0 ? string.Empty : $"; killed, since they did not in time: {killed}"));
    }

    private HostNode Node(string name, ImmutableArray<string> agents) => new(name, Path.Combine(Folder, name), Network.PlaceOf(name), agents, _time);

    private async Task EndSurplusAsync(Action<string> say)
    {
        HashSet<string> wanted = [.. Servers.Concat(AgentHosts).Select(host => host.Name)];
        FleetMember[] surplus = [.. (FleetFile.Load(_root)?.Members ?? []).Where(member => member.Role is "server" or "agent" && !wanted.Contains(member.Name))];
        if (surplus.Length > 0)
        {
            await StopMembersAsync(surplus, string.Join(", ", surplus.Select(member => member.Name)), say, _time).ConfigureAwait(false);
        }
    }

    // What another run has started and this one does not want stays in the file until it has been ended.
    private void Save(FleetFile? before)
    {
        ImmutableArray<FleetMember> members = Members();
        IEnumerable<FleetMember> others = (before?.Members ?? []).Where(member => members.All(own => own.Name != member.Name));
        new FleetFile(Shape, _postgresFolder, [.. members, .. others]).Save(_root);
    }

    private string Took(bool[] started, long since) => started.Any(fresh => fresh)
        ? string.Create(CultureInfo.InvariantCulture, $"({_time.GetElapsedTime(since).TotalSeconds:0.0} s)")
        : "(ran already)";
}
