using System.Threading.Channels;
using Eco.Runtime.Actors;
using RabbitMQ.Client;

namespace Eco.Runtime.Cluster.RabbitMq;

/// <summary>
/// One subscription: a channel for control with the broker's prefetch, another for telemetry. It waits for a connection as long as it must;
/// once it has stood, the end of its channel is its end.
/// </summary>
internal sealed class RabbitMqSubscription(RabbitMqReceiver owner, TransportSubscription subscription, IActorRef receiver)
{
    private readonly Lock _gate = new();
    private readonly HashSet<long> _unacknowledged = [];
    private readonly Channel<ulong> _acknowledgements = Channel.CreateUnbounded<ulong>(new UnboundedChannelOptions { SingleReader = true });
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IChannel? _channel;
    private bool _isTelemetryStarted;
    private bool _isTelemetryReady;
    private int _unwritten;
    private Task _run = Task.CompletedTask;

    public string Address => subscription.Address;

    public string Tag => subscription.ConsumerTag;

    public SubscriptionMode Mode => subscription.Mode;

    /// <summary>Whether nothing is handed over any more.</summary>
    public bool IsOver => _over.Task.IsCompleted;

    /// <summary>Whether it receives, or has received: only then its end is told.</summary>
    private bool IsEstablished { get; set; }

    /// <summary>Completes when its channel is closed, after its end.</summary>
    public Task Closed => _run;

    /// <summary>Works by a connection from now on, after another subscription has left it.</summary>
    public void Start(RabbitMqSession session, Task after)
    {
        lock (_gate)
        {
            Task before = _run;
            _run = Task.Run(async () =>
            {
                await before.ConfigureAwait(false);
                await after.ConfigureAwait(false);
                await RunAsync(session).ConfigureAwait(false);
                owner.Ended();
            });
        }
    }

    /// <summary>Its connection is gone. One that has not stood yet waits for the next.</summary>
    public void ConnectionLost(string reason)
    {
        bool hasStood;
        lock (_gate)
        {
            _channel = null;
            hasStood = IsEstablished;
        }

        if (hasStood)
        {
            End(reason);
        }
    }

    /// <summary>Ends it and tells its receiver why, once; with null it knows.</summary>
    public void End(string? reason)
    {
        lock (_gate)
        {
            if (!_over.TrySetResult())
            {
                return;
            }

            _acknowledgements.Writer.Complete();
            if (reason is not null)
            {
                // Under the lock: no delivery may follow it.
                receiver.Tell(new SubscriptionLost(Address, Tag, reason), ActorRefs.NoSender);
            }
        }

        owner.Forget(this);
    }

    public void Acknowledge(long deliveryTag)
    {
        lock (_gate)
        {
            // The broker closes a channel that acknowledges what it does not have.
            if (_unacknowledged.Remove(deliveryTag))
            {
                Write((ulong)deliveryTag);
            }
        }
    }

