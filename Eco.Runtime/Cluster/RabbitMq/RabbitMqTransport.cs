using System.Collections.Immutable;
using Eco.Runtime.Actors;
using Microsoft.Extensions.Logging;

namespace Eco.Runtime.Cluster.RabbitMq;

/// <summary>
/// The transport between hosts over a RabbitMQ cluster. It works from the first call on, whether a broker can be reached or not, and seeks
/// one for as long as it is open. Safe for use by many threads.
/// </summary>
/// <remarks>
/// While there is no connection, control sends wait for <see cref="RabbitMqTransportOptions.ConfirmTimeout"/> and are then Blocked; what was
/// under way when a connection ended is Unknown. Differences from the other transports: a control queue's limit counts what waits, not what
/// was handed out; a newer exclusive subscription replaces an older one of the same process only.
/// </remarks>
public sealed class RabbitMqTransport : ITransport, IAsyncDisposable
{
    private const int MaximumInspected = 1000;

    private readonly RabbitMqTransportOptions _options;
    private readonly InProcessTraffic _traffic = new();
    private readonly ControlPublisher _control;
    private readonly TelemetryPublisher _telemetry;
    private readonly RabbitMqReceiver _receiver;
    private readonly RabbitMqBindings _bindings;
    private readonly RabbitMqLink _publishing;
    private readonly RabbitMqLink _receiving;
    private int _inspecting;

    private RabbitMqTransport(RabbitMqTransportOptions options, ILogger logger)
    {
        _options = options;
        var topology = new RabbitMqTopology(options);
        _control = new ControlPublisher(options, _traffic, async address => (await _receiver!.InspectAsync([address]).ConfigureAwait(false)).FirstOrDefault());
        _telemetry = new TelemetryPublisher(options);
        _bindings = new RabbitMqBindings(options, topology, _control, address => _receiver!.ModeOf(address), logger);
        _receiver = new RabbitMqReceiver(options, topology, _bindings, logger);
        ImmutableArray<IRabbitMqLinkUser> publishes = [topology, _control, _telemetry];
        ImmutableArray<IRabbitMqLinkUser> receives = [_receiver, _bindings];
        if (options.ReceivesApart)
        {
            _publishing = new RabbitMqLink(options, "publish", publishes, logger);
            _receiving = new RabbitMqLink(options, "receive", [topology, .. receives], logger);
        }
        else
        {
            _publishing = _receiving = new RabbitMqLink(options, "all", [.. publishes, .. receives], logger);
        }
    }

    /// <summary>How the connection for publishing stands.</summary>
    public BrokerStatus Status
    {
        get
        {
            RabbitMqLink.LinkState state = _publishing.State;
            return new BrokerStatus(state.Session?.Endpoint, state.Since, state.Reconnects, state.IsBlocked, _control.Waiting, _control.Unconfirmed);
        }
    }

    /// <summary>What has been sent so far. Telemetry that queues dropped is counted by whichever server hears of it first.</summary>
    public TransportCounters Counters => _traffic.Snapshot(_telemetry.Dropped + _receiver.Dropped);

    /// <summary>Frames that the client handed out after the end of their channel; they were not handed on.</summary>
    public long LateDeliveries => _receiver.Late;

    /// <summary>Whether nothing is under way here.</summary>
    internal bool IsIdle =>
        _inspecting == 0 && _receiver.IsIdle && _bindings.IsIdle && _publishing.Session is not null && _control.Waiting + _control.Unconfirmed + _telemetry.Waiting == 0;

    /// <summary>Opens a transport. Returns at once.</summary>
    public static RabbitMqTransport Open(RabbitMqTransportOptions options, ILogger<RabbitMqTransport> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(logger);
        if (options.Endpoints.IsDefaultOrEmpty)
        {
            throw new ArgumentException("a transport over RabbitMQ needs at least one end point (eco.brokers)", nameof(options));
        }

        var transport = new RabbitMqTransport(options, logger);
        transport._publishing.Start();
        if (transport._receiving != transport._publishing)
        {
            transport._receiving.Start();
        }

        return transport;
    }

    /// <inheritdoc/>
    public void Send(TransportSend send, IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(send);
        ArgumentNullException.ThrowIfNull(replyTo);
        _traffic.Sent(send);
        if (send.Frame.Length > _options.MaximumFrameBytes)
        {
            // However often it is sent, it reaches nobody.
            _options.Observe(new FrameTooLarge(_options.HostName, send.To, send.Frame.Length, _options.MaximumFrameBytes));
            _traffic.Answered(TransportResult.Unroutable);
            if (send.Lane == TransportLane.Control)
            {
                replyTo.Tell(new TransportOutcome(send.CorrelationId, TransportResult.Unroutable), ActorRefs.NoSender);
            }
        }
        else if (send.Lane == TransportLane.Telemetry)
        {
            _telemetry.Send(send);
        }
        else
        {
            _control.Send(send, replyTo);
        }
    }

    /// <inheritdoc/>
    public void Subscribe(TransportSubscription subscription, IActorRef receiver)
    {
        ArgumentNullException.ThrowIfNull(subscription);
        ArgumentException.ThrowIfNullOrEmpty(subscription.Address);
        ArgumentException.ThrowIfNullOrEmpty(subscription.ConsumerTag);
        ArgumentOutOfRangeException.ThrowIfLessThan(subscription.Prefetch, 1);
        ArgumentNullException.ThrowIfNull(receiver);
        _receiver.Subscribe(subscription, receiver);
    }

    /// <inheritdoc/>
    public void Unsubscribe(string address, string consumerTag) => _receiver.Unsubscribe(address, consumerTag);

    /// <inheritdoc/>
    public void Acknowledge(string address, string consumerTag, long deliveryTag) => _receiver.Acknowledge(address, consumerTag, deliveryTag);

    /// <inheritdoc/>
    public void Bind(string alias, string address)
    {
        ArgumentException.ThrowIfNullOrEmpty(alias);
        ArgumentException.ThrowIfNullOrEmpty(address);
        _bindings.Bind(alias, address);
    }

    /// <inheritdoc/>
    public void Inspect(InspectQueues request, IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(replyTo);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(request.Addresses.Length, MaximumInspected, nameof(request));
        Interlocked.Increment(ref _inspecting);
        _ = Task.Run(async () =>
        {
            ImmutableArray<QueueDepth> depths = await _receiver.InspectAsync(request.Addresses).ConfigureAwait(false);
            Interlocked.Decrement(ref _inspecting);
            replyTo.Tell(new QueuesInspected(request.CorrelationId, depths), ActorRefs.NoSender);
        });
    }

    /// <summary>Closes the connections. What waited is answered, and subscriptions are told that they end.</summary>
    public async ValueTask DisposeAsync()
    {
        await _publishing.StopAsync().ConfigureAwait(false);
        if (_receiving != _publishing)
        {
            await _receiving.StopAsync().ConfigureAwait(false);
        }

        _control.Dispose();
    }
}
