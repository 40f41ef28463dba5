using Eco.Runtime.Actors;
using Eco.Runtime.Persistence;
using Microsoft.Extensions.Logging;

namespace Eco.Runtime.Cluster;

/// <summary>
/// A host's post office for what leaves it: frames to entities of other hosts, with acknowledgements riding on them, and commands of the host
/// itself to its entities. Keeps nothing that must last: outboxes do.
/// </summary>
internal sealed partial class EntityRouter : ReceiveActor, IWithTimers
{
    private const string FlushTimer = "acknowledgements";

    private readonly EntityHostSetup _setup;
    private readonly PartitionTable _table;
    private readonly EntityCounters _counters;
    private readonly PersistenceExtension _persistence;
    private readonly ILogger _logger;
    private readonly SortedDictionary<string, PendingAcknowledgement> _acknowledgements = new(StringComparer.Ordinal);
    private readonly Dictionary<long, Frame> _inTransport = [];
    private long _correlation;

    public EntityRouter(EntityHostSetup setup, PartitionTable table, EntityCounters counters)
    {
        _setup = setup;
        _table = table;
        _counters = counters;
        _persistence = Context.System.Extension<PersistenceExtension>();
        _logger = Context.System.LoggerFactory.CreateLogger<EntityRouter>();

        Receive<PostFrame>(post => Post(post.Frame));
        Receive<PostVolatile>(PostVolatileMessage);
        Receive<ForwardFrame>(Forward);
        Receive<AcknowledgeFrame>(OnAcknowledge);
        Receive<TransportOutcome>(OnTransportOutcome);
        Receive<FlushAcknowledgements>(_ => Flush());
        Receive<ToEntity>(command => OnAsked(command.EntityId, command));
        Receive<WakeEntity>(wake => OnAsked(wake.EntityId, wake));
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private void Post(Frame frame)
    {
        if (_table.OpenTo(frame.To) is { } here)
        {
            here.Tell(new EntityDelivery(frame, null, IsRedelivered: false), Self);
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
        if (_table.OpenTo(post.To) is { } here)
        {
            here.Tell(new ToEntity(post.To, new VolatileDelivery(post.From, post.Message)), ActorRefs.NoSender);
            return;
        }

        (string manifest, byte[] payload) = _persistence.Registry.Encode(post.Message);
        long epoch = _persistence.OwnershipOf(post.From).OwnerEpoch;
        Transmit(
            new Frame(FrameKind.Volatile, post.From, post.To, 0, epoch, _persistence.Clock.Now(), manifest, payload),
            TransportLane.Telemetry);
    }

    private void Forward(ForwardFrame forward)
    {
        Frame frame = forward.Frame;
        if (frame.Kind == FrameKind.Volatile && _table.OpenTo(frame.To) is { } here)
        {
            object message = _persistence.Registry.Decode(frame.Manifest!, frame.Payload);
            here.Tell(new ToEntity(frame.To, new VolatileDelivery(frame.From, message)), ActorRefs.NoSender);
            return;
        }

        Transmit(frame, forward.Lane);
    }

    private void Transmit(Frame frame, TransportLane lane)
    {
        byte[] bytes;
        try
        {
            bytes = FrameCodec.Encode(frame);
        }
        catch (MessageFormatException e)
        {
            FrameNotSent(frame.From, frame.To, e.Message);
            Context.System.EventStream.Publish(new FrameGivenUp(_setup.Address, e.Message, _counters.CountGivenUp()));
            return;
        }

        long correlation = ++_correlation;
        if (lane == TransportLane.Control && frame.Kind == FrameKind.Message)
        {
            _inTransport[correlation] = frame;
        }

        _setup.Transport.Send(
            new TransportSend(correlation, _setup.Address, _table.Routes.AddressOf(frame.From, frame.To), lane, bytes), Self);
    }

    private void OnTransportOutcome(TransportOutcome outcome)
    {
        if (!_inTransport.Remove(outcome.CorrelationId, out Frame? frame))
        {
            return;
        }

        if (outcome.Result == TransportResult.Confirmed)
        {
            _table.OpenTo(frame.From)?.Tell(new TellEntity(frame.From, new EntityFrameConfirmed(frame.To, frame.SequenceNr)), Self);
        }
        else
        {
            // The entity sends it again: when it hears from the receiver, or at its timer.
            _table.OpenTo(frame.From)?.Tell(new TellEntity(frame.From, new EntityFrameRefused(frame.To)), Self);
            FrameNotConfirmed(frame.From, frame.To, frame.SequenceNr, outcome.Result);
        }
    }

    private void OnAcknowledge(AcknowledgeFrame settled)
    {
        Frame frame = settled.Frame;
        if (settled.Expected > 0)
        {
            Transmit(Reply(frame, FrameKind.Gap, settled.Expected), TransportLane.Control);
            return;
        }

        _acknowledgements[PairKey(frame.To, frame.From)] = new PendingAcknowledgement(frame, frame.Manifest ?? string.Empty, settled.Applied);
        if (!Timers.IsTimerActive(FlushTimer))
        {
            Timers.StartSingleTimer(FlushTimer, FlushAcknowledgements.Instance, _setup.Options.AcknowledgeAfter);
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

    private void OnAsked(string entityId, object message)
    {
        if (!_table.Routes.IsOwn(entityId))
        {
            Sender?.Tell(new Status.Failure(new InvalidOperationException($"{entityId} does not live on {_setup.Address}")));
            return;
        }

        _table.ActorOf(entityId)!.Tell(message, Sender);
    }

    private static string PairKey(string from, string to) => $"{from} {to}";

    private sealed record PendingAcknowledgement(Frame Frame, string Manifest, long UpTo);

    private sealed record FlushAcknowledgements
    {
        public static FlushAcknowledgements Instance { get; } = new();
    }
}
