using System.Globalization;
using Eco.Runtime.Actors;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Eco.Runtime.Cluster.RabbitMq;

/// <summary>
/// Publishes control frames: one loop on one channel, mandatory, persistent, confirmed, and never with a cancellation token. Whatever is on
/// its way when a connection ends is Unknown.
/// </summary>
/// <remarks>
/// Confirms are counted here: the n-th frame that one loop writes to a channel is the n-th that the broker confirms. The client's own
/// tracking would wait for each, and does not come through a cancelled publish.
/// </remarks>
internal sealed class ControlPublisher : IRabbitMqLinkUser, IDisposable
{
    // Nobody can look behind an alias: a full queue there costs a channel each time.
    private const int AliasFactor = 5;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    private readonly RabbitMqTransportOptions _options;
    private readonly InProcessTraffic _traffic;
    private readonly Func<string, Task<QueueDepth?>> _depthOf;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private readonly Queue<Outgoing> _waiting = new();
    private readonly Queue<Outgoing> _unconfirmed = new();

    /// <summary>Keys whose frames are refused, and since when nothing else is heard of them.</summary>
    private readonly Dictionary<string, long> _refused = new(StringComparer.Ordinal);

    private TaskCompletionSource _work = NewSignal();
    private RabbitMqSession? _session;
    private IChannel? _channel;
    private ulong _sequence;
    private long _heldBytes;
    private bool _isBlocked;
    private bool _isTiming;

