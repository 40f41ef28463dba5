using System.Globalization;
using Eco.Runtime.Actors;
using Eco.Runtime.Persistence;
using Microsoft.Extensions.Logging;

namespace Eco.Runtime.Cluster;

/// <summary>
/// One partition on one host: stands by on its queue, claims it when the transport hands it something, runs its entities, and stops them when
/// the claim is over (design: Who owns what, and what fences). A subscription is only a hint; the claim decides.
/// </summary>
internal sealed partial class PartitionActor : ReceiveActor, IWithTimers
{
    private const int MaximumWaiting = 4096;
    private static readonly TimeSpan WakeAgainAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SubscribeAgainAfter = TimeSpan.FromMilliseconds(500);

    private readonly int _number;
    private readonly EntityHostSetup _setup;
    private readonly PartitionOptions _options;
    private readonly PartitionTable _table;
    private readonly EntityCounters _counters;
    private readonly IActorRef _router;
    private readonly ILogger _logger;
    private readonly string _queue;
    private readonly Queue<TransportDelivery> _early = new();
    private Phase _phase = Phase.Waiting;
    private string? _tag;
    private long _tags;
    private long _correlation;
    private long _waitsFor;
    private Ownership _claim;
    private Ending _ending = Ending.None;
    private long _endedAt;

    public PartitionActor(int number, EntityHostSetup setup, PartitionTable table, EntityCounters counters, IActorRef router)
    {
        _number = number;
        _setup = setup;
        _options = setup.Options.Partitions;
        _table = table;
        _counters = counters;
        _router = router;
        _queue = setup.Routes.QueueOf(number);
        _claim = new Ownership(number, 0, setup.WriterId);
        _persistence = Context.System.Extension<PersistenceExtension>();
        _logger = Context.System.LoggerFactory.CreateLogger<PartitionActor>();

        Receive<TransportDelivery>(OnTransportDelivery);
        Receive<EntityDelivery>(OnLocalDelivery);
        Receive<TellEntity>(tell => _entities.GetValueOrDefault(tell.EntityId)?.Tell(tell.Message));
        Receive<DeliveryDone>(done => Give(done.Ticket));
        Receive<DeliveryFailed>(OnDeliveryFailed);
        Receive<Retry>(OnRetry);
        Receive<TransportOutcome>(_ => { });
        Receive<SubscriptionLost>(OnSubscriptionLost);
        Receive<Terminated>(OnTerminated);
        Receive<TickDue>(_ => Tick());
        Receive<PartitionsClaimed>(OnClaimed);
        Receive<ClaimFailed>(OnClaimFailed);
        Receive<EntitiesListed>(OnListed);
        Receive<OwnershipsRead>(read => OnOwnership(read.Owners.FirstOrDefault(owner => owner.Partition == _number)));
        Receive<ReadFailed>(OnReadFailed);
        Receive<Ownership>(OnOwnership);
        Receive<CheckOwnership>(_ => ReadOwnership());
        Receive<LookDue>(_ => OnLook());
        Receive<StandByDue>(_ => Begin());
        Receive<SubscribeDue>(_ => Subscribe());
        Receive<StopDue>(_ => StopEntities());
        Receive<AskOver>(OnAskOver);
        Receive<WakeAgain>(OnWakeAgain);
        Receive<GivePartitionUp>(_ => GiveUp());
        Receive<ToEntity>(command => OnAsked(command.EntityId, command));
        Receive<WakeEntity>(wake => OnAsked(wake.EntityId, wake));
        Receive<ReceiveAs>(OnReceiveAs);
        Receive<StandAside>(_ => OnStandAside());
    }

    private enum Phase
    {
        /// <summary>Subscribed, ticking, without a claim.</summary>
        Standby,

        /// <summary>Something was delivered: the claim is on its way, then the list of entities.</summary>
        Activating,

        /// <summary>Claimed; entities run.</summary>
        Active,

        /// <summary>Entities are stopping.</summary>
        Stopping,

        /// <summary>Not subscribed; somebody else is to take it.</summary>
        Waiting,
    }

    private enum Ending
    {
        None,
        Fenced,
        Lost,
        Surplus,
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private bool IsShared => _setup.Routes.Mode == SubscriptionMode.SingleActive;

    /// <inheritdoc/>
    protected override void PreStart() => Begin();

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _table.Close(_number);
        EndSubscription();
    }

