using System.Security.Cryptography;
using System.Threading.Channels;
using Eco.Actors.Console;
using Eco.Actors.Hosting;
using Eco.Actors.Timeline;
using Eco.Actors.Timeline.Sql;
using Eco.Host.Commands;
using Eco.Host.ConsoleSocket;
using Eco.Host.State;
using Eco.Runtime.Actors;
using Eco.Runtime.Cluster;
using Eco.Runtime.Dispatch;
using Eco.Runtime.Persistence.Artifacts;
using Eco.Runtime.Persistence.Sqlite;
using Eco.Runtime.Persistence.Statistics;
using Microsoft.Extensions.Logging;

namespace Eco.Host.Composition.Local;

/// <summary>
/// A server and its agents in this process: wall clock, thread pool, SQLite, the in-process transport. Each host identity has its own actor
/// system, folder, journal and statistics file; nothing is shared but the transport.
/// </summary>
internal sealed class LocalHost : IConsoleEndpoint, IAsyncDisposable
{
    private static readonly TimeSpan AskPatience = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan CatchUpPatience = TimeSpan.FromSeconds(2);
    private const int WatchBuffer = 4096;

    private readonly LocalHostSetup _setup;
    private readonly string _writerId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
    private readonly EngineCatalogue _engines = EngineCatalogue.Default;
    private readonly List<ActorSystem> _systems = [];
    private readonly List<IAsyncDisposable> _stores = [];
    private readonly List<IDisposable> _workers = [];
    private readonly InProcessTransport _transport = new();
    private readonly TaskCompletionSource<ServerReady> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> _fault = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _stopAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private volatile bool _isFull;

    private LocalHost(LocalHostSetup setup) => _setup = setup;

    /// <summary>Completes with the reason when the storage or a worker fails: the process must end, and start again from its journals.</summary>
    public Task<string> Fault => _fault.Task;

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

    /// <summary>Completes when <c>eco stop</c> has asked for an end.</summary>
    public Task StopAsked => _stopAsked.Task;

    /// <summary>What went between the host identities.</summary>
    public TransportCounters Traffic => _transport.Counters;

