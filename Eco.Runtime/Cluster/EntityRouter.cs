using System.Collections.Immutable;
using Eco.Runtime.Actors;
using Eco.Runtime.Persistence;
using Microsoft.Extensions.Logging;

namespace Eco.Runtime.Cluster;

/// <summary>
/// A host's post office: wakes entities of this host when something arrives for them, hands messages between them, and sends and
/// receives frames for entities of other hosts. Keeps nothing that must last: outboxes do.
/// </summary>
public sealed partial class EntityRouter : ReceiveActor, IWithTimers
{
    private const int Prefetch = 4096;
    private const string FlushTimer = "acknowledgements";
    private static readonly TimeSpan WakeAgainAfter = TimeSpan.FromSeconds(1);

    private readonly string _address;
    private readonly ITransport _transport;
    private readonly ImmutableArray<EntityType> _types;
    private readonly EntityOptions _options;
    private readonly PersistenceExtension _persistence;
    private readonly ILogger _logger;
    private readonly Dictionary<string, IActorRef> _entities = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, PendingAcknowledgement> _acknowledgements = new(StringComparer.Ordinal);
    private readonly Dictionary<long, Frame> _inTransport = [];
    private readonly Dictionary<long, string> _unsettled = [];
    private IActorRef? _wakeAsker;
    private long _correlation;
    private long _refused;