    private void Begin()
    {
        if (IsShared)
        {
            StandBy();
        }
        else
        {
            // Nobody else has this queue: an agent boots without a network.
            Activate();
        }
    }

    private void StandBy()
    {
        _phase = Phase.Standby;
        _ending = Ending.None;
        Subscribe();
        Tick();
        Timers.StartPeriodicTimer(nameof(TickDue), TickDue.Instance, _options.TickEvery);
    }

    private void Subscribe()
    {
        _tag = string.Create(CultureInfo.InvariantCulture, $"{_setup.WriterId}/{Self.Path.Uid}/{_number}/{++_tags}");
        _setup.Transport.Subscribe(new TransportSubscription(_queue, _tag, _setup.Routes.Mode, _setup.Options.Prefetch), Self);
    }

    private void EndSubscription()
    {
        if (_tag is not null)
        {
            _setup.Transport.Unsubscribe(_queue, _tag);
            _tag = null;
        }

        _early.Clear();
        _unsettled.Clear();
        _held.Clear();
    }

    // The broker does not say who is the active consumer; whoever gets this is.
    private void Tick()
    {
        string name = $"tick/{_number}";
        var frame = new Frame(FrameKind.Tick, name, name, 0, _claim.OwnerEpoch, _persistence.Clock.Now(), null, []);
        _setup.Transport.Send(
            new TransportSend(++_correlation, _setup.Address, _queue, TransportLane.Control, FrameCodec.Encode(frame)), Self);
    }

    private void Activate()
    {
        _phase = Phase.Activating;
        Timers.Cancel(nameof(TickDue));
        _table.Open(_number, Self);
        _waitsFor = ++_correlation;
        _setup.Journal.Claim(new ClaimPartitions(_waitsFor, _setup.Routes.PartitionCount, _setup.WriterId, [_number]), Self);
    }

    private void OnClaimed(PartitionsClaimed claimed)
    {
        if (_phase != Phase.Activating || claimed.CorrelationId != _waitsFor)
        {
            return;
        }

        _claim = claimed.Owned[0];
        _table.Claimed(_claim);
        _waitsFor = ++_correlation;
        _setup.Journal.List(new ListEntities(_waitsFor, _number), Self);
    }

    private void OnClaimFailed(ClaimFailed failed)
    {
        if (_phase == Phase.Activating && failed.CorrelationId == _waitsFor)
        {
            CannotActivate(failed.Message);
        }
    }

    private void CannotActivate(string reason)
    {
        ActivationFailed(_number, reason);
        Context.Parent.Tell(new PartitionCannotStart(_number, reason), Self);
        End(Ending.Lost);
    }

    private void OnListed(EntitiesListed listed)
    {
        if (_phase != Phase.Activating || listed.CorrelationId != _waitsFor)
        {
            return;
        }

        _phase = Phase.Active;
        foreach (string id in listed.PersistenceIds)
        {
            EntityOf(id);
        }

        foreach (string id in _setup.First.Where(id => _table.PartitionOf(id) == _number))
        {
            EntityOf(id);
        }

        if (!IsShared && !_setup.WaitsForIdentity)
        {
            Subscribe();
        }

        Activated(_number, _claim.OwnerEpoch, listed.PersistenceIds.Length);
        Ownership? former = _table.SeenOf(_number);
        _table.Saw(_claim);
        Context.System.EventStream.Publish(new PartitionActivated(_number, _claim.OwnerEpoch, _setup.WriterId));
        if (former is not null && former.WriterId != _setup.WriterId)
        {
            TakenOver(_number, former.WriterId, _claim.OwnerEpoch);
            Context.System.EventStream.Publish(new ServerTakeover(_number, _claim.OwnerEpoch, _setup.WriterId, former.WriterId));
        }

        Context.Parent.Tell(new PartitionIsActive(_number, listed.PersistenceIds.Length), Self);
        AnswerWaiting();
        while (_phase == Phase.Active && _early.TryDequeue(out TransportDelivery? early))
        {
            Dispatch(early);
        }
    }

    private void OnReadFailed(ReadFailed failed)
    {
        if (_phase == Phase.Activating && failed.CorrelationId == _waitsFor)
        {
            CannotActivate(failed.Message);
        }
    }

