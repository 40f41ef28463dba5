using System.Globalization;
using Eco.Runtime.Actors;
using Eco.Runtime.Persistence;
using Microsoft.Extensions.Logging;

namespace Eco.Runtime.Cluster;

/// <summary>
/// A server host's commands to entities of other servers, and the answers: whichever server a person asks, every verb works. A command goes
/// at most once over the queue of its partition and is not durable; where no answer comes in time its asker is told so, and asks again.
/// </summary>
/// <remarks>
/// A command must not take effect after its asker was told that it failed, however long a queue has held it. So the host that has the partition
/// first says that it is ready, and carries the command out only if the grant comes within <see cref="HeldFor"/>; the asker, once it has granted,
/// waits for longer than that and the entity's turn can take. No two hosts' clocks are compared.
/// </remarks>
internal sealed partial class AskActor : ReceiveActor, IWithTimers
{
    private const int MaximumPending = 4096;
    private static readonly TimeSpan HeldFor = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SubscribeAgainAfter = TimeSpan.FromMilliseconds(500);

    private readonly EntityHostSetup _setup;
    private readonly PartitionTable _table;
    private readonly PersistenceExtension _persistence;
    private readonly ILogger _logger;
    private readonly string _address;
    private readonly SortedDictionary<long, Pending> _pending = [];
    private readonly Dictionary<(string From, long Number), HoldAsk> _held = [];
    private long _number;
    private long _tags;
    private string? _tag;