    /// <summary>Makes the router.</summary>
    /// <param name="address">This host's transport address.</param>
    /// <param name="transport">The transport between hosts.</param>
    /// <param name="types">The entity types of this host.</param>
    /// <param name="options">How messages are acknowledged.</param>
    public EntityRouter(string address, ITransport transport, ImmutableArray<EntityType> types, EntityOptions options)
    {
        _address = address;
        _transport = transport;
        _types = types;
        _options = options;
        _persistence = Context.System.Extension<PersistenceExtension>();
        _logger = Context.System.LoggerFactory.CreateLogger<EntityRouter>();
        if (Context.System.TryExtension<EntityServices>() is null)
        {
            // Not again after a restart: the router's address is the same.
            Context.System.RegisterExtension(new EntityServices(Self, options));
        }


        Receive<PostFrame>(post => Post(post.Frame));
        Receive<PostVolatile>(PostVolatileMessage);
        Receive<DeliverySettled>(OnSettled);
        Receive<TransportDelivery>(OnTransportDelivery);
        Receive<TransportOutcome>(OnTransportOutcome);
        Receive<FlushAcknowledgements>(_ => Flush());
        Receive<ToEntity>(OnToEntity);
        Receive<WakeEntity>(wake => EntityOf(wake.EntityId));
        Receive<WakeAll>(OnWakeAll);
        Receive<EntitiesListed>(OnListed);
        Receive<ReadFailed>(failed => _wakeAsker?.Tell(new Status.Failure(new InvalidOperationException(failed.Message))));
        Receive<Terminated>(OnTerminated);
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart() => _transport.Subscribe(
        new TransportSubscription(_address, ConsumerTag, SubscriptionMode.Exclusive, Prefetch), Self);

    /// <inheritdoc/>
    protected override void PostStop() => _transport.Unsubscribe(_address, ConsumerTag);

    private string ConsumerTag => $"{_persistence.OwnershipOf(_address).WriterId}/{Self.Path.Uid}";

    private void Post(Frame frame)
    {
        if (EntityAddress.HostOf(frame.To) == _address)
        {
            EntityOf(frame.To)?.Tell(new EntityDelivery(frame, 0));
            return;
        }

        if (_acknowledgements.Remove(PairKey(frame.From, frame.To), out PendingAcknowledgement? riding))
        {
            _persistence.CrashPoints.Reached("ack.beforeSend", riding.Manifest);
            Transmit(frame with { Acknowledged = riding.UpTo }, TransportLane.Control);
            _persistence.CrashPoints.Reached("ack.afterSend", riding.Manifest);
            return;
        }

        Transmit(frame, TransportLane.Control);
    }

    private void PostVolatileMessage(PostVolatile post)
    {
        if (EntityAddress.HostOf(post.To) == _address)
        {
            EntityOf(post.To)?.Tell(new VolatileDelivery(post.From, post.Message));
            return;
        }

        (string manifest, byte[] payload) = _persistence.Registry.Encode(post.Message);
        long epoch = _persistence.OwnershipOf(post.From).OwnerEpoch;
        Transmit(
            new Frame(FrameKind.Volatile, post.From, post.To, 0, epoch, _persistence.Clock.Now(), manifest, payload),
            TransportLane.Telemetry);
    }

    private void Transmit(Frame frame, TransportLane lane)
    {
        long correlation = ++_correlation;
        if (lane == TransportLane.Control && frame.Kind == FrameKind.Message)
        {
            _inTransport[correlation] = frame;
        }

        _transport.Send(
            new TransportSend(correlation, _address, EntityAddress.HostOf(frame.To), lane, FrameCodec.Encode(frame)),
            Self);
    }

    private void OnTransportOutcome(TransportOutcome outcome)
    {
        if (!_inTransport.Remove(outcome.CorrelationId, out Frame? frame))
        {
            return;
        }

        if (outcome.Result == TransportResult.Confirmed)
        {
            Existing(frame.From)?.Tell(new EntityFrameConfirmed(frame.To, frame.SequenceNr));
        }
        else
        {
            // The entity sends it again: when it hears from the receiver, or at its timer.
            Existing(frame.From)?.Tell(new EntityFrameRefused(frame.To));
            FrameNotConfirmed(frame.From, frame.To, frame.SequenceNr, outcome.Result);
        }
    }

    private void OnTransportDelivery(TransportDelivery delivery)
    {
        Frame frame;
        object? message = null;
        try
        {
            frame = FrameCodec.Decode(delivery.Frame);
            if (frame.Kind == FrameKind.Volatile)
            {
                message = _persistence.Registry.Decode(frame.Manifest!, frame.Payload);
            }
        }
        catch (MessageFormatException e)
        {
            // It can never be applied; leaving it with the transport would bring it back for ever.
            Refuse(delivery, e.Message);
            return;
        }

        _persistence.Clock.Observe(frame.Timestamp);
        if (EntityAddress.HostOf(frame.To) != _address || EntityOf(frame.To) is not { } entity)
        {
            Refuse(delivery, $"{frame.To} does not live on {_address}");
            return;
        }

        switch (frame.Kind)
        {
            case FrameKind.Message:
                if (frame.Acknowledged > 0)
                {
                    entity.Tell(new EntityAcknowledged(frame.From, frame.Acknowledged));
                }

                if (delivery.DeliveryTag != 0)
                {
                    _unsettled[delivery.DeliveryTag] = frame.To;
                }

                entity.Tell(new EntityDelivery(frame, delivery.DeliveryTag));
                break;
            case FrameKind.Acknowledgement:
                entity.Tell(new EntityAcknowledged(frame.From, frame.SequenceNr));
                Give(delivery.DeliveryTag);
                break;
            case FrameKind.Gap:
                entity.Tell(new EntityGap(frame.From, frame.SequenceNr));
                Give(delivery.DeliveryTag);
                break;
            case FrameKind.Volatile:
                entity.Tell(new VolatileDelivery(frame.From, message!));
                Give(delivery.DeliveryTag);
                break;
            case FrameKind.Tick:
                Give(delivery.DeliveryTag);
                break;
            default:
                throw new InvalidOperationException($"frame kind {frame.Kind} is not handled");
        }
    }

    private void Refuse(TransportDelivery delivery, string reason)
    {
        _refused++;
        FrameRefused(reason);
        Context.System.EventStream.Publish(new FrameGivenUp(_address, reason, _refused));
        Give(delivery.DeliveryTag);
    }

    private void OnSettled(DeliverySettled settled)
    {
        Frame frame = settled.Frame;
        Give(settled.DeliveryTag);
        if (EntityAddress.HostOf(frame.From) == _address)
        {
            object answer = settled.Expected > 0
                ? new EntityGap(frame.To, settled.Expected)
                : new EntityAcknowledged(frame.To, settled.Applied);
            Existing(frame.From)?.Tell(answer);
            return;
        }

        if (settled.Expected > 0)
        {
            Transmit(Reply(frame, FrameKind.Gap, settled.Expected), TransportLane.Control);
            return;
        }

        _acknowledgements[PairKey(frame.To, frame.From)] = new PendingAcknowledgement(frame, frame.Manifest ?? string.Empty, settled.Applied);
        if (!Timers.IsTimerActive(FlushTimer))
        {
            Timers.StartSingleTimer(FlushTimer, FlushAcknowledgements.Instance, _options.AcknowledgeAfter);
        }
    }

    private void Flush()
    {
        foreach (PendingAcknowledgement pending in _acknowledgements.Values)
        {
            _persistence.CrashPoints.Reached("ack.beforeSend", pending.Manifest);
            Transmit(Reply(pending.Frame, FrameKind.Acknowledgement, pending.UpTo), TransportLane.Control);
            _persistence.CrashPoints.Reached("ack.afterSend", pending.Manifest);
        }

        _acknowledgements.Clear();
    }

    private Frame Reply(Frame to, FrameKind kind, long number) => new(
        kind,
        to.To,
        to.From,
        number,
        _persistence.OwnershipOf(to.To).OwnerEpoch,
        _persistence.Clock.Now(),
        null,
        []);

    private void OnToEntity(ToEntity command)
    {
        if (EntityAddress.HostOf(command.EntityId) != _address || EntityOf(command.EntityId) is not { } entity)
        {
            Sender?.Tell(new Status.Failure(new InvalidOperationException($"{command.EntityId} does not live on {_address}")));
            return;
        }

        entity.Tell(command.Command, Sender);
    }

    private void OnWakeAll(WakeAll wake)
    {
        _wakeAsker = Sender;
        _persistence.Journal.List(new ListEntities(++_correlation), Self);
    }

    private void OnListed(EntitiesListed listed)
    {
        foreach (string id in listed.PersistenceIds)
        {
            EntityOf(id);
        }

        _wakeAsker?.Tell(new EntitiesAwake(listed.PersistenceIds.Length));
    }

    private IActorRef? EntityOf(string id)
    {
        if (_entities.TryGetValue(id, out IActorRef? known))
        {
            return known;
        }

        EntityType? type = EntityAddress.IsWellFormed(id) ? _types.FirstOrDefault(candidate => candidate.Matches(id)) : null;
        if (type is null)
        {
            UnknownEntity(id, _address);
            return null;
        }

        IActorRef created = Context.ActorOf(type.Props(id), ActorNameOf(id));
        Context.Watch(created);
        _entities.Add(id, created);
        return created;
    }

    private IActorRef? Existing(string id) => _entities.GetValueOrDefault(id) ?? EntityOf(id);

    private void OnTerminated(Terminated terminated)
    {
        string? id = _entities.FirstOrDefault(entry => entry.Value.Equals(terminated.ActorRef)).Key;
        if (id is not null)
        {
            // Its journal has all; its timers and running work start again with it.
            _entities.Remove(id);
            foreach (long lost in _unsettled.Where(entry => entry.Value == id).Select(entry => entry.Key).ToArray())
            {
                // They waited in its mailbox. Their senders keep them, and send them again.
                Give(lost);
            }

            EntityStopped(id);
            Timers.StartSingleTimer("wake:" + id, new WakeEntity(id), WakeAgainAfter);
        }
    }

    private void Give(long deliveryTag)
    {
        if (deliveryTag != 0)
        {
            _unsettled.Remove(deliveryTag);
            _transport.Acknowledge(_address, ConsumerTag, deliveryTag);
        }
    }

    private static string ActorNameOf(string entityId) => entityId.Replace('/', '~');

    private static string PairKey(string from, string to) => $"{from} {to}";

    private sealed record PendingAcknowledgement(Frame Frame, string Manifest, long UpTo);

    private sealed record FlushAcknowledgements
    {
        public static FlushAcknowledgements Instance { get; } = new();
    }
}
