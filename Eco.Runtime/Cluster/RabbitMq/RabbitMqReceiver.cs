using System.Collections.Immutable;
using Eco.Runtime.Actors;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace Eco.Runtime.Cluster.RabbitMq;

/// <summary>All subscriptions of a host, over whatever connection there is.</summary>
internal sealed partial class RabbitMqReceiver(
    RabbitMqTransportOptions options, RabbitMqTopology topology, RabbitMqBindings bindings, ILogger logger) : IRabbitMqLinkUser
{
    /// <summary>A quorum queue's consumer has no more.</summary>
    public const int MaximumPrefetch = 2000;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly ILogger _logger = logger;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, RabbitMqSubscription> _byTag = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RabbitMqSubscription> _exclusive = new(StringComparer.Ordinal);
    private RabbitMqSession? _session;
    private int _running;
    private long _dropped;
    private long _late;

    public RabbitMqTopology Topology { get; } = topology;

    /// <summary>Telemetry frames that queues have dropped, as far as this host has counted them.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Control frames that the client handed out after the end of their channel, and that were not handed on.</summary>
    public long Late => Interlocked.Read(ref _late);

    /// <summary>Whether all subscriptions stand and all acknowledgements are written.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_gate)
            {
                return _session is not null && _running == _byTag.Count && _byTag.Values.All(subscription => subscription.IsIdle);
            }
        }
    }

    public void Subscribe(TransportSubscription subscription, IActorRef receiver)
    {
        var added = new RabbitMqSubscription(this, subscription, receiver);
        RabbitMqSubscription? replaced = null;
        lock (_gate)
        {
            if (_byTag.Count >= options.MaximumAddresses)
            {
                throw new InvalidOperationException(
                    $"{options.HostName} already has {options.MaximumAddresses} subscriptions; '{subscription.Address}' is one too many");
            }

            if (!_byTag.TryAdd(subscription.ConsumerTag, added))
            {
                throw new ArgumentException(
                    $"{subscription.Address} already has a subscription with consumer tag '{subscription.ConsumerTag}'; each needs its own",
                    nameof(subscription));
            }

            if (subscription.Mode == SubscriptionMode.Exclusive)
            {
                _exclusive.Remove(subscription.Address, out replaced);
                _exclusive.Add(subscription.Address, added);
            }
        }

        replaced?.End($"the subscription '{subscription.ConsumerTag}' has replaced it");
        lock (_gate)
        {
            if (_session is { } session)
            {
                // What the former one had goes back to the queue when its channel closes: before anything newer is handed out.
                _running++;
                added.Start(session, replaced?.Closed ?? Task.CompletedTask);
            }
        }
    }

    public void Unsubscribe(string address, string consumerTag) => Find(address, consumerTag)?.End(null);

    public void Acknowledge(string address, string consumerTag, long deliveryTag) => Find(address, consumerTag)?.Acknowledge(deliveryTag);

    /// <summary>How an address is subscribed to here; null when it is not.</summary>
    public SubscriptionMode? ModeOf(string address)
    {
        lock (_gate)
        {
            return _byTag.Values.FirstOrDefault(subscription => subscription.Address == address)?.Mode;
        }
    }

    public Task ConnectedAsync(RabbitMqSession session)
    {
        lock (_gate)
        {
            _session = session;
            foreach (RabbitMqSubscription waiting in _byTag.Values)
            {
                _running++;
                waiting.Start(session, Task.CompletedTask);
            }
        }

        if (options.CountsDropped)
        {
            _ = Task.Run(() => CountDroppedAsync(session));
        }

        return Task.CompletedTask;
    }

    public void Blocked(RabbitMqSession session, bool isBlocked)
    {
        // Deliveries come; acknowledgements wait.
    }

    public void Lost(RabbitMqSession session, string reason)
    {
        RabbitMqSubscription[] subscriptions;
        lock (_gate)
        {
            _session = null;
            subscriptions = [.. _byTag.Values];
        }

        foreach (RabbitMqSubscription subscription in subscriptions)
        {
            subscription.ConnectionLost(reason);
        }
    }

    public void Forget(RabbitMqSubscription subscription)
    {
        lock (_gate)
        {
            _byTag.Remove(subscription.Tag);
            if (_exclusive.GetValueOrDefault(subscription.Address) == subscription)
            {
                _exclusive.Remove(subscription.Address);
            }
        }
    }

    /// <summary>A subscription has left its connection.</summary>
    public void Ended()
    {
        lock (_gate)
        {
            _running--;
        }
    }

    /// <summary>A subscription stands.</summary>
    public void Established() => bindings.TryAgain();

    /// <summary>A telemetry queue had gone and is there again, without its bindings.</summary>
    public void DeclaredAgain(string address) => bindings.Redo(address);

    /// <summary>Another host says that an alias is bound elsewhere now.</summary>
    public void Moved(RabbitMqSubscription subscription, RawDelivery notice)
    {
        if (notice.Properties.UserId == options.Credentials.UserName)
        {
            bindings.Moved(notice.RoutingKey, subscription.Address, System.Text.Encoding.UTF8.GetString(notice.Body.Span));
        }
    }

    /// <summary>Looks how much waits, as far as the connection allows.</summary>
    public async Task<ImmutableArray<QueueDepth>> InspectAsync(ImmutableArray<string> addresses)
    {
        RabbitMqSession? session;
        lock (_gate)
        {
            session = _session;
        }

        var depths = ImmutableArray.CreateBuilder<QueueDepth>();
        IChannel? channel = null;
        try
        {
            foreach (string address in session is null ? [] : addresses)
            {
                channel ??= await session!.OpenChannelAsync().ConfigureAwait(false);
                try
                {
                    QueueDeclareOk found = await channel.QueueDeclarePassiveAsync(address).ConfigureAwait(false);
                    depths.Add(new QueueDepth(address, Exists: true, found.MessageCount, found.ConsumerCount));
                }
                catch (Exception e) when (RabbitMqTopology.IsMissing(e))
                {
                    depths.Add(new QueueDepth(address, Exists: false, 0, 0));
                    await channel.DisposeAsync().ConfigureAwait(false);
                    channel = null;
                }
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Refused("a look at its queues", e);
        }

        await CloseQuietlyAsync(channel).ConfigureAwait(false);
        return depths.ToImmutable();
    }

    public bool IsTooLarge(string address, long bytes)
    {
        if (bytes <= options.MaximumFrameBytes)
        {
            return false;
        }

        TooLarge(options.HostName, address, bytes, options.MaximumFrameBytes);
        options.Observe(new FrameTooLarge(options.HostName, address, bytes, options.MaximumFrameBytes));
        return true;
    }

    public void CountLate() => Interlocked.Increment(ref _late);

    public void Refused(string what, Exception e)
    {
        RefusedNow(options.HostName, what, e.Message);
        options.Observe(new BrokerRefused(options.HostName, what, e.Message));
    }

    /// <summary>Waits before something is tried again, unless it is over before that.</summary>
    public Task PauseAsync(int attempt, Task over)
    {
        double doubled = FirstPause.TotalMilliseconds * Math.Pow(2, Math.Min(attempt - 1, 20));
        double jitter;
        lock (options.Random)
        {
            jitter = 0.5 + (options.Random.NextDouble() / 2);
        }

        var pause = TimeSpan.FromMilliseconds(Math.Min(doubled, LongestPause.TotalMilliseconds) * jitter);
        return Task.WhenAny(over, Task.Delay(pause, options.TimeProvider));
    }

    private RabbitMqSubscription? Find(string address, string consumerTag)
    {
        lock (_gate)
        {
            return _byTag.TryGetValue(consumerTag, out RabbitMqSubscription? subscription) && subscription.Address == address ? subscription : null;
        }
    }

    private async Task CloseQuietlyAsync(IChannel? channel)
    {
        try
        {
            await (channel?.DisposeAsync() ?? ValueTask.CompletedTask).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // It closes with its connection.
            NotClosed(options.HostName, e.Message);
        }
    }

    private async Task CountDroppedAsync(RabbitMqSession session)
    {
        for (int attempt = 1; !session.IsOver; attempt++)
        {
            try
            {
                IChannel channel = await session.OpenChannelAsync().ConfigureAwait(false);
                await using (channel.ConfigureAwait(false))
                {
                    await Topology.DeclareDroppedAsync(channel).ConfigureAwait(false);
                    var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    var consumer = new SubscriptionConsumer(channel, _ => Interlocked.Increment(ref _dropped), _ => ended.TrySetResult());
                    await channel.BasicConsumeAsync(RabbitMqNames.DroppedQueue, autoAck: true, consumer).ConfigureAwait(false);
                    await Task.WhenAny(ended.Task, session.Ended).ConfigureAwait(false);
                }
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                if (!session.IsOver)
                {
                    Refused("what telemetry queues have dropped", e);
                }
            }

            await PauseAsync(attempt, session.Ended).ConfigureAwait(false);
        }
    }

    [LoggerMessage(3211, LogLevel.Warning, "{Host}: the broker refuses {What}; it is tried again: {Reason}")]
    private partial void RefusedNow(string host, string what, string reason);

    [LoggerMessage(3213, LogLevel.Debug, "{Host}: a channel did not close: {Reason}")]
    private partial void NotClosed(string host, string reason);

    [LoggerMessage(3212, LogLevel.Error, "{Host}: a frame of {Bytes} bytes came for {Address} and was given up; at most {Limit} are taken")]
    private partial void TooLarge(string host, string address, long bytes, long limit);
}
