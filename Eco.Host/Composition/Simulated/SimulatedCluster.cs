using System.Collections.Immutable;
using Eco.Actors.Agents;
using Eco.Actors.Console;
using Eco.Actors.Hosting;
using Eco.Actors.Timeline;
using Eco.Actors.Timeline.Sql;
using Eco.Engines.Abstractions;
using Eco.Runtime.Actors;
using Eco.Runtime.Cluster;
using Eco.Runtime.Simulation;
using Eco.Schedulers.Placement;
using Microsoft.Data.Sqlite;
using System.Text.Json;

namespace Eco.Host.Composition.Simulated;

/// <summary>How a simulated cluster is laid out.</summary>
public sealed record SimulatedClusterOptions
{
    /// <summary>So many partitions a server has unless it is said otherwise.</summary>
    public const int DefaultPartitions = 16;

    /// <summary>The agents.</summary>
    public required ImmutableArray<AgentProfile> Agents { get; init; }

    /// <summary>How agents keep in touch.</summary>
    public AgentOptions Timing { get; init; } = AgentOptions.Default;

    /// <summary>How durable messages are sent.</summary>
    public EntityOptions Entities { get; init; } = EntityOptions.Default;

    /// <summary>Partitions of the server.</summary>
    public int Partitions { get; init; } = DefaultPartitions;

    /// <summary>The server hosts; several share one database, and stand by for one another.</summary>
    public ImmutableArray<string> Servers { get; init; } = [SimulatedCluster.ServerName];

    /// <summary>The folder of data files.</summary>
    public string DataRoot { get; init; } = ".";

    /// <summary>Sees each step's result with its agent; for exact figures, in place of windowed statistics.</summary>
    public Action<string, StepResult>? OnStep { get; init; }

    /// <summary>Whether the server keeps a timeline. Without one the reading verbs have no answer, and nothing follows the journal.</summary>
    public bool HasTimeline { get; init; } = true;

    /// <summary>Makes an agent's engines in place of the product's; null for those.</summary>
    public Func<SimulatedHost, AgentProfile, IEngineHost>? Engines { get; init; }

    /// <summary>Puts something between a host's actors and its ports, at each start of the host: an observer, or a planted fault.</summary>
    public Func<SimulatedHost, SimulatedPorts, SimulatedPorts> Ports { get; init; } = (_, ports) => ports;

    /// <summary>The simulated world.</summary>
    public SimulationOptions World { get; init; } = new();
}

/// <summary>
/// A server and its agents in the simulated world: the actors of the product on simulated ports, one host identity each. Tests and experiments
/// drive it with <see cref="SimulatedWorld.RunUntil"/>.
/// </summary>
public sealed class SimulatedCluster : IDisposable
{
    /// <summary>The server's name in the world.</summary>
    public const string ServerName = "server";

    private readonly SimulatedClusterOptions _options;
    private readonly EngineCatalogue _engines = EngineCatalogue.Default;
    private readonly Dictionary<string, IActorRef> _consoles = new(StringComparer.Ordinal);
    private readonly TimelineDatabase? _timeline;
    private readonly TimelineReader? _reader;
    private readonly SqliteConnection? _connection;
    private long _requests;

    /// <summary>Lays out the cluster and starts all hosts.</summary>
    /// <param name="seed">Decides every interleaving and all chance.</param>
    /// <param name="options">The layout.</param>
    public SimulatedCluster(ulong seed, SimulatedClusterOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        if (options.HasTimeline)
        {
            _connection = new SqliteConnection("Data Source=:memory:");
            _connection.Open();
            _timeline = new TimelineDatabase(SqliteTimeline.Over(_connection));
            _reader = new TimelineReader(SqliteTimeline.Over(_connection), null, _engines.Descriptors);
        }

        World = new SimulatedWorld(seed, options.World);
        SimulatedDatabase? shared = options.Servers.Length > 1 ? World.AddDatabase(ServerName) : null;
        foreach (string server in options.Servers)
        {
            World.AddHost(server, new SimulatedHostOptions { Site = "cloud", Database = shared }, BootServer);
        }

        foreach (AgentProfile profile in options.Agents)
        {
            AddAgent(profile);
        }
    }

