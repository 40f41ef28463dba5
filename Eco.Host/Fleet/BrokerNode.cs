using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Eco.Actors.Console;
using Eco.Host.Commands;

namespace Eco.Host.Fleet;

/// <summary>One RabbitMQ server as a plain process.</summary>
internal sealed class BrokerNode
{
    private static readonly TimeSpan StartWithin = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(2);
    private static readonly byte[] ProtocolHeader = [.. "AMQP"u8, 0, 0, 9, 1];

    private readonly BrokerSettings _cluster;
    private readonly BrokerNodeSettings _settings;
    private readonly ManagedProcess _process;

    /// <summary>Knows a node, started or not.</summary>
    public BrokerNode(BrokerSettings cluster, BrokerNodeSettings settings, TimeProvider time)
    {
        _cluster = cluster;
        _settings = settings;
        _process = new ManagedProcess(
            new ProcessSpec(
                string.Create(CultureInfo.InvariantCulture, $"broker node {settings.Number}"),
                settings.Folder,
                Path.Combine(settings.Folder, "log"),
                [PackageTools.RabbitServer],
                settings.Place)
            {
                Environment = cluster.EnvironmentOf(settings),
            },
            time);
    }

    /// <summary>From 1 on.</summary>
    public int Number => _settings.Number;

    /// <summary>Its name in the cluster.</summary>
    public string Name => _settings.Name;

    /// <summary>Where it runs.</summary>
    public NetworkPlace Place => _settings.Place;

    /// <summary>Where it takes clients.</summary>
    public int Port => _settings.Port;

    /// <summary>Where it takes clients, without the password.</summary>
    public string Endpoint => string.Create(CultureInfo.InvariantCulture, $"amqp://{BrokerSettings.User}@{Place.Address}:{Port}");

    /// <summary>Its process.</summary>
    public ProcessIdentity? Identity => _process.Identity;

    /// <summary>Whether its process runs; paused counts.</summary>
    public bool IsAlive => _process.IsAlive;

    /// <summary>Starts its process, unless it runs.</summary>
    /// <exception cref="CommandException">Another program has its port.</exception>
    public void Start()
    {
        if (!IsAlive && Place.Namespace is null)
        {
            foreach (int port in (int[])[Port, _settings.DistributionPort])
            {
                if (!PortRange.IsFree(IPAddress.Parse(Place.Address), port))
                {
                    throw new CommandException(
                        ConsoleErrorCodes.Refused,
                        string.Create(CultureInfo.InvariantCulture, $"{_process.Name} cannot listen on {Place.Address}:{port}: another program does"),
                        "end that program ('ss -ltnp' names it), or use another folder");
                }
            }
        }

        _process.Start();
    }

    /// <summary>Waits until it answers clients: it has joined its cluster then. It logs each step of its start, so that on a busy machine it gets the time that it needs.</summary>
    public Task ReadyAsync(CancellationToken stop = default) => _process.ReadyAsync(
        AnswersAsync,
        StartWithin,
        stop,
        new WaitProgress(() => _process.LogBytes, () => string.Create(CultureInfo.InvariantCulture, $"{_process.LogBytes} bytes of its log")));

    /// <summary>Whether it answers clients now.</summary>
    public async Task<bool> AnswersAsync()
    {
        using var deadline = new CancellationTokenSource(AnswerWithin);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(Place.Address, Port, deadline.Token).ConfigureAwait(false);
            NetworkStream stream = client.GetStream();
            await stream.WriteAsync(ProtocolHeader, deadline.Token).ConfigureAwait(false);
            byte[] answer = new byte[1];

            // A method frame (Connection.Start); a header would mean that it speaks another version.
            return await stream.ReadAsync(answer, deadline.Token).ConfigureAwait(false) == 1 && answer[0] == 1;
        }
        catch (Exception error) when (error is SocketException or IOException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>
    /// Whether the cluster that it belongs to can make quorum queues. A new one of 3.10 on a busy machine at times cannot: where other parts of the
    /// broker have made their files before it looks, it takes itself for an old one, for which an operator has to switch them on.
    /// </summary>
    public bool HasQuorumQueues
    {
        get
        {
            string flags = Path.Combine(_settings.Folder, "mnesia", Name + "-feature_flags");
            return File.Exists(flags) && File.ReadAllText(flags).Contains("quorum_queue", StringComparison.Ordinal);
        }
    }

    /// <summary>Runs <c>rabbitmqctl</c> on it, as an operator would; takes seconds.</summary>
    /// <returns>What it printed.</returns>
    /// <exception cref="CommandException">It failed; says how.</exception>
    public Task<string> ControlAsync(ImmutableArray<string> words, CancellationToken stop = default) => PackageTools.RunAsync(
        [.. Place.Prefix, PackageTools.RabbitControl, "-q", "-l", "-n", Name, .. words],
        stop,
        environment: [.. _cluster.EnvironmentOf(_settings).Where(entry => entry.Key is "HOME" or "ERL_EPMD_PORT").Select(entry => (entry.Key, entry.Value))]);

    /// <summary>SIGKILL; returns when it is gone.</summary>
    public Task KillAsync() => _process.KillAsync();

    /// <summary>Ends it in order.</summary>
    public Task StopAsync() => _process.StopAsync(Signals.Terminate, StopWithin);

    /// <summary>SIGSTOP.</summary>
    public void Pause() => _process.Pause();

    /// <summary>SIGCONT.</summary>
    public void Resume() => _process.Resume();

    /// <summary>Starts it again, from its own disk, and waits until it answers clients.</summary>
    public async Task RestartAsync(CancellationToken stop = default)
    {
        await KillAsync().ConfigureAwait(false);
        Start();
        await ReadyAsync(stop).ConfigureAwait(false);
    }
}
