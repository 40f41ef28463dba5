using System.Collections.Immutable;
using System.Globalization;
using System.Threading.Channels;
using Eco.Actors.Agents;
using Eco.Actors.Console;
using Eco.Actors.Hosting;
using Eco.Actors.Timeline;
using Eco.Host.Artifacts;
using Eco.Host.Commands;
using Eco.Host.Composition.EngineProcesses;
using Eco.Host.ConsoleSocket;
using Eco.Host.State;
using Eco.Runtime.Actors;
using Eco.Runtime.Cluster;
using Eco.Runtime.Persistence.Journals;
using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Artifacts;
using Eco.Runtime.Persistence.Sqlite;
using Eco.Runtime.Persistence.Statistics;

namespace Eco.Host.Composition.Hosting;

/// <summary>
/// The roles of this process for real: wall clock, thread pool, disks, sockets. Each host identity has its own actor system, folder, journal
/// and statistics file; nothing is shared but, without brokers, the transport.
/// </summary>
internal sealed class EcoHost : IConsoleEndpoint, IAsyncDisposable
{
    private static readonly TimeSpan AskPatience = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan CatchUpPatience = TimeSpan.FromSeconds(2);
    private const int WatchBuffer = 4096;
    private const int SharedWorkers = 8;

    private readonly EcoHostSetup _setup;
    private readonly EngineCatalogue _engines = EngineCatalogue.Default;
    private readonly HostResources _resources;
    private readonly HostTransports _transports;
    private readonly List<ActorSystem> _agents = [];
    private readonly SortedDictionary<string, Task<IActorRef>> _agentsReady = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource<ServerReady> _serverReady = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _stopAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lazy<Task<IActorRef>> _console;
    private ActorSystem? _server;
    private IArtifactStore? _models;
    private volatile ConsoleError? _refusal;
    private IReadOnlyList<SerialWorker>? _workers;

    private EcoHost(EcoHostSetup setup)
    {
        _setup = setup;
        _resources = new HostResources(setup.Logging, setup.StopWithin);
        _transports = new HostTransports(setup.Brokers, _resources);
        _console = new Lazy<Task<IActorRef>>(StartConsoleAsync);
    }

    /// <summary>Completes with the reason when the storage or a worker fails: the process must end, and start again from its journals.</summary>
    public Task<string> Fault => _resources.Fault;

    /// <summary>Completes when <c>eco stop</c> has asked for an end.</summary>
    public Task StopAsked => _stopAsked.Task;

    /// <summary>What went between the host identities of this process in memory.</summary>
    public TransportCounters Traffic => _transports.Counters;