    /// <summary>The world.</summary>
    public SimulatedWorld World { get; }

    /// <summary>The console of the first server; null while it starts.</summary>
    public IActorRef? Console => ConsoleOf(_options.Servers[0]);

    /// <summary>What a host reported as the reason that it cannot start; null if all is well.</summary>
    public string? Failure { get; private set; }

    /// <summary>The console of a server; null while it starts or is down.</summary>
    public IActorRef? ConsoleOf(string server) => World.Hosts[server].IsUp ? _consoles.GetValueOrDefault(server) : null;

    /// <summary>The actor system of a host's present start.</summary>
    public ActorSystem SystemOf(string host) => World.Hosts[host].System;

    /// <summary>Adds an agent and starts it.</summary>
    public SimulatedHost AddAgent(AgentProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        return World.AddHost(profile.Id, new SimulatedHostOptions { Site = profile.Site }, host => BootAgent(host, profile));
    }

    /// <summary>Adds a second host, of another name in the world, with an agent's identity.</summary>
    public SimulatedHost AddTwin(string name, AgentProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        return World.AddHost(name, new SimulatedHostOptions { Site = profile.Site }, host => BootAgent(host, profile));
    }

    /// <summary>Drives the world until all agents have joined.</summary>
    public void AwaitAgents(TimeSpan limit) => World.RunUntil(
        () => Read<ImmutableArray<AgentView>>(ConsoleVerbs.Agents).Length == World.Hosts.Count - _options.Servers.Length,
        limit,
        () => $"not all agents have joined; {Failure}");

    /// <summary>Sends a verb to the server and drives the world until it is answered.</summary>
    /// <exception cref="InvalidOperationException">The server does not run.</exception>
    public ConsoleReply Ask(ConsoleRequest request, TimeSpan limit) => Ask(_options.Servers[0], request, limit);

    /// <summary>Sends a verb to one of the servers and drives the world until it is answered.</summary>
    public ConsoleReply Ask(string server, ConsoleRequest request, TimeSpan limit)
    {
        World.RunUntil(() => ConsoleOf(server) is not null, limit, () => $"{server} is not ready: {Failure}");
        ConsoleReply? reply = null;
        ActorSystem system = SystemOf(server);
        IActorRef collector = system.ActorOf(
            Props.Create(() => new ReplyCollector(answer => reply = answer)), $"request-{++_requests}");
        ConsoleOf(server)!.Tell(request, collector);
        World.RunUntil(() => reply is not null, limit, () => $"no answer to {request.Verb}");
        return reply!;
    }

    /// <summary>Sends a verb without a file.</summary>
    public ConsoleReply Ask(string verb, params ReadOnlySpan<(string Name, string Value)> arguments)
    {
        var named = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach ((string name, string value) in arguments)
        {
            named[name] = value;
        }

        return Ask(new ConsoleRequest(++_requests, verb, named.ToImmutable()), TimeSpan.FromMinutes(1));
    }

    /// <summary>Submits an ION.</summary>
    public ConsoleReply Submit(string source, string file = "ion.conf") => Ask(
        new ConsoleRequest(
            ++_requests,
            ConsoleVerbs.IonSubmit,
            ImmutableSortedDictionary<string, string>.Empty.Add("file", file),
            source),
        TimeSpan.FromMinutes(1));

    /// <summary>An ION's state in the timeline; null while it has none.</summary>
    public string? StateOf(string ion) => Reader.FindIon(ion)?.View.State;

    /// <summary>All that the timeline knows of an ION.</summary>
    public IonDetailView? Detail(string ion) => Read<IonDetailView>(ConsoleVerbs.IonShow, ("ion", ion));

