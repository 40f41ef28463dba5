using System.Collections.Concurrent;
using Eco.Runtime.Actors;

namespace Eco.Runtime.Cluster;

/// <summary>
/// The transport between the hosts of one process: a bounded queue per address, which keeps what is not acknowledged while its host is
/// away. Safe for use by many threads; one instance serves all hosts of the process.
/// </summary>
/// <remarks>Its queues live as long as the process: a durable message that was in one is sent again by its sender's outbox.</remarks>
public sealed class InProcessTransport(InProcessTransportOptions? options = null) : ITransport
{
    private readonly InProcessTransportOptions _options = options ?? new InProcessTransportOptions();
    private readonly ConcurrentDictionary<string, InProcessQueue> _queues = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _aliases = new(StringComparer.Ordinal);
    private readonly InProcessTraffic _traffic = new();

    /// <summary>What has been sent so far.</summary>
    public TransportCounters Counters => _traffic.Snapshot(_queues.Values.Sum(DroppedBy));

    /// <inheritdoc/>
    public void Send(TransportSend send, IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(send);
        ArgumentNullException.ThrowIfNull(replyTo);
        _traffic.Sent(send);
        TransportResult result = Offer(send);
        _traffic.Answered(result);
        if (send.Lane == TransportLane.Control)
        {
            replyTo.Tell(new TransportOutcome(send.CorrelationId, result), ActorRefs.NoSender);
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
        RefuseOneTooMany(_queues, subscription.Address, "addresses");
        InProcessQueue queue = _queues.GetOrAdd(
            subscription.Address,
            static (name, limits) => new InProcessQueue(name, limits.ControlCapacity, limits.TelemetryCapacity),
            _options);
        lock (queue)
        {
            queue.Subscribe(new Consumer(subscription, receiver));
        }
    }

    /// <inheritdoc/>
    public void Unsubscribe(string address, string consumerTag)
    {
        if (_queues.TryGetValue(address, out InProcessQueue? queue))
        {
            lock (queue)
            {
                queue.Unsubscribe(consumerTag);
            }
        }
    }

    /// <inheritdoc/>
    public void Acknowledge(string address, string consumerTag, long deliveryTag)
    {
        if (_queues.TryGetValue(address, out InProcessQueue? queue))
        {
            lock (queue)
            {
                queue.Acknowledge(consumerTag, deliveryTag);
            }
        }
    }

    /// <inheritdoc/>
    public void Bind(string alias, string address)
    {
        ArgumentException.ThrowIfNullOrEmpty(alias);
        ArgumentException.ThrowIfNullOrEmpty(address);
        RefuseOneTooMany(_aliases, alias, "aliases");
        _aliases[alias] = address;
    }

    /// <inheritdoc/>
    public void Inspect(InspectQueues request, IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(replyTo);
        replyTo.Tell(new QueuesInspected(request.CorrelationId, [.. request.Addresses.Select(DepthOf)]), ActorRefs.NoSender);
    }

    private QueueDepth DepthOf(string address)
    {
        if (!_queues.TryGetValue(address, out InProcessQueue? queue))
        {
            return new QueueDepth(address, Exists: false, 0, 0);
        }

        lock (queue)
        {
            return new QueueDepth(address, Exists: true, queue.Waiting, queue.Consumers);
        }
    }

    private static long DroppedBy(InProcessQueue queue)
    {
        lock (queue)
        {
            return queue.TelemetryDropped;
        }
    }

    private TransportResult Offer(TransportSend send)
    {
        // However often it is sent, it reaches nobody.
        if (send.Frame.Length > FrameCodec.MaximumBytes || !_queues.TryGetValue(_aliases.GetValueOrDefault(send.To, send.To), out InProcessQueue? queue))
        {
            return TransportResult.Unroutable;
        }

        lock (queue)
        {
            return queue.Offer(send.Lane, send.Frame);
        }
    }

    private void RefuseOneTooMany<T>(ConcurrentDictionary<string, T> known, string name, string what)
    {
        if (known.Count >= _options.MaximumAddresses && !known.ContainsKey(name))
        {
            throw new InvalidOperationException(
                $"the in-process transport already has {_options.MaximumAddresses} {what}; '{name}' is one too many");
        }
    }

    private sealed class Consumer(TransportSubscription subscription, IActorRef receiver) : QueueConsumer(subscription)
    {
        public override void Hand(TransportDelivery delivery) => receiver.Tell(delivery, ActorRefs.NoSender);

        public override void Lost(SubscriptionLost lost) => receiver.Tell(lost, ActorRefs.NoSender);
    }
}
