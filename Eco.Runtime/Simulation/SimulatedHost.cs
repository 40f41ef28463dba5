using Eco.Runtime.Actors;
using Eco.Runtime.Cluster;
using Eco.Runtime.Dispatch;
using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Statistics;

namespace Eco.Runtime.Simulation;

/// <summary>
/// A host in the simulated world. What it holds in memory (actors, timers, waiting answers, subscriptions) ends with a crash; what it
/// has on its disk, and what waits for it in the transport, stays.
/// </summary>
public sealed class SimulatedHost
{
    private const string ArtifactName = "artifact";
    private readonly SimulatedWorld _world;
    private readonly int _ordinal;
    private readonly Action<SimulatedHost> _boot;
    private readonly HostClock _clock = new();
    private Incarnate? _now;

    internal SimulatedHost(SimulatedWorld world, int ordinal, string id, SimulatedHostOptions options, Action<SimulatedHost> boot)
    {
        _world = world;
        _ordinal = ordinal;
        _boot = boot;
        Id = id;
        Options = options;
        Load = options.Load;
        ClockSkew = options.ClockSkew;
        ClockDriftPartsPerMillion = options.ClockDriftPartsPerMillion;
        Disk.CapacityBytes = options.DiskCapacityBytes;
        StepTime = options.StepTime;
        if (options.Database is { } database && database.World != world)
        {
            throw new ArgumentException($"database '{database.Name}' of host '{id}' belongs to another world", nameof(options));
        }

        JournalStorage = options.Database?.Journal ?? new SimulatedJournalStorage(world.Scheduler.Trace);
        ArtifactStorage = options.Database?.Artifacts ?? new SimulatedArtifactStorage();
        StatisticsStorage = options.Database?.Statistics ?? new SimulatedStatisticsStorage(world.Options.Storage.StatisticsBufferRows);
    }

    /// <summary>Its name in the network.</summary>
    public string Id { get; }

    /// <summary>What it is like.</summary>
    public SimulatedHostOptions Options { get; }

    /// <summary>The world it is in.</summary>
    public SimulatedWorld World => _world;

    /// <summary>How often it has been started.</summary>
    public int Incarnation { get; private set; }

    /// <summary>Whether it runs.</summary>
    public bool IsUp => _now is not null;

    /// <summary>Whether it is stopped by <see cref="Pause"/>.</summary>
    public bool IsPaused => _now?.Scope.Held is not null;

    /// <summary>Its disk; with a shared database only the faults of its way there.</summary>
    public SimulatedDisk Disk { get; } = new();

    /// <summary>What its journal has on the disk.</summary>
    public SimulatedJournalStorage JournalStorage { get; private set; }

    /// <summary>What its artefact store has on the disk.</summary>
    public SimulatedArtifactStorage ArtifactStorage { get; private set; }

    /// <summary>What its statistics store has on the disk.</summary>
    public SimulatedStatisticsStorage StatisticsStorage { get; private set; }

    /// <summary>The share of its cores that others use; may change at any time.</summary>
    public double Load { get; set; }

    /// <summary>What one step of an actor takes here, one after the other; may change at any time, and then holds for what is asked of the host from then on.</summary>
    public TimeSpan StepTime { get; set; }

    /// <summary>How far its date is from the true one; set anew, its date jumps. Timers and timestamps stay true.</summary>
    public TimeSpan ClockSkew
    {
        get => _clock.Skew;
        set => _clock.Skew = value;
    }

    /// <summary>How much faster (below zero: slower) its date runs, in parts per million of the time since the start of the world.</summary>
    public long ClockDriftPartsPerMillion
    {
        get => _clock.DriftPartsPerMillion;
        set => _clock.DriftPartsPerMillion = value;
    }

    /// <summary>What work costs here under the present load.</summary>
    public ComputeCostModel Compute => new(Options.Cores, Load, Options.SamplesPerSecondPerCore);

    /// <summary>The actor system of this start.</summary>
    public ActorSystem System => Now.System;

    /// <summary>The chance of this start; the system has the same.</summary>
    public IRandomSource Random => Now.System.Random;