    public ControlPublisher(RabbitMqTransportOptions options, InProcessTraffic traffic, Func<string, Task<QueueDepth?>> depthOf)
    {
        _options = options;
        _traffic = traffic;
        _depthOf = depthOf;
        _timer = options.TimeProvider.CreateTimer(static publisher => ((ControlPublisher)publisher!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    public int Unconfirmed
    {
        get
        {
            lock (_gate)
            {
                return _unconfirmed.Count;
            }
        }
    }

    public void Send(TransportSend send, IActorRef replyTo) =>
        Post(new Outgoing(send.To, send.Frame, null, send.CorrelationId, replyTo));

    /// <summary>Publishes a word of the transport itself; nobody hears what becomes of it.</summary>
    public void Tell(string key, byte[] body, string type) => Post(new Outgoing(key, body, type, 0, null));

    public Task ConnectedAsync(RabbitMqSession session) => OpenAsync(session, isFirst: true);

    public void Blocked(RabbitMqSession session, bool isBlocked)
    {
        Outgoing[] refused = [];
        lock (_gate)
        {
            _isBlocked = isBlocked && _session == session;
            if (_isBlocked)
            {
                refused = [.. _waiting];
                _waiting.Clear();
                _heldBytes -= refused.Sum(frame => frame.Body.Length);
            }

            Signal();
        }

        Answer(refused, TransportResult.Blocked);
    }

    public void Lost(RabbitMqSession session, string reason)
    {
        Outgoing[] lost;
        lock (_gate)
        {
            if (_session != session)
            {
                return;
            }

            _session = null;
            _channel = null;
            _isBlocked = false;
            lost = TakeUnconfirmed();
            Signal();
        }

        AnswerUnknown(lost, reason);
    }

    public void Dispose()
    {
        _timer.Dispose();
        Outgoing[] left;
        lock (_gate)
        {
            left = [.. _waiting];
            _waiting.Clear();
        }

        Answer(left, TransportResult.Blocked);
    }

    /// <summary>Publishes by a new channel from now on. What is on its way by the one before it is Unknown.</summary>
    private async Task OpenAsync(RabbitMqSession session, bool isFirst)
    {
        IChannel channel = await session.OpenChannelAsync(confirms: true).ConfigureAwait(false);
        channel.BasicAcksAsync += (_, e) => Settled(session, channel, e.DeliveryTag, e.Multiple, TransportResult.Confirmed);
        channel.BasicNacksAsync += (_, e) => Settled(session, channel, e.DeliveryTag, e.Multiple, TransportResult.Blocked);
        channel.BasicReturnAsync += (_, e) => Returned(channel, e);
        channel.ChannelShutdownAsync += (_, e) => Closed(session, channel, e.ReplyText);
        Outgoing[] lost;
        IChannel? former;
        lock (_gate)
        {
            if (!isFirst && _session != session)
            {
                return; // it closes with its connection
            }

            former = _channel;
            lost = TakeUnconfirmed();
            _isBlocked = !isFirst && _isBlocked;
            _session = session;
            _channel = channel;
            _sequence = 0;
            Signal();
        }

        AnswerUnknown(lost, "its channel was given up");
        _ = PublishAsync(session, channel);
        if (!isFirst && former is not null)
        {
            await former.DisposeAsync().ConfigureAwait(false);
        }
    }

    private Task Closed(RabbitMqSession session, IChannel channel, string reason)
    {
        lock (_gate)
        {
            if (_channel != channel)
            {
                return Task.CompletedTask;
            }
        }

        session.GiveUp(reason);
        return Task.CompletedTask;
    }

    private Outgoing[] TakeUnconfirmed()
    {
        Outgoing[] lost = [.. _unconfirmed.Where(frame => frame is { IsAnswered: false, IsSettled: false })];
        _heldBytes -= _unconfirmed.Sum(frame => frame.Body.Length);
        _unconfirmed.Clear();
        _refused.Clear();
        return lost;
    }

    private void Post(Outgoing frame)
    {
        lock (_gate)
        {
            if (!_isBlocked && _waiting.Count < _options.MaximumWaiting && _heldBytes + frame.Body.Length <= _options.MaximumWaitingBytes)
            {
                frame.Since = _options.TimeProvider.GetTimestamp();
                _heldBytes += frame.Body.Length;
                _waiting.Enqueue(frame);
                if (!_isTiming)
                {
                    _isTiming = true;
                    _timer.Change(LookEvery, LookEvery);
                }

                Signal();
                return;
            }
        }

        Answer([frame], TransportResult.Blocked);
    }

    private async Task PublishAsync(RabbitMqSession session, IChannel channel)
    {
        try
        {
            while (await NextAsync(channel).ConfigureAwait(false) is { } frame)
            {
                var properties = new BasicProperties
                {
                    DeliveryMode = DeliveryModes.Persistent,
                    MessageId = frame.Sequence.ToString(CultureInfo.InvariantCulture),
                };
                if (frame.Type is not null)
                {
                    // The broker vouches for it: nobody else can say it in this user's name.
                    properties.Type = frame.Type;
                    properties.UserId = _options.Credentials.UserName;
                }

                await channel.BasicPublishAsync(RabbitMqNames.ExchangeOf(frame.Key), frame.Key, true, properties, frame.Body).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            await Closed(session, channel, $"publishing has failed: {e.Message}").ConfigureAwait(false);
        }
    }

    private async Task<Outgoing?> NextAsync(IChannel channel)
    {
        while (true)
        {
            Task work;
            lock (_gate)
            {
                if (_channel != channel)
                {
                    return null;
                }

                if (!_isBlocked && _unconfirmed.Count < _options.MaximumUnconfirmed && _waiting.TryDequeue(out Outgoing? next))
                {
                    next.Sequence = ++_sequence;
                    next.Since = _options.TimeProvider.GetTimestamp();
                    _unconfirmed.Enqueue(next);
                    return next;
                }

                if (_work.Task.IsCompleted)
                {
                    _work = NewSignal();
                }

                work = _work.Task;
            }

            await work.ConfigureAwait(false);
        }
    }

    private Task Returned(IChannel channel, BasicReturnEventArgs e)
    {
        lock (_gate)
        {
            // It comes before the confirm, which then says nothing.
            if (_channel == channel
                && ulong.TryParse(e.BasicProperties.MessageId, NumberStyles.None, CultureInfo.InvariantCulture, out ulong sequence)
                && _unconfirmed.FirstOrDefault(frame => frame.Sequence == sequence) is { } returned)
            {
                returned.IsReturned = true;
            }
        }

        return Task.CompletedTask;
    }

    private Task Settled(RabbitMqSession session, IChannel channel, ulong tag, bool multiple, TransportResult result)
    {
        var answered = new List<Outgoing>();
        lock (_gate)
        {
            if (_channel != channel)
            {
                return Task.CompletedTask;
            }

            foreach (Outgoing frame in _unconfirmed)
            {
                if (frame.Sequence > tag)
                {
                    break;
                }

                if (!frame.IsSettled && (multiple || frame.Sequence == tag))
                {
                    frame.IsSettled = true;
                    answered.Add(frame);
                }
            }

            while (_unconfirmed.TryPeek(out Outgoing? first) && first.IsSettled)
            {
                _unconfirmed.Dequeue();
                _heldBytes -= first.Body.Length;
            }

            Signal();
        }

        foreach (Outgoing frame in answered)
        {
            if (!frame.IsAnswered)
            {
                Answer([frame], frame.IsReturned ? TransportResult.Unroutable : result);
            }

            if (IsSuspect(frame.Key, isRefused: result == TransportResult.Blocked))
            {
                _ = DoubtAsync(session, frame.Key);
            }
        }

        return Task.CompletedTask;
    }

    private bool IsSuspect(string key, bool isRefused)
    {
        lock (_gate)
        {
            if (!isRefused)
            {
                _refused.Remove(key);
                return false;
            }

            TimeSpan limit = IsAlias(key) ? AliasFactor * _options.RefusalTimeout : _options.RefusalTimeout;
            long now = _options.TimeProvider.GetTimestamp();
            if (_refused.TryAdd(key, now) || _options.TimeProvider.GetElapsedTime(_refused[key], now) < limit)
            {
                return false;
            }

            _refused[key] = now;
            return true;
        }
    }

    /// <summary>
    /// A channel that meets a queue for the first time just after its leader has died goes on asking the dead node, and refuses for as long as that
    /// is away (3.10.8); another channel does not. A queue that can be looked at is, lest a full one costs a channel each time.
    /// </summary>
    private async Task DoubtAsync(RabbitMqSession session, string key)
    {
        QueueDepth? depth = IsAlias(key) ? null : await _depthOf(key).ConfigureAwait(false);
        if (!IsAlias(key) && (depth is not { Exists: true } || depth.Waiting >= _options.ControlCapacity / 2))
        {
            return;
        }

        try
        {
            await OpenAsync(session, isFirst: false).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            session.GiveUp($"no other channel can be had: {e.Message}");
        }
    }

    private static bool IsAlias(string key) => RabbitMqNames.ExchangeOf(key) == RabbitMqNames.UpExchange;

    /// <summary>Looks for what has waited too long. A connection without confirms is given up, unless the broker has said that it takes nothing.</summary>
    private void Look()
    {
        var refused = new List<Outgoing>();
        Outgoing[] unknown = [];
        RabbitMqSession? silent = null;
        lock (_gate)
        {
            while (_waiting.TryPeek(out Outgoing? first) && IsOld(first))
            {
                refused.Add(_waiting.Dequeue());
                _heldBytes -= first.Body.Length;
            }

            if (_unconfirmed.TryPeek(out Outgoing? oldest) && IsOld(oldest))
            {
                if (_isBlocked)
                {
                    unknown = [.. _unconfirmed.Where(frame => !frame.IsAnswered && !frame.IsSettled && IsOld(frame))];
                    Array.ForEach(unknown, frame => frame.IsAnswered = true);
                }
                else
                {
                    silent = _session;
                }
            }

            if (_waiting.Count + _unconfirmed.Count == 0)
            {
                _isTiming = false;
                _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }

        Answer(refused, TransportResult.Blocked);
        AnswerUnknown(unknown, "the broker takes nothing");
        silent?.GiveUp($"the broker has confirmed nothing for {_options.ConfirmTimeout.TotalSeconds:0.#} s");
    }

    private bool IsOld(Outgoing frame) => _options.TimeProvider.GetElapsedTime(frame.Since) >= _options.ConfirmTimeout;

    private void AnswerUnknown(Outgoing[] frames, string reason)
    {
        if (frames.Length > 0)
        {
            _options.Observe(new PublishUnknown(_options.HostName, frames.Length, reason));
            Answer(frames, TransportResult.Unknown);
        }
    }

    private void Answer(IEnumerable<Outgoing> frames, TransportResult result)
    {
        foreach (Outgoing frame in frames)
        {
            if (frame.ReplyTo is { } replyTo)
            {
                _traffic.Answered(result);
                replyTo.Tell(new TransportOutcome(frame.CorrelationId, result), ActorRefs.NoSender);
            }
        }
    }

    private void Signal() => _work.TrySetResult();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class Outgoing(string key, byte[] body, string? type, long correlationId, IActorRef? replyTo)
    {
        public string Key { get; } = key;

        public byte[] Body { get; } = body;

        public string? Type { get; } = type;

        public long CorrelationId { get; } = correlationId;

        public IActorRef? ReplyTo { get; } = replyTo;

        /// <summary>Its number on the channel.</summary>
        public ulong Sequence { get; set; }

        /// <summary>When it began to wait, then when it was published.</summary>
        public long Since { get; set; }

        public bool IsReturned { get; set; }

        public bool IsSettled { get; set; }

        /// <summary>Whether it was answered before it was settled.</summary>
        public bool IsAnswered { get; set; }
    }
}
