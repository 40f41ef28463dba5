using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Eco.Actors.Console;
using Eco.Host.Commands;

namespace Eco.Host.Fleet;

/// <summary>
/// One or three RabbitMQ servers as plain processes that know nothing of a RabbitMQ of the machine's own: their names, ports, folders, cookie and
/// port mapper are theirs. Everything lies in one folder; starting on a folder again goes on with what runs there and starts the rest.
/// </summary>
internal sealed class BrokerCluster : IAsyncDisposable
{
    private static readonly TimeSpan PortMapperWithin = TimeSpan.FromSeconds(20);

    private readonly BrokerSettings _settings;
    private readonly ImmutableArray<ManagedProcess> _portMappers;
    private readonly TimeProvider _time;

    private BrokerCluster(BrokerSettings settings, ImmutableArray<BrokerNodeSettings> nodes, TimeProvider time)
    {
        _settings = settings;
        _time = time;
        Nodes = [.. nodes.Select(node => new BrokerNode(settings, node, time))];

        // One for each network: nodes that share one share it.
        _portMappers = [.. nodes.DistinctBy(node => node.Place).Select(node => PortMapper(settings, node, time))];
    }

    /// <summary>The nodes, 1 first.</summary>
    public ImmutableArray<BrokerNode> Nodes { get; }

    /// <summary>Where clients connect, without the password.</summary>
    public ImmutableArray<string> Endpoints => [.. Nodes.Select(node => node.Endpoint)];

    /// <summary>The user that hosts connect as.</summary>
    public string User => BrokerSettings.User;

    /// <summary>Its password.</summary>
    public string Password => _settings.Password;

    /// <summary>A file that holds the password, readable by its owner only.</summary>
    public string PasswordFile => PasswordFileOf(_settings.Folder);

    /// <summary>Starts a cluster, all nodes at once, and waits until each has joined and answers clients.</summary>
    /// <param name="folder">Its folder; made if missing.</param>
    /// <param name="nodes">1 or 3.</param>
    /// <param name="time">The clock.</param>
    /// <param name="places">Where each node runs; null: all on this machine's loopback.</param>
    /// <param name="stop">Ends the wait; what was started goes.</param>
    /// <exception cref="CommandException">RabbitMQ is not installed, a port is taken, or a node does not start.</exception>
    public static async Task<BrokerCluster> StartAsync(
        string folder, int nodes, TimeProvider time, ImmutableArray<NetworkPlace>? places = null, CancellationToken stop = default)
    {
        BrokerCluster cluster = Open(folder, nodes, time, places);
        try
        {
            await cluster.StartAsync(stop).ConfigureAwait(false);
            return cluster;
        }
        catch
        {
            await cluster.KillAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The node that leads a quorum queue; null: none does, or there is no such queue.</summary>
    public async Task<BrokerNode?> LeaderOfAsync(string queue, CancellationToken stop = default)
    {
        BrokerNode asked = Nodes.First(node => node.IsAlive);

        // Of what the node knows by itself: a list of all queues waits a minute for each that does not answer.
        string said = await asked.ControlAsync(
            ["eval", $"case rabbit_amqqueue:lookup(rabbit_misc:r(<<\"/\">>, queue, <<\"{queue}\">>)) of {{ok, Q}} -> element(2, amqqueue:get_pid(Q)); _ -> none end."],
            stop).ConfigureAwait(false);
        return Nodes.FirstOrDefault(node => node.Name == said.Trim().Trim('\''));
    }

    /// <summary>Knows the cluster of a folder, or a new one, without starting anything.</summary>
    public static BrokerCluster Open(string folder, int nodes, TimeProvider time, ImmutableArray<NetworkPlace>? places = null)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(nodes is 1 or 3, true, nameof(nodes));
        PackageTools.RequireRabbit();
        folder = Path.GetFullPath(folder);
        Directory.CreateDirectory(folder);
        ImmutableArray<int> ports = PortsOf(folder, nodes, isolated: places is not null);
        string passwordFile = PasswordFileOf(folder);
        if (!File.Exists(passwordFile))
        {
            BrokerSettings.WriteSecret(passwordFile, Secret());
        }

        string cookieFile = Path.Combine(folder, "cookie");
        if (!File.Exists(cookieFile))
        {
            BrokerSettings.WriteSecret(cookieFile, Secret());
        }

        var settings = new BrokerSettings(folder, File.ReadAllText(cookieFile), File.ReadAllText(passwordFile), ports[0]);
        ImmutableArray<BrokerNodeSettings> all =
        [
            .. Enumerable.Range(1, nodes).Select(number => new BrokerNodeSettings(
                number,
                Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"node-{number}")),
                places is { } given ? given[number - 1] : NetworkPlace.Loopback,
                ports[(2 * number) - 1],
                ports[2 * number])),
        ];
        foreach (BrokerNodeSettings node in all)
        {
            settings.Write(node, all[0]);
        }