    /// <summary>The journal of this start.</summary>
    public IJournal Journal => Now.Journal;

    /// <summary>The artefact store of this start.</summary>
    public IArtifactStore Artifacts => Now.Artifacts;

    /// <summary>The way of artefacts to and from a server, of this start.</summary>
    public IArtifactTransfer Transfer => Now.Transfer;

    /// <summary>The statistics store of this start.</summary>
    public IStatisticsStore Statistics => Now.Statistics;

    /// <summary>The transport of this start.</summary>
    public ITransport Transport => Now.Transport;

    /// <summary>The host's view of time; its timers end with this start.</summary>
    public SimulatedTimeProvider TimeProvider => Now.TimeProvider;

    /// <summary>The crash points to be given to adapters.</summary>
    public ICrashPoints CrashPoints => Now.CrashPoints;

    /// <summary>Where this start's mailboxes run.</summary>
    public IDispatcher Dispatcher => Now.Dispatcher;

    private Incarnate Now => _now ?? throw new InvalidOperationException($"host '{Id}' is down since its crash; restart it first");

    /// <summary>Called before each crash, with everything still as it is; it must change nothing.</summary>
    public Action<SimulatedHost>? BeforeCrash { get; set; }

    /// <summary>Called when its journal or its statistics have failed: they take nothing more until the host starts anew. It must not crash the host at once.</summary>
    public Action<SimulatedHost>? OnStorageFault { get; set; }

    /// <summary>Plans the completion of a port of one's own (a simulated engine, for instance); it is dropped if the host crashes first.</summary>
    /// <param name="delay">From now.</param>
    /// <param name="what">Its name in the trace.</param>
    /// <param name="action">What happens.</param>
    public void Schedule(TimeSpan delay, string what, Action action) => _world.Scheduler.After(delay, Now.Scope, what, action);

    /// <summary>
    /// Ends the host as SIGKILL or a power cut would: at once, without an orderly stop. May be called from the host's own code, whose
    /// remaining steps then have no effect.
    /// </summary>
    public void Crash()
    {
        Incarnate dying = Now;
        BeforeCrash?.Invoke(this);
        _now = null;
        _world.Scheduler.Trace.Step(_world.Clock.ElapsedTicks, dying.Scope, "crash");
        dying.Devices.ForEach(device => device.Crash());
        _world.Scheduler.EndScope(dying.Scope);
        _world.Broker.HostDown(dying.Scope);
        dying.System.Abort();
        _world.Observer?.Crashed(this);
    }

    /// <summary>
    /// Stops the host as SIGSTOP or a very long garbage collection would: nothing of it runs, its timers, arrivals and storage wait, and
    /// its connections may be declared dead meanwhile. Nothing happens if it is stopped already.
    /// </summary>
    public void Pause()
    {
        if (!IsPaused)
        {
            _world.Scheduler.Trace.Step(_world.Clock.ElapsedTicks, Now.Scope, "pause");
            _world.Scheduler.Pause(Now.Scope);
            _world.Broker.Paused(Now.Scope);
        }
    }

    /// <summary>Lets a stopped host go on, as SIGCONT would: all that has waited comes at once, in its order. Nothing happens if it runs.</summary>
    public void Resume()
    {
        if (IsPaused)
        {
            _world.Scheduler.Trace.Step(_world.Clock.ElapsedTicks, Now.Scope, "resume");
            _world.Scheduler.Resume(Now.Scope);
            _world.Broker.Resumed(Now.Scope);
        }
    }

    /// <summary>Starts the host with empty memory and the disk as it is; a running one is crashed first.</summary>
    public void Restart()
    {
        if (IsUp)
        {
            Crash();
        }

        Incarnation++;
        _now = new Incarnate(this, new HostScope(_ordinal, Id, this));
        _world.Scheduler.Trace.Step(_world.Clock.ElapsedTicks, _now.Scope, "start");
        _world.Observer?.Started(this);
        _boot(this);
    }

