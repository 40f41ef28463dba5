using System.Collections.Immutable;
using Eco.Runtime.Actors;
using Eco.Runtime.Dispatch;
using Eco.Runtime.Persistence;
using Microsoft.Extensions.Logging;

namespace Eco.Runtime.Cluster;

/// <summary>What a host identity needs to run its entities.</summary>
/// <param name="Address">Its name in the accounts of a transport; its last element stands in timestamps.</param>
/// <param name="Routes">Which entities it has and where all others are.</param>
/// <param name="WriterId">Unique to this start, and what it announces itself as; what stands before the last <c>/</c> is the host's name.</param>
/// <param name="Journal">Its journal.</param>
/// <param name="Transport">The transport between hosts.</param>
/// <param name="Registry">The types that may be journalled and sent.</param>
/// <param name="Types">Its entity types.</param>
/// <param name="First">Entities that exist from the first start on.</param>
/// <param name="Options">How messages are sent and acknowledged.</param>
/// <param name="CrashPoints">For fault campaigns.</param>
/// <param name="SharesDatabase">Whether other hosts have the same database: then they announce themselves and share the partitions.</param>
public sealed record EntityHostSetup(
    string Address,
    EntityRoutes Routes,
    string WriterId,
    IJournal Journal,
    ITransport Transport,
    MessageRegistry Registry,
    ImmutableArray<EntityType> Types,
    ImmutableArray<string> First,
    EntityOptions Options,
    ICrashPoints CrashPoints,
    bool SharesDatabase = false)
{
    /// <summary>
    /// Whether the host's first entity says as which incarnation its queue is received (<see cref="ReceiveAs"/>): nothing is received before, and nothing that is for another.
    /// </summary>
    public bool WaitsForIdentity { get; init; }

    /// <summary>The host's name among the members.</summary>
    public string Member => MemberOf(WriterId);

    /// <summary>The host's name in the writer id of one of its starts.</summary>
    public static string MemberOf(string writerId)
    {
        ArgumentNullException.ThrowIfNull(writerId);
        return writerId[..Math.Max(0, writerId.LastIndexOf('/'))] is { Length: > 0 } name ? name : writerId;
    }
}