        return new BrokerCluster(settings, all, time);
    }

    /// <summary>Starts what does not run, and waits until each node answers clients.</summary>
    public async Task StartAsync(CancellationToken stop = default)
    {
        foreach (ManagedProcess mapper in _portMappers)
        {
            mapper.Start();
        }

        foreach (BrokerNode node in Nodes)
        {
            node.Start();
        }

        await Task.WhenAll(Nodes.Select(node => node.ReadyAsync(stop))).ConfigureAwait(false);
        if (!Nodes[0].HasQuorumQueues)
        {
            await Nodes[0].ControlAsync(["enable_feature_flag", "all"], stop).ConfigureAwait(false);
        }
    }

    /// <summary>Ends all nodes in order.</summary>
    public async Task StopAsync()
    {
        await Task.WhenAll(Nodes.Select(node => node.StopAsync())).ConfigureAwait(false);
        await Task.WhenAll(_portMappers.Select(mapper => mapper.StopAsync(Signals.Terminate, PortMapperWithin))).ConfigureAwait(false);
    }

    /// <summary>SIGKILL to everything; the folder stays.</summary>
    public async Task KillAsync()
    {
        await Task.WhenAll(Nodes.Select(node => node.KillAsync())).ConfigureAwait(false);
        await Task.WhenAll(_portMappers.Select(mapper => mapper.KillAsync())).ConfigureAwait(false);
    }

    /// <summary>Runs an Erlang function on a node and returns what it prints of the result; for tests and for faults that no client can cause.</summary>
    /// <param name="node">The node.</param>
    /// <param name="call">Such as <c>rabbit_mnesia cluster_nodes [running]</c>.</param>
    /// <param name="stop">Ends the wait.</param>
    public Task<string> CallAsync(BrokerNode node, string call, CancellationToken stop = default) => ErlangAsync(node, ["-a", call], null, stop);

    /// <summary>Runs Erlang expressions on a node and returns the value of the last, after <c>{ok, </c>.</summary>
    /// <param name="node">The node.</param>
    /// <param name="expressions">They end in a full stop.</param>
    /// <param name="stop">Ends the wait.</param>
    public Task<string> EvaluateAsync(BrokerNode node, string expressions, CancellationToken stop = default) => ErlangAsync(node, ["-e"], expressions + "\n", stop);

    private Task<string> ErlangAsync(BrokerNode node, string[] words, string? input, CancellationToken stop)
    {
        string program = Directory.EnumerateDirectories("/usr/lib/erlang", "erts-*").Select(erts => Path.Combine(erts, "bin", "erl_call")).First(File.Exists);
        return PackageTools.RunAsync(
            [.. node.Place.Prefix, program, "-c", _settings.Cookie, "-name", node.Name, .. words],
            stop,
            input,
            environment: ("ERL_EPMD_PORT", _settings.EpmdPort.ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>SIGKILL to everything, and the folder goes.</summary>
    public async ValueTask DisposeAsync()
    {
        await KillAsync().ConfigureAwait(false);
        Directory.Delete(_settings.Folder, recursive: true);
    }

    private static string PasswordFileOf(string folder) => Path.Combine(folder, "password");

    private static string Secret() => RandomNumberGenerator.GetHexString(40, lowercase: true);

    private static ManagedProcess PortMapper(BrokerSettings settings, BrokerNodeSettings node, TimeProvider time)
    {
        string folder = Path.Combine(settings.Folder, string.Create(CultureInfo.InvariantCulture, $"epmd-{node.Number}"));
        return new ManagedProcess(
            new ProcessSpec(
                string.Create(CultureInfo.InvariantCulture, $"port mapper of broker node {node.Number}"),
                folder,
                Path.Combine(folder, "log"),
                ["epmd", "-port", settings.EpmdPort.ToString(CultureInfo.InvariantCulture), "-address", node.Place.Address],
                node.Place),
            time);
    }

    // The port mapper's, then two for each node. Kept: a node finds its peers, and clients their node, where they were.
    private static ImmutableArray<int> PortsOf(string folder, int nodes, bool isolated)
    {
        string file = Path.Combine(folder, "ports.json");
        if (File.Exists(file))
        {
            int[] kept = JsonSerializer.Deserialize<int[]>(File.ReadAllText(file)) ?? [];
            return kept.Length == (2 * nodes) + 1 ? [.. kept] : throw new CommandException(
                ConsoleErrorCodes.Refused,
                string.Create(CultureInfo.InvariantCulture, $"'{folder}' holds a cluster of {(kept.Length - 1) / 2} broker nodes, not of {nodes}"),
                "use as many as it has, or another folder");
        }

        var range = new PortRange(folder);

        // Each node has a network of its own: the well-known ports are free in it.
        int[] ports = isolated
            ? [4369, .. Enumerable.Repeat((int[])[5672, 25672], nodes).SelectMany(pair => pair)]
            : [.. Enumerable.Range(0, (2 * nodes) + 1).Select(_ => range.Take())];
        File.WriteAllText(file, JsonSerializer.Serialize(ports));
        return [.. ports];
    }
}