    /// <summary>Whether nothing of it is under way.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_gate)
            {
                return IsEstablished && _unwritten == 0 && _isTelemetryStarted == _isTelemetryReady;
            }
        }
    }

    private async Task RunAsync(RabbitMqSession session)
    {
        for (int attempt = 0; !IsOver && !session.IsOver; attempt++)
        {
            if (attempt > 0)
            {
                await owner.PauseAsync(attempt, Task.WhenAny(session.Ended, _over.Task)).ConfigureAwait(false);
            }

            try
            {
                IChannel channel = await session.OpenChannelAsync().ConfigureAwait(false);
                await using (channel.ConfigureAwait(false))
                {
                    await ConsumeAsync(session, channel).ConfigureAwait(false);
                }
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Failed(session, e);
            }
        }
    }

    private void Failed(RabbitMqSession session, Exception e)
    {
        bool hasStood;
        lock (_gate)
        {
            hasStood = IsEstablished;
        }

        if (hasStood)
        {
            End(e.Message);
        }
        else if (!IsOver && !session.IsOver)
        {
            owner.Refused($"the subscription to {Address}", e);
        }
    }

    private async Task ConsumeAsync(RabbitMqSession session, IChannel channel)
    {
        await owner.Topology.DeclareControlAsync(channel, Address, Mode).ConfigureAwait(false);
        await channel.BasicQosAsync(0, (ushort)Math.Min(subscription.Prefetch, RabbitMqReceiver.MaximumPrefetch), global: false).ConfigureAwait(false);
        lock (_gate)
        {
            if (IsOver)
            {
                return;
            }

            _channel = channel;
        }

        if (Mode == SubscriptionMode.Exclusive)
        {
            StartTelemetry(session);
        }

        var consumer = new SubscriptionConsumer(channel, raw => Deliver(session, channel, raw), reason => ChannelOver(channel, reason));
        await channel.BasicConsumeAsync(Address, autoAck: false, Tag, consumer).ConfigureAwait(false);
        lock (_gate)
        {
            if (_channel != channel && !IsOver)
            {
                return; // it closed just now, and nobody has heard of it
            }

            IsEstablished = true;
        }

        owner.Established();
        await foreach (ulong tag in _acknowledgements.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            await channel.BasicAckAsync(tag, multiple: false).ConfigureAwait(false);
            Interlocked.Decrement(ref _unwritten);
        }

        await channel.CloseAsync().ConfigureAwait(false);
    }

    private void ChannelOver(IChannel channel, string reason)
    {
        bool ends;
        lock (_gate)
        {
            ends = _channel == channel && IsEstablished;
            _channel = _channel == channel ? null : _channel;
        }

        if (ends)
        {
            End(reason);
        }
    }

    private void Deliver(RabbitMqSession session, IChannel channel, RawDelivery raw)
    {
        if (raw.Properties.Type == RabbitMqBindings.MovedType)
        {
            owner.Moved(this, raw);
            AcknowledgeNow(channel, raw.Tag);
            return;
        }

        if (owner.IsTooLarge(Address, raw.Body.Length))
        {
            AcknowledgeNow(channel, raw.Tag);
            return;
        }

        byte[] copy = raw.Body.ToArray();
        lock (_gate)
        {
            // The client goes on handing out what it has prefetched when the connection is gone: that comes again, to somebody else.
            if (IsOver || _channel != channel || session.IsOver || !channel.IsOpen)
            {
                owner.CountLate();
                return;
            }

            IsEstablished = true;
            _unacknowledged.Add((long)raw.Tag);
            receiver.Tell(
                new TransportDelivery(Address, Tag, (long)raw.Tag, TransportLane.Control, copy, raw.IsRedelivered), ActorRefs.NoSender);
        }

        // Who gets control is the active one: from now on it takes telemetry too.
        StartTelemetry(session);
    }

    private void AcknowledgeNow(IChannel channel, ulong tag)
    {
        lock (_gate)
        {
            if (!IsOver && _channel == channel)
            {
                Write(tag);
            }
        }
    }

    // Bounded by the prefetch: each delivery is acknowledged once.
    private void Write(ulong tag)
    {
        if (_acknowledgements.Writer.TryWrite(tag))
        {
            Interlocked.Increment(ref _unwritten);
        }
    }

    private void StartTelemetry(RabbitMqSession session)
    {
        lock (_gate)
        {
            if (_isTelemetryStarted || IsOver)
            {
                return;
            }

            _isTelemetryStarted = true;
        }

        _ = Task.Run(() => RunTelemetryAsync(session));
    }

    private async Task RunTelemetryAsync(RabbitMqSession session)
    {
        for (int attempt = 0; !IsOver && !session.IsOver; attempt++)
        {
            if (attempt > 0)
            {
                await owner.PauseAsync(attempt, Task.WhenAny(session.Ended, _over.Task)).ConfigureAwait(false);
            }

            try
            {
                IChannel channel = await session.OpenChannelAsync().ConfigureAwait(false);
                await using (channel.ConfigureAwait(false))
                {
                    await ConsumeTelemetryAsync(session, channel, isAgain: attempt > 0).ConfigureAwait(false);
                }
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // Control goes on; this is tried again.
                if (!IsOver && !session.IsOver)
                {
                    owner.Refused($"the telemetry of {Address}", e);
                }
            }
        }
    }

    private async Task ConsumeTelemetryAsync(RabbitMqSession session, IChannel channel, bool isAgain)
    {
        await owner.Topology.DeclareTelemetryAsync(channel, Address).ConfigureAwait(false);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var consumer = new SubscriptionConsumer(channel, DeliverTelemetry, _ => ended.TrySetResult());
        await channel.BasicConsumeAsync(
            RabbitMqNames.TelemetryQueueOf(Address), autoAck: true, Tag + ":tele", consumer).ConfigureAwait(false);
        _isTelemetryReady = true;
        if (isAgain)
        {
            owner.DeclaredAgain(Address);
        }

        await Task.WhenAny(ended.Task, _over.Task, session.Ended).ConfigureAwait(false);
        if (channel.IsOpen)
        {
            await channel.CloseAsync().ConfigureAwait(false);
        }
    }

    private void DeliverTelemetry(RawDelivery raw)
    {
        if (owner.IsTooLarge(Address, raw.Body.Length))
        {
            return;
        }

        byte[] copy = raw.Body.ToArray();
        lock (_gate)
        {
            if (!IsOver)
            {
                receiver.Tell(new TransportDelivery(Address, Tag, 0, TransportLane.Telemetry, copy), ActorRefs.NoSender);
            }
        }
    }
}