/// <summary>
/// Runs a host identity's entities: one <see cref="PartitionActor"/> for each partition and an <see cref="EntityRouter"/>. Where several hosts
/// share a database it says that this one is alive, and gives up partitions of which it has more than its share.
/// </summary>
public sealed partial class EntityHost : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan WatchEvery = TimeSpan.FromSeconds(5);

    private readonly EntityHostSetup _setup;
    private readonly PartitionOptions _options;
    private readonly PartitionTable _table;
    private readonly EntityServices _services;
    private readonly ILogger _logger;
    private readonly SortedSet<int> _active = [];
    private readonly NamesakeWatch _namesakes;
    private long _correlation;
    private long _entities;
    private bool _isReady;
    private bool _isDatabaseSilent;
    private int? _givingUp;
    private long? _surplusSince;

    /// <summary>Makes the actor and the system's persistence extension.</summary>
    public EntityHost(EntityHostSetup setup)
    {
        ArgumentNullException.ThrowIfNull(setup);
        _setup = setup;
        _options = setup.Options.Partitions;
        _table = new PartitionTable(setup.Routes);
        _namesakes = new NamesakeWatch(setup.WriterId, setup.Options.Partitions.LiveWithin, Context.System.TimeProvider);
        _logger = Context.System.LoggerFactory.CreateLogger<EntityHost>();
        Context.System.RegisterExtension(new PersistenceExtension(
            setup.Journal,
            setup.Registry,
            new HybridClock(Context.System.TimeProvider, EntityAddress.HostOf(setup.Address)),
            _table.OwnershipOf,
            setup.CrashPoints));
        var counters = new EntityCounters();
        IActorRef router = Context.ActorOf(Props.Create(() => new EntityRouter(setup, _table, counters)), "router");
        _services = new EntityServices(router, setup.Options, _table, counters);
        Context.System.RegisterExtension(_services);
        Context.System.EventStream.Subscribe(Self, typeof(PersistFailure));
        Context.System.EventStream.Subscribe(Self, typeof(PoisonParked));

        Receive<PersistFailure>(OnPersistFailure);
        Receive<PartitionIsActive>(OnActive);
        Receive<PartitionIsGone>(OnGone);
        Receive<PartitionCannotStart>(OnCannotStart);
        Receive<AnnounceDue>(_ => Announce());
        Receive<MembersListed>(OnMembers);
        Receive<OwnershipsRead>(OnOwnerships);
        Receive<ReadFailed>(OnReadFailed);
        Receive<WatchDue>(_ => Watch());
        Receive<PoisonParked>(parked => Parked(parked.Id, parked.Manifest, parked.Sender, parked.Receiver, parked.Attempts, parked.Reason));
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Starts a host identity in an actor system of its own.</summary>
    public static IActorRef Start(ActorSystem system, EntityHostSetup setup)
    {
        ArgumentNullException.ThrowIfNull(system);
        return system.ActorOf(Props.Create(() => new EntityHost(setup)), "entities");
    }

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(nameof(WatchDue), WatchDue.Instance, WatchEvery);
        foreach (string first in _setup.First)
        {
            if (_setup.Routes.AliasOf(first) is { } alias)
            {
                // Names alone say where it is: who joins need not wait until it runs.
                _setup.Transport.Bind(alias, _setup.Routes.QueueOf(_table.PartitionOf(first)));
            }
        }

        if (_setup.SharesDatabase)
        {
            _table.Asks = Context.ActorOf(Props.Create(() => new AskActor(_setup, _table)), "asks");

            // Who owned what before is known before anything is claimed.
            Announce();
            Timers.StartPeriodicTimer(nameof(AnnounceDue), AnnounceDue.Instance, _options.AnnounceEvery);
        }
        else
        {
            StartPartitions();
        }
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        if (_setup.SharesDatabase)
        {
            _setup.Journal.Announce(new AnnounceMember(++_correlation, _setup.WriterId, Leaves: true), Self);
        }
    }

    private void StartPartitions()
    {
        for (int number = 0; number < _setup.Routes.PartitionCount; number++)
        {
            int partition = number;
            _table.Register(partition, Context.ActorOf(
                Props.Create(() => new PartitionActor(partition, _setup, _table, _services.Counters, _services.Router)),
                $"partition-{partition}"));
        }

        if (_setup.SharesDatabase)
        {
            BecomeReady();
        }
    }

    private void OnActive(PartitionIsActive active)
    {
        _active.Add(active.Partition);

        // Somebody has just lost it, and may count as alive for some seconds more: what is given to the dead has no owner for a while.
        _surplusSince = null;
        _entities += active.Entities;
        if (_active.Count == _setup.Routes.PartitionCount)
        {
            BecomeReady();
        }
    }

    private void BecomeReady()
    {
        if (!_isReady)
        {
            _isReady = true;
            Started(_setup.Address, _active.Count, _entities);
            Context.System.EventStream.Publish(new EntityHostReady(_setup.Address, _services.Router));
        }
    }

    private void OnGone(PartitionIsGone gone)
    {
        _active.Remove(gone.Partition);
        if (_givingUp == gone.Partition)
        {
            _givingUp = null;
        }
    }

    private void OnCannotStart(PartitionCannotStart failed)
    {
        if (!_isReady)
        {
            Fail(failed.Reason);
        }
    }

    private void OnPersistFailure(PersistFailure failure)
    {
        if (failure.Reason != AppendFailureReason.Fenced)
        {
            return;
        }

        if (_setup.Routes.Mode == SubscriptionMode.Exclusive)
        {
            // Another start of this host owns the journal: whatever this one still decided would be a second truth.
            Fail($"another writer has taken over: {failure.Message}");
            Context.Stop(Self);
            return;
        }

        _table.ActorOf(failure.PersistenceId)?.Tell(new CheckOwnership(), Self);
    }

    private void Announce()
    {
        _namesakes.Asks(++_correlation);
        _setup.Journal.Announce(new AnnounceMember(_correlation, _setup.WriterId), Self);
        _setup.Journal.ReadOwnership(new ReadOwnerships(++_correlation), Self);
    }

    private void OnOwnerships(OwnershipsRead read)
    {
        foreach (Ownership owner in read.Owners.Where(owner => owner.Partition < _setup.Routes.PartitionCount))
        {
            Ownership? before = _table.SeenOf(owner.Partition);
            _table.Saw(owner);
            if (before is null || before.OwnerEpoch < owner.OwnerEpoch)
            {
                _table.ActorOf(owner.Partition)?.Tell(owner, Self);
            }
        }

        if (_table.ActorOf(0) is null)
        {
            StartPartitions();
        }
    }

    private void OnReadFailed(ReadFailed failed)
    {
        if (!_isDatabaseSilent)
        {
            // Once for each outage: it is asked every second.
            _isDatabaseSilent = true;
            DatabaseSilent(_setup.Address, failed.Message);
        }
    }

    private void OnMembers(MembersListed listed)
    {
        _isDatabaseSilent = false;
        if (_namesakes.FindAlive(listed) is { } other)
        {
            Fail($"another process that lives is {_setup.Member} on this database (as {other.Host}, heard of {other.Age.TotalSeconds:0.0} s ago): "
                + "give this host another id (eco.host.id), or stop the other one");
            Context.Stop(Self);
            return;
        }

        if (_namesakes.FindDead(listed) is { } dead)
        {
            _setup.Journal.Announce(new AnnounceMember(++_correlation, dead.Host, Leaves: true), Self);
        }

        int live = Math.Max(1, listed.Members
            .Where(member => member.Age < _options.LiveWithin)
            .DistinctBy(member => EntityHostSetup.MemberOf(member.Host))
            .Count());
        int share = (_setup.Routes.PartitionCount + live - 1) / live;
        if (_active.Count <= share)
        {
            _surplusSince = null;
            return;
        }

        TimeProvider time = Context.System.TimeProvider;
        _surplusSince ??= time.GetTimestamp();
        if (_givingUp is null && time.GetElapsedTime(_surplusSince.Value) >= _options.SurplusAfter)
        {
            int partition = _active.Max;
            _givingUp = partition;
            GivesUp(_setup.Address, partition, _active.Count, live);
            _table.ActorOf(partition)!.Tell(new GivePartitionUp(), Self);
        }
    }

    private void Watch()
    {
        foreach ((string entityId, string what, TimeSpan since) in
            _services.Handlers.Overdue(Context.System.TimeProvider, _setup.Options.HandlerLimit))
        {
            Overdue(entityId, what, since.TotalSeconds);
            Context.System.EventStream.Publish(new HandlerOverdue(entityId, what, since));
        }
    }

    private void Fail(string reason)
    {
        CannotStart(_setup.Address, reason);
        Context.System.EventStream.Publish(new EntityHostFailed(_setup.Address, reason));
    }

    [LoggerMessage(3101, LogLevel.Information, "{Address} is ready: {Partitions} partitions, {Count} entities wake")]
    private partial void Started(string address, int partitions, long count);

    [LoggerMessage(3102, LogLevel.Error, "{Address} cannot run: {Reason}")]
    private partial void CannotStart(string address, string reason);

    [LoggerMessage(3103, LogLevel.Information, "{Address} gives partition {Partition} up: it has {Count}, and {Live} hosts are alive")]
    private partial void GivesUp(string address, int partition, int count, int live);

    [LoggerMessage(3104, LogLevel.Warning, "{Address}: the database does not say who is alive and who owns what: {Reason}")]
    private partial void DatabaseSilent(string address, string reason);

    [LoggerMessage(3105, LogLevel.Error, "{EntityId} has been handling {What} for {Seconds:0} s; only an end of the process stops it")]
    private partial void Overdue(string entityId, string what, double seconds);

    [LoggerMessage(3106, LogLevel.Error, "message {Id}, a {Manifest} from {Sender} to {Receiver}, was parked after {Attempts} attempts: {Reason}")]
    private partial void Parked(string id, string manifest, string sender, string receiver, int attempts, string reason);

    private sealed record AnnounceDue
    {
        public static AnnounceDue Instance { get; } = new();
    }

    private sealed record WatchDue
    {
        public static WatchDue Instance { get; } = new();
    }
}