    private void OnSubscriptionLost(SubscriptionLost lost)
    {
        if (lost.ConsumerTag != _tag)
        {
            return;
        }

        SubscriptionOver(_number, lost.Reason);
        if (IsShared)
        {
            Release(Ending.Lost, lost.Reason);
            return;
        }

        // The entities of an agent go on without a network; what comes back was not acknowledged, and comes again.
        _tag = null;
        _unsettled.Clear();
        _held.Clear();
        Timers.StartSingleTimer(nameof(SubscribeDue), SubscribeDue.Instance, SubscribeAgainAfter);
    }

    private void OnOwnership(Ownership? owner)
    {
        if (owner is null)
        {
            return;
        }

        _table.Saw(owner);
        if (owner.OwnerEpoch <= _claim.OwnerEpoch)
        {
            return;
        }

        switch (_phase)
        {
            case Phase.Active:
                Fence($"{owner.WriterId} has claimed it");
                break;
            case Phase.Waiting when _ending is Ending.Fenced or Ending.Surplus:
                Timers.Cancel(nameof(LookDue));
                StandBy();
                break;
            case Phase.Standby:
                AnswerElsewhere();
                break;
        }
    }

    private void Fence(string reason)
    {
        FencedOut(_number, _claim.OwnerEpoch, reason);
        Context.System.EventStream.Publish(new PartitionFenced(_number, _claim.OwnerEpoch, _setup.WriterId, reason));
        End(Ending.Fenced);
    }

    private void GiveUp()
    {
        if (_phase == Phase.Active)
        {
            Release(Ending.Surplus, "others have fewer");
        }
    }

    private void Release(Ending ending, string reason)
    {
        if (_phase == Phase.Active)
        {
            Released(_number, _claim.OwnerEpoch, reason);
            Context.System.EventStream.Publish(new PartitionReleased(_number, _claim.OwnerEpoch, _setup.WriterId, reason));
        }

        if (_phase is not (Phase.Stopping or Phase.Waiting))
        {
            End(ending);
        }
    }

    private void End(Ending ending)
    {
        _phase = Phase.Stopping;
        _ending = ending;
        _endedAt = Context.System.TimeProvider.GetTimestamp();
        _table.Close(_number);
        Timers.Cancel(nameof(TickDue));
        if (ending == Ending.Surplus)
        {
            // The channel stays until the snapshots are stored: whoever comes next recovers from them.
            Timers.StartSingleTimer(nameof(StopDue), StopDue.Instance, _options.SnapshotWithin);
            foreach (IActorRef entity in EntitiesInOrder())
            {
                entity.Tell(SnapshotAndStop.Instance, Self);
            }
        }
        else
        {
            EndSubscription();
            StopEntities();
        }

        WhenEmpty();
    }

    private void StopEntities()
    {
        foreach (IActorRef entity in EntitiesInOrder())
        {
            Context.Stop(entity);
        }
    }

    // Only when the last entity has stopped may there be another claim: until then one of them might write under it.
    private void WhenEmpty()
    {
        if (_phase != Phase.Stopping || _entities.Count > 0)
        {
            return;
        }

        EndSubscription();
        Timers.Cancel(nameof(StopDue));
        _phase = Phase.Waiting;
        Context.Parent.Tell(new PartitionIsGone(_number), Self);
        if (_ending == Ending.Lost)
        {
            Timers.StartSingleTimer(nameof(StandByDue), StandByDue.Instance, SubscribeAgainAfter);
            return;
        }

        Timers.StartPeriodicTimer(nameof(LookDue), LookDue.Instance, TimeSpan.Zero, _options.LookEvery);
    }

    private void OnLook()
    {
        if (_phase != Phase.Waiting)
        {
            return;
        }

        if (Context.System.TimeProvider.GetElapsedTime(_endedAt) >= _options.StandByAfter)
        {
            Timers.Cancel(nameof(LookDue));
            StandBy();
            return;
        }

        ReadOwnership();
    }

    private void ReadOwnership() => _setup.Journal.ReadOwnership(new ReadOwnerships(++_correlation), Self);

    private sealed record TickDue
    {
        public static TickDue Instance { get; } = new();
    }

    private sealed record LookDue
    {
        public static LookDue Instance { get; } = new();
    }

    private sealed record StandByDue
    {
        public static StandByDue Instance { get; } = new();
    }

    private sealed record SubscribeDue
    {
        public static SubscribeDue Instance { get; } = new();
    }

    private sealed record StopDue
    {
        public static StopDue Instance { get; } = new();
    }
}