    public AskActor(EntityHostSetup setup, PartitionTable table)
    {
        _setup = setup;
        _table = table;
        _persistence = Context.System.Extension<PersistenceExtension>();
        _logger = Context.System.LoggerFactory.CreateLogger<AskActor>();
        _address = EntityAddress.OfServer(setup.Member);

        // Answers to a former start of this host must match none of this one's questions.
        _number = Context.System.Random.Stream($"{_address} asks").NextInt64(long.MaxValue / 2);

        Receive<AskElsewhere>(OnAsk);
        Receive<HoldAsk>(Hold);
        Receive<GrantAsk>(OnGrant);
        Receive<HeldLongEnough>(over => _held.Remove((over.From, over.Number)));
        Receive<TransportDelivery>(OnDelivery);
        Receive<SubscriptionLost>(OnLost);
        Receive<SubscribeDue>(_ => Subscribe());
        Receive<AskOverdue>(OnOverdue);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Subscribe();

    protected override void PostStop()
    {
        if (_tag is not null)
        {
            _setup.Transport.Unsubscribe(_address, _tag);
        }
    }

    private void Subscribe()
    {
        _tag = string.Create(CultureInfo.InvariantCulture, $"{_setup.WriterId}/{Self.Path.Uid}/asks/{++_tags}");
        _setup.Transport.Subscribe(
            new TransportSubscription(_address, _tag, SubscriptionMode.Exclusive, _setup.Options.Prefetch), Self);
    }

    private void OnLost(SubscriptionLost lost)
    {
        if (lost.ConsumerTag == _tag)
        {
            Timers.StartSingleTimer(nameof(SubscribeDue), SubscribeDue.Instance, SubscribeAgainAfter);
        }
    }

    private void OnAsk(AskElsewhere ask)
    {
        if (_pending.Count >= MaximumPending)
        {
            ask.Asker?.Tell(new Status.Failure(new InvalidOperationException(
                $"{MaximumPending} commands to other servers wait for their answers already")));
            return;
        }

        (string manifest, byte[] payload) encoded;
        try
        {
            encoded = _persistence.Registry.Encode(ask.Command);
        }
        catch (MessageFormatException)
        {
            // A command that never travels; whoever asks has to go there.
            ask.Asker?.Tell(new Status.Failure(new EntityElsewhereException(ask.EntityId, _table.PartitionOf(ask.EntityId), ask.Owner)));
            return;
        }

        long number = ++_number;
        _pending.Add(number, new Pending(ask.EntityId, ask.Asker));
        Timers.StartSingleTimer(TimerOf(number), new AskOverdue(number), _setup.Options.Partitions.AskAtMost / 2);
        Post(
            new Frame(FrameKind.Ask, _address, ask.EntityId, number, 0, _persistence.Clock.Now(), encoded.manifest, encoded.payload),
            _setup.Routes.QueueOf(_table.PartitionOf(ask.EntityId)));
    }

    private void Hold(HoldAsk ask)
    {
        Frame frame = ask.Frame;
        if (_held.Count < MaximumPending && _held.TryAdd((frame.From, frame.SequenceNr), ask))
        {
            Timers.StartSingleTimer($"held:{frame.From} {frame.SequenceNr}", new HeldLongEnough(frame.From, frame.SequenceNr), HeldFor);
            Answer(frame, new AskReady());
        }
    }

    private void OnGrant(GrantAsk grant)
    {
        if (!_held.Remove((grant.Frame.From, grant.Frame.SequenceNr), out HoldAsk? ask))
        {
            // Too late, or the partition was elsewhere when it was asked: the asker hears nothing, and asks again.
            return;
        }

        Frame frame = ask.Frame;
        Timers.Cancel($"held:{frame.From} {frame.SequenceNr}");
        Context.ActorOf(Props.Create(() => new Answerer(
            _table.ActorOf(frame.To)!, new ToEntity(frame.To, ask.Command), answer => Answer(frame, answer), _setup.Options.Partitions.AskAtMost)));
    }

    private void Answer(Frame ask, object answer)
    {
        (string manifest, byte[] payload) encoded;
        try
        {
            encoded = _persistence.Registry.Encode(answer);
        }
        catch (MessageFormatException e)
        {
            AnswerNotSent(ask.Manifest, ask.To, e.Message);
            return;
        }

        Post(
            new Frame(FrameKind.Answer, ask.To, ask.From, ask.SequenceNr, 0, _persistence.Clock.Now(), encoded.manifest, encoded.payload),
            ask.From);
    }

    private void Post(Frame frame, string address) => _setup.Transport.Send(
        new TransportSend(frame.SequenceNr, _setup.Address, address, TransportLane.Telemetry, FrameCodec.Encode(frame)), Self);

    private void OnDelivery(TransportDelivery delivery)
    {
        if (delivery.ConsumerTag != _tag)
        {
            return;
        }

        if (delivery.DeliveryTag != 0)
        {
            _setup.Transport.Acknowledge(_address, delivery.ConsumerTag, delivery.DeliveryTag);
        }

        try
        {
            Frame frame = FrameCodec.Decode(delivery.Frame);
            if (frame.Kind == FrameKind.Answer && _pending.TryGetValue(frame.SequenceNr, out Pending? pending))
            {
                OnAnswer(frame.SequenceNr, pending, _persistence.Registry.Decode(frame.Manifest!, frame.Payload));
            }
        }
        catch (MessageFormatException e)
        {
            AnswerUnreadable(_address, e.Message);
        }
    }

    private void OnAnswer(long number, Pending pending, object answer)
    {
        if (answer is AskReady)
        {
            Timers.StartSingleTimer(TimerOf(number), new AskOverdue(number), HeldFor + _setup.Options.Partitions.AskAtMost + Margin);
            Post(
                new Frame(FrameKind.Grant, _address, pending.EntityId, number, 0, _persistence.Clock.Now(), null, []),
                _setup.Routes.QueueOf(_table.PartitionOf(pending.EntityId)));
            return;
        }

        Timers.Cancel(TimerOf(number));
        _pending.Remove(number);
        pending.Asker?.Tell(answer is AskFailed failed ? failed.ToFailure() : answer);
    }

    private void OnOverdue(AskOverdue overdue)
    {
        if (_pending.Remove(overdue.Number, out Pending? pending))
        {
            pending.Asker?.Tell(new Status.Failure(new TimeoutException(
                $"the server that has {pending.EntityId} does not answer; what was asked is not carried out any more unless it already is")));
        }
    }

    private static string TimerOf(long number) => string.Create(CultureInfo.InvariantCulture, $"ask:{number}");

    [LoggerMessage(3141, LogLevel.Warning, "the answer to a {Manifest} for {EntityId} cannot be sent: {Reason}")]
    private partial void AnswerNotSent(string? manifest, string entityId, string reason);

    [LoggerMessage(3142, LogLevel.Warning, "an answer that came to {Address} cannot be read: {Reason}")]
    private partial void AnswerUnreadable(string address, string reason);

    private sealed record Pending(string EntityId, IActorRef? Asker);

    private sealed record AskOverdue(long Number);

    private sealed record HeldLongEnough(string From, long Number);

    private sealed record SubscribeDue
    {
        public static SubscribeDue Instance { get; } = new();
    }

    /// <summary>Stands for one asker of another host: hands its command over, and sends the answer back.</summary>
    private sealed class Answerer : ReceiveActor, IWithTimers
    {
        private readonly IActorRef _partition;
        private readonly ToEntity _command;
        private readonly TimeSpan _atMost;

        public Answerer(IActorRef partition, ToEntity command, Action<object> answer, TimeSpan atMost)
        {
            _partition = partition;
            _command = command;
            _atMost = atMost;

            // Nobody waits for an answer any longer than that.
            Receive<NobodyWaits>(_ => Context.Stop(Self));
            ReceiveAny(message =>
            {
                answer(message is Status.Failure failure ? AskFailed.Of(failure.Cause) : message);
                Context.Stop(Self);
            });
        }

        public ITimerScheduler Timers { get; set; } = null!;

        protected override void PreStart()
        {
            Timers.StartSingleTimer(nameof(NobodyWaits), NobodyWaits.Instance, _atMost);
            _partition.Tell(_command, Self);
        }

        private sealed record NobodyWaits
        {
            public static NobodyWaits Instance { get; } = new();
        }
    }
}