    /// <summary>The story so far, for a failure's text.</summary>
    public string Describe(string ion)
    {
        IEnumerable<EventView> story = Read<ImmutableArray<EventView>>(ConsoleVerbs.Timeline, ("ion", ion), ("limit", "40"));
        return string.Join('\n', story.Select(line => $"{line.At:HH:mm:ss.fff} {line.Kind} {line.Node} {line.Agent}: {line.Text}"));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        World.Dispose();
        _timeline?.Dispose();
        _reader?.Dispose();
        _connection?.Dispose();
    }

    private TimelineReader Reader => _reader ?? throw new InvalidOperationException("this cluster keeps no timeline");

    private T? Read<T>(string verb, params ReadOnlySpan<(string Name, string Value)> arguments)
    {
        var named = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach ((string name, string value) in arguments)
        {
            named[name] = value;
        }

        ConsoleReply reply = Reader.Answer(new ConsoleRequest(0, verb, named.ToImmutable()));
        return reply.Data is { } data ? (T?)data.Deserialize(typeof(T), ConsoleJson.Default) : default;
    }

    private void BootServer(SimulatedHost host)
    {
        _consoles.Remove(host.Id);
        ActorSystem system = Boot(host);
        SimulatedPorts own = PortsOf(host);

        ITimelineStore timeline = _timeline is null
            ? new NoTimeline()
            : new TimelineStore(_timeline, Reader, (what, call) => host.Schedule(TimeSpan.FromMilliseconds(1), what, call));
        var ports = new ServerPorts(own.Journal, own.Artifacts, own.Statistics, timeline, own.Transport, host.CrashPoints);
        var setup = new ServerSetup(
            _options.Partitions,
            $"{host.Id}/{host.Incarnation}",
            _options.Timing,
            _options.Entities,
            _timeline is not null ? TimeSpan.FromMilliseconds(200) : TimeSpan.FromDays(1),
            _engines.Descriptors,
            () => { },
            SharesDatabase: _options.Servers.Length > 1,
            ArtifactsAt: SimulatedArtifactTransfer.EndpointOf(host.Id));
        ServerRole.Start(system, setup, ports);
    }

    private void BootAgent(SimulatedHost host, AgentProfile profile)
    {
        ActorSystem system = Boot(host);
        IEngineHost engines = _options.Engines?.Invoke(host, profile) ?? new SimulatedEngineHost(
            new EngineBench(profile.Id, profile.Labels, _options.DataRoot, _engines.Engines), host, _options.OnStep);
        SimulatedPorts own = PortsOf(host);
        var ports = new AgentPorts(own.Journal, own.Artifacts, own.Statistics, engines, own.Transport, own.Transfer, host.CrashPoints);
        AgentRole.Start(system, new AgentSetup(profile, $"{host.Id}/{host.Incarnation}", _options.Timing, _options.Entities, host.Id), ports);
    }

    private SimulatedPorts PortsOf(SimulatedHost host) =>
        _options.Ports(host, new SimulatedPorts(host.Journal, host.Artifacts, host.Statistics, host.Transport, host.Transfer));

    private ActorSystem Boot(SimulatedHost host)
    {
        // The host's own: what fails in it outside an actor fails the run, and it ends with the host.
        ActorSystem system = host.System;
        IActorRef observer = system.ActorOf(Props.Create(() => new BootObserver(_ => { }, ready => _consoles[host.Id] = ready.Console, reason => Failure = reason)), "boot");
        system.EventStream.Subscribe(observer, typeof(ServerReady));
        system.EventStream.Subscribe(observer, typeof(EntityHostFailed));
        return system;
    }

    private sealed class ReplyCollector : ReceiveActor
    {
        public ReplyCollector(Action<ConsoleReply> take) => Receive<ConsoleReply>(reply =>
        {
            take(reply);
            Context.Stop(Self);
        });
    }
}