    /// <summary>Opens all folders, starts all roles and waits until they take work. The caller holds the state directory's lock.</summary>
    /// <exception cref="StorageOpenException">A journal or store cannot be opened.</exception>
    public static async Task<EcoHost> StartAsync(EcoHostSetup setup, CancellationToken cancellation)
    {
        var host = new EcoHost(setup);
        try
        {
            if (setup.Server is { } server)
            {
                await host.StartServerAsync(server, cancellation).ConfigureAwait(false);
            }

            foreach (LocalAgent agent in setup.Agents)
            {
                host.StartAgent(agent);
            }

            Task ready = Task.WhenAll([host.ConsoleAsync(), .. host._agentsReady.Values]);
            await Task.WhenAny(ready, host.Fault).WaitAsync(cancellation).ConfigureAwait(false);

            // After a crash the timeline may be behind the journal; the first question must find all that was decided before.
            await host.CatchUpAsync().WaitAsync(cancellation).ConfigureAwait(false);
            return host;
        }
        catch
        {
            await host.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Ends a command whose host cannot go on.</summary>
    /// <exception cref="CommandException">Code <c>state</c>: the storage or a worker has failed.</exception>
    public void ThrowIfFailed()
    {
        if (Fault.IsCompletedSuccessfully)
        {
            throw new CommandException(
                ConsoleErrorCodes.State, Fault.Result, "run eco doctor; then run the command again, it goes on from the journals");
        }
    }

    /// <inheritdoc/>
    public async Task<ConsoleReply> AskAsync(ConsoleRequest request, CancellationToken cancellation)
    {
        if (_refusal is { } refusal && ConsoleVerbs.BringWork.Contains(request.Verb))
        {
            return ConsoleJson.Failure(request.Id, refusal.Code, refusal.Cause, refusal.Cure);
        }

        try
        {
            IActorRef console = await ConsoleAsync().WaitAsync(cancellation).ConfigureAwait(false);
            return await console.Ask<ConsoleReply>(request, AskPatience).WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (AskTimeoutException e)
        {
            return ConsoleJson.Failure(request.Id, ConsoleErrorCodes.NoHost, e.Message, "see the host's log");
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ConsoleReply> WatchAsync(
        ConsoleRequest request,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        IActorRef console = await ConsoleAsync().WaitAsync(cancellation).ConfigureAwait(false);
        var channel = Channel.CreateBounded<ConsoleReply>(
            new BoundedChannelOptions(WatchBuffer) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        ActorSystem system = _server ?? _agents[0];
        IActorRef watcher = system.ActorOf(Props.Create(() => new WatchActor(channel.Writer)), null);
        console.Tell(request, watcher);
        try
        {
            await foreach (ConsoleReply reply in channel.Reader.ReadAllAsync(cancellation).ConfigureAwait(false))
            {
                yield return reply;
            }
        }
        finally
        {
            system.Stop(watcher);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await CoordinatedShutdown.Get(_server).Run(HostStops.Instance).ConfigureAwait(false);
        }
        else
        {
            await StopAgentsAsync().ConfigureAwait(false);
        }

        await _resources.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>The server's console or, on a host of agents alone, that of its first agent.</summary>
    private Task<IActorRef> ConsoleAsync() => _console.Value;

    private async Task<IActorRef> StartConsoleAsync()
    {
        if (_setup.Server is not null)
        {
            return (await _serverReady.Task.ConfigureAwait(false)).Console;
        }

        var routers = ImmutableSortedDictionary.CreateBuilder<string, IActorRef>(StringComparer.Ordinal);
        foreach ((string agent, Task<IActorRef> ready) in _agentsReady)
        {
            routers.Add(agent, await ready.ConfigureAwait(false));
        }

        ImmutableSortedDictionary<string, IActorRef> all = routers.ToImmutable();
        return _agents[0].ActorOf(Props.Create(() => new AgentConsoleActor(all, () => _stopAsked.TrySetResult())), "console");
    }

    private Task StopAgentsAsync() =>
        Task.WhenAll(_agents.Select(agent => CoordinatedShutdown.Get(agent).Run(HostStops.Instance)));

    private async Task CatchUpAsync()
    {
        if (!_serverReady.Task.IsCompletedSuccessfully || Fault.IsCompleted)
        {
            return;
        }

        ServerReady server = await _serverReady.Task.ConfigureAwait(false);
        try
        {
            await server.Timeline.Ask<TimelineCaughtUp>(new CatchUpTimeline(), CatchUpPatience).ConfigureAwait(false);
        }
        catch (AskTimeoutException e)
        {
            _resources.Logger<EcoHost>().LogTimelineBehind(e.Message);
        }
    }

    private async Task StartServerAsync(ServerHostSetup server, CancellationToken cancellation)
    {
        ServerStorage storage = ServerStorage.Open(_setup, _engines, _resources, refusal => _refusal = refusal);
        _models = storage.Artifacts;
        string? artifactsAt = null;
        if (_setup.Brokers is not null)
        {
            ArtifactServer endpoint = _resources.Keep(await ListenAsync(server, storage, cancellation).ConfigureAwait(false));
            artifactsAt = endpoint.Endpoint.ToString();
        }

        ActorSystem system = _resources.NewSystem(server.HostId);
        _server = system;
        Observe(system, _ => { }, ready => _serverReady.TrySetResult(ready));
        CoordinatedShutdown shutdown = CoordinatedShutdown.Get(system);

        // Agents first, so that the server still takes what they have to say. Reading verbs work without a host afterwards; they should find
        // all that this one has decided.
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "agents", StopAgentsAsync);
        shutdown.AddTask(CoordinatedShutdown.PhaseBeforeActorSystemTerminate, "timeline", CatchUpAsync);
        ServerRole.Start(
            system,
            new ServerSetup(
                server.Partitions,
                $"{server.HostId}/{_resources.StartId}",
                _setup.Timing,
                _setup.Entities with { KeepEvents = server.KeepEvents },
                server.FollowJournalEvery,
                _engines.Descriptors,
                () => _stopAsked.TrySetResult(),
                storage.IsShared,
                artifactsAt),
            new ServerPorts(
                storage.Journal,
                storage.Artifacts,
                storage.Statistics,
                storage.Timeline,
                _transports.OfServer(server.HostId),
                _setup.CrashPoints));
    }

    private void StartAgent(LocalAgent agent)
    {
        string id = agent.Profile.Id;
        HostFolder folder = _setup.State.Agent(id);
        Directory.CreateDirectory(folder.Path);
        FileArtifactStore artifacts = _resources.OpenArtifacts(folder, _setup.MaxArtifactBytes);
        StatisticsStore statistics = _resources.Keep(StatisticsStore.Open(
            new StatisticsStoreOptions
            {
                Path = folder.Statistics,
                MaxBytes = _setup.StatisticsBufferBytes,
                OnStorageFault = _resources.OnFault,
            },
            _resources.Logger<StatisticsStore>()));
        SqliteJournal journal = _resources.Keep(SqliteJournal.Open(
            new SqliteJournalOptions
            {
                Path = folder.Journal,
                PartitionCount = 1,
                OnStorageFault = _resources.OnFault,
                OnFull = full => statistics.IsPaused = full,
            },
            _setup.CrashPoints,
            _resources.Logger<SqliteJournal>()));
        IEngineHost engines = EnginesOf(agent, folder);

        ActorSystem system = _resources.NewSystem(id);
        _agents.Add(system);
        var ready = new TaskCompletionSource<IActorRef>(TaskCreationOptions.RunContinuationsAsynchronously);
        _agentsReady.Add(id, ready.Task);
        Observe(system, host => ready.TrySetResult(host.Router), _ => { });
        AgentRole.Start(
            system,
            new AgentSetup(
                agent.Profile,
                $"{id}/{_resources.StartId}",
                _setup.Timing,
                _setup.Entities,
                string.Create(CultureInfo.InvariantCulture, $"host {Environment.MachineName}, process {Environment.ProcessId}, {folder.Path}")),
            new AgentPorts(
                journal, artifacts, statistics, engines, _transports.OfAgent(id), TransferOf(artifacts), _setup.CrashPoints));
    }

    private IArtifactTransfer TransferOf(FileArtifactStore artifacts)
    {
        var limits = new TransferLimits { MaximumBytes = _setup.MaxArtifactBytes };
        return _setup.Brokers is null
            ? new LocalArtifactTransfer(artifacts, _models!, limits with { MaximumActive = 2 })
            : _resources.Keep(new HttpArtifactTransfer(new HttpArtifactTransferOptions { Limits = limits }, artifacts, TimeProvider.System, _setup.Logging));
    }

    private IEngineHost EnginesOf(LocalAgent agent, HostFolder folder)
    {
        (string Id, ImmutableSortedDictionary<string, string> Labels) profile = (agent.Profile.Id, agent.Profile.Labels);
        if (_setup.EngineProcesses is { } bounds)
        {
            return _resources.Keep(new EngineProcessHost(
                profile, agent.DataRoot, folder.Engines, bounds, TimeProvider.System, _resources.Logger<EngineProcessHost>()));
        }

        EngineBench bench = _resources.KeepOpen(new EngineBench(profile.Id, profile.Labels, agent.DataRoot, _engines.Engines));
        return new ThreadedEngineHost(bench, WorkersOf(profile.Id));
    }

    // A thread for each agent, unless they are many: then a few for all.
    private IReadOnlyList<SerialWorker> WorkersOf(string agent) => _setup.Agents.Length <= SharedWorkers
        ? [_resources.Worker($"eco engines of {agent}")]
        : _workers ??= [.. Enumerable.Range(1, SharedWorkers).Select(number => _resources.Worker($"eco engines {number}"))];

    private void Observe(ActorSystem system, Action<EntityHostReady> hostReady, Action<ServerReady> serverReady)
    {
        IActorRef observer = system.ActorOf(
            Props.Create(() => new BootObserver(hostReady, serverReady, _resources.OnFault)), "boot");
        foreach (Type type in (Type[])[typeof(EntityHostReady), typeof(ServerReady), typeof(EntityHostFailed)])
        {
            system.EventStream.Subscribe(observer, type);
        }
    }

    private async Task<ArtifactServer> ListenAsync(ServerHostSetup server, ServerStorage storage, CancellationToken cancellation)
    {
        try
        {
            return await ArtifactServer.StartAsync(server.Artifacts, storage.Content, _setup.Logging, cancellation).ConfigureAwait(false);
        }
        catch (IOException error)
        {
            throw new CommandException(
                ConsoleErrorCodes.Refused,
                $"nothing can listen on {server.Artifacts.Listen} (eco.server.artifacts.listen): {error.Message}",
                "end the program that does ('ss -ltnp' names it), or choose another address",
                error);
        }
    }

    private sealed record HostStops : CoordinatedShutdown.Reason
    {
        public static HostStops Instance { get; } = new();
    }

    private sealed class WatchActor : ReceiveActor
    {
        public WatchActor(ChannelWriter<ConsoleReply> writer) => Receive<ConsoleReply>(reply => writer.TryWrite(reply));
    }
}