    /// <summary>Opens all folders and starts all roles. The caller holds the state directory's lock.</summary>
    /// <exception cref="StorageOpenException">A journal or store cannot be opened.</exception>
    public static async Task<LocalHost> StartAsync(LocalHostSetup setup, CancellationToken cancellation)
    {
        var host = new LocalHost(setup);
        try
        {
            host.StartServer();
            foreach (LocalAgent agent in setup.Agents)
            {
                host.StartAgent(agent);
            }

            await Task.WhenAny(host._ready.Task, host._fault.Task).WaitAsync(cancellation).ConfigureAwait(false);

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

    /// <inheritdoc/>
    public async Task<ConsoleReply> AskAsync(ConsoleRequest request, CancellationToken cancellation)
    {
        if (_isFull && ConsoleVerbs.BringWork.Contains(request.Verb))
        {
            return ConsoleJson.Failure(
                request.Id, ConsoleErrorCodes.Refused, "JournalFull: the server's disk is full, and nothing new is taken", "free some space; the host goes on by itself then");
        }

        ServerReady server = await _ready.Task.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return await server.Console.Ask<ConsoleReply>(request, AskPatience).WaitAsync(cancellation).ConfigureAwait(false);
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
        ServerReady server = await _ready.Task.WaitAsync(cancellation).ConfigureAwait(false);
        var channel = Channel.CreateBounded<ConsoleReply>(
            new BoundedChannelOptions(WatchBuffer) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        ActorSystem system = _systems[0];
        IActorRef watcher = system.ActorOf(Props.Create(() => new WatchActor(channel.Writer)), null);
        server.Console.Tell(request, watcher);
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
        // The stores go last, when nobody writes any more.
        foreach (ActorSystem server in _systems.Take(1))
        {
            await CoordinatedShutdown.Get(server).Run(HostStops.Instance).ConfigureAwait(false);
        }

        foreach (ActorSystem system in _systems.Where(system => !system.WhenTerminated.IsCompleted))
        {
            Logger<LocalHost>().LogCutOff(system.Name, _setup.StopWithin.TotalSeconds);
            system.Abort();
        }

        foreach (IDisposable worker in _workers)
        {
            worker.Dispose();
        }

        foreach (IAsyncDisposable store in Enumerable.Reverse(_stores))
        {
            await store.DisposeAsync().ConfigureAwait(false);
        }
    }

    private Task StopAgentsAsync() =>
        Task.WhenAll(_systems.Skip(1).Select(agent => CoordinatedShutdown.Get(agent).Run(HostStops.Instance)));

    private async Task CatchUpAsync()
    {
        if (!_ready.Task.IsCompletedSuccessfully || _fault.Task.IsCompleted)
        {
            return;
        }

        ServerReady server = await _ready.Task.ConfigureAwait(false);
        try
        {
            await server.Timeline.Ask<TimelineCaughtUp>(new CatchUpTimeline(), CatchUpPatience).ConfigureAwait(false);
        }
        catch (AskTimeoutException e)
        {
            Logger<LocalHost>().LogTimelineBehind(e.Message);
        }
    }

    private void StartServer()
    {
        HostFolder folder = _setup.State.Server;
        Directory.CreateDirectory(folder.Path);
        StorageErrors.RequireJournal(folder);
        SqliteJournal journal = OpenJournal(folder, _setup.Partitions, full => _isFull = full);
        FileArtifactStore artifacts = Keep(FileArtifactStore.Open(new FileArtifactStoreOptions { Folder = folder.Artifacts }, Logger<FileArtifactStore>()));
        StatisticsStore statistics = OpenStatistics(folder);
        TimelineDatabase database = TimelineFile.Open(folder.Timeline, Logger<TimelineDatabase>());
        StatisticsSource newest = StatisticsSource.Open(folder.Statistics);
        _stores.Add(new Closing(newest.Dispose));
        TimelineReader reader = TimelineReader.Open(folder.Timeline, newest, _engines.Descriptors);
        SerialWorker worker = Worker("eco timeline");
        _stores.Add(new Closing(database.Dispose));
        _stores.Add(new Closing(reader.Dispose));

        ActorSystem system = NewSystem("server");
        CoordinatedShutdown shutdown = CoordinatedShutdown.Get(system);

        // Agents first, so that the server still takes what they have to say. Reading verbs work without a host afterwards; they should find
        // all that this one has decided.
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "agents", StopAgentsAsync);
        shutdown.AddTask(CoordinatedShutdown.PhaseBeforeActorSystemTerminate, "timeline", CatchUpAsync);
        var ports = new ServerPorts(
            journal,
            artifacts,
            statistics,
            new TimelineStore(database, reader, (_, call) => worker.Post(call)),
            _transport,
            _setup.CrashPoints);
        var setup = new ServerSetup(
            _setup.Partitions,
            $"server/{_writerId}",
            _setup.Timing,
            _setup.Entities with { KeepEvents = _setup.KeepEvents },
            _setup.FollowJournalEvery,
            _engines.Descriptors,
            () => _stopAsked.TrySetResult());
        ServerRole.Start(system, setup, ports);
    }

    private void StartAgent(LocalAgent agent)
    {
        HostFolder folder = _setup.State.Agent(agent.Profile.Id);
        Directory.CreateDirectory(folder.Path);
        FileArtifactStore artifacts = Keep(FileArtifactStore.Open(new FileArtifactStoreOptions { Folder = folder.Artifacts }, Logger<FileArtifactStore>()));
        StatisticsStore statistics = OpenStatistics(folder);
        SqliteJournal journal = OpenJournal(folder, 1, full => statistics.IsPaused = full);
        var bench = new EngineBench(agent.Profile.Id, agent.Profile.Labels, agent.DataRoot, _engines.Engines);
        SerialWorker worker = Worker($"eco engines of {agent.Profile.Id}");
        _stores.Add(new Closing(bench.Dispose));

        ActorSystem system = NewSystem(agent.Profile.Id);
        var ports = new AgentPorts(
            journal, artifacts, statistics, new ThreadedEngineHost(bench, [worker]), _transport, _setup.CrashPoints);
        AgentRole.Start(
            system,
            new AgentSetup(agent.Profile, $"{agent.Profile.Id}/{_writerId}", _setup.Timing, _setup.Entities),
            ports);
    }

    private ActorSystem NewSystem(string name)
    {
        ActorSystem system = ActorSystem.Create(name, new ActorSystemSettings
        {
            Random = new SeededRandomSource(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8))),
            LoggerFactory = _setup.Logging,
            CoordinatedShutdownPhases = CoordinatedShutdown.DefaultPhases.ToDictionary(
                phase => phase.Key, phase => phase.Value with { Timeout = _setup.StopWithin }, StringComparer.Ordinal),
        });
        _systems.Add(system);
        IActorRef observer = system.ActorOf(
            Props.Create(() => new BootObserver(ready => _ready.TrySetResult(ready), reason => _fault.TrySetResult(reason))), "boot");
        system.EventStream.Subscribe(observer, typeof(ServerReady));
        system.EventStream.Subscribe(observer, typeof(EntityHostFailed));
        return system;
    }

    private SqliteJournal OpenJournal(HostFolder folder, int partitions, Action<bool> onFull) => Keep(SqliteJournal.Open(
        new SqliteJournalOptions { Path = folder.Journal, PartitionCount = partitions, OnStorageFault = OnFault, OnFull = onFull },
        _setup.CrashPoints,
        Logger<SqliteJournal>()));

    private StatisticsStore OpenStatistics(HostFolder folder) => Keep(StatisticsStore.Open(
        new StatisticsStoreOptions { Path = folder.Statistics, MaxBufferedRows = _setup.StatisticsBufferRows, OnStorageFault = OnFault },
        Logger<StatisticsStore>()));

    private T Keep<T>(T store)
        where T : IAsyncDisposable
    {
        _stores.Add(store);
        return store;
    }

    private SerialWorker Worker(string name)
    {
        var worker = new SerialWorker(name, Logger<SerialWorker>(), OnFault);
        _workers.Add(worker);
        return worker;
    }

    private ILogger Logger<T>() => _setup.Logging.CreateLogger<T>();

    private void OnFault(Exception fault) => _fault.TrySetResult(fault.Message);

    private sealed record HostStops : CoordinatedShutdown.Reason
    {
        public static HostStops Instance { get; } = new();
    }

    private sealed class Closing(Action close) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            close();
            return ValueTask.CompletedTask;
        }
    }

    private sealed class WatchActor : ReceiveActor
    {
        public WatchActor(ChannelWriter<ConsoleReply> writer) => Receive<ConsoleReply>(reply => writer.TryWrite(reply));
    }
}