    /// <summary>
    /// Starts the host with an empty disk, as a new installation under the same name; a running one is crashed first. A shared database
    /// is not on its disk and stays.
    /// </summary>
    public void Reinstall()
    {
        if (IsUp)
        {
            Crash();
        }

        if (Options.Database is null)
        {
            JournalStorage = new SimulatedJournalStorage(_world.Scheduler.Trace);
            ArtifactStorage = new SimulatedArtifactStorage();
            StatisticsStorage = new SimulatedStatisticsStorage(_world.Options.Storage.StatisticsBufferRows);
        }

        Restart();
    }

    /// <summary>Plans a start; nothing happens if the host runs by then.</summary>
    public void RestartAfter(TimeSpan delay) => _world.Schedule(delay, $"restart {Id}", () =>
    {
        if (!IsUp)
        {
            Restart();
        }
    });

    /// <summary>All that a crash ends.</summary>
    private sealed class Incarnate
    {
        public Incarnate(SimulatedHost host, HostScope scope)
        {
            SimulatedWorld world = host._world;
            SimulationScheduler scheduler = world.Scheduler;
            SimulatedStorageOptions storage = world.Options.Storage;
            Scope = scope;
            CrashPoints = new HostCrashPoints(world.CrashPoints, host, scope);
            Dispatcher = new SimulatedDispatcher(scheduler, scope);
            TimeProvider = new SimulatedTimeProvider(scheduler, scope, host._clock);
            Transport = new SimulatedTransport(scheduler, world.Network, world.Broker, scope);
            StorageDevice journal = Device(host, "journal", CrashPoints);
            StorageDevice artifacts = Device(host, ArtifactName, ICrashPoints.None);
            StorageDevice statistics = Device(host, "statistics", ICrashPoints.None);
            Journal = new SimulatedJournal(host.JournalStorage, journal, storage, () => TimeSpan.FromTicks(world.Clock.ElapsedTicks));
            Artifacts = new SimulatedArtifactStore(host.ArtifactStorage, artifacts);
            Transfer = new SimulatedArtifactTransfer(host, scope);
            Statistics = new SimulatedStatisticsStore(host.StatisticsStorage, statistics);
            Devices = [journal, artifacts, statistics];
            System = CreateSystem(host);
        }

        public HostScope Scope { get; }

        public HostCrashPoints CrashPoints { get; }

        public SimulatedDispatcher Dispatcher { get; }

        public SimulatedTimeProvider TimeProvider { get; }

        public SimulatedTransport Transport { get; }

        public SimulatedJournal Journal { get; }

        public SimulatedArtifactStore Artifacts { get; }

        public SimulatedArtifactTransfer Transfer { get; }

        public SimulatedStatisticsStore Statistics { get; }

        public List<StorageDevice> Devices { get; }

        public ActorSystem System { get; }

        private ActorSystem CreateSystem(SimulatedHost host)
        {
            SimulationOptions options = host._world.Options;
            var runner = new BackgroundRunner(options.LoggerFactory);
            if (options.FailsOnBackgroundFailure)
            {
                runner.EscalateTo(host._world.Scheduler.Fail);
            }

            return ActorSystem.Create(host.Id, new ActorSystemSettings
            {
                Dispatcher = Dispatcher,
                TimeProvider = TimeProvider,
                Random = host._world.Random.Derive($"host/{host.Id}/{host.Incarnation}"),
                LoggerFactory = options.LoggerFactory,
                Runner = runner,
                Throughput = options.Throughput,
            });
        }

        private StorageDevice Device(SimulatedHost host, string name, ICrashPoints crashPoints)
        {
            Random random = host._world.Random.Stream($"disk/{host.Id}/{name}/{host.Incarnation}");
            return new StorageDevice(host._world.Scheduler, Scope, host.Disk, host._world.Options.Storage, random, name)
            {
                CrashPoints = crashPoints,
                BreaksOnFault = name != ArtifactName,
                OnBroken = () => host.OnStorageFault?.Invoke(host),
                Shared = host.Options.Database?.Disk,
                WayThere = host.Options.Database is null ? TimeSpan.Zero : host.Options.DatabaseLatency,
            };
        }
    }
}
