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
    public void Subscribe(string address, IActorRef receiver)
    {
        ArgumentException.ThrowIfNullOrEmpty(address);
        ArgumentNullException.ThrowIfNull(receiver);
        if (_queues.Count >= _options.MaximumAddresses && !_queues.ContainsKey(address))
        {
            throw new InvalidOperationException(
                $"the in-process transport already has {_options.MaximumAddresses} addresses; '{address}' is one too many");
        }

        InProcessQueue queue = _queues.GetOrAdd(
            address, static (name, limits) => new InProcessQueue(name, limits.ControlCapacity, limits.TelemetryCapacity), _options);
        lock (queue)
        {
            queue.Subscribe(receiver);
        }
    }

    /// <inheritdoc/>
    public void Unsubscribe(string address, IActorRef receiver)
    {
        if (_queues.TryGetValue(address, out InProcessQueue? queue))
        {
            lock (queue)
            {
                // One who was replaced must not end the subscription of the one who came after.
                if (receiver.Equals(queue.Receiver))
                {
                    queue.Unsubscribe();
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Acknowledge(string address, long deliveryTag)
    {
        if (_queues.TryGetValue(address, out InProcessQueue? queue))
        {
            lock (queue)
            {
                queue.Acknowledge(deliveryTag);
            }
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
        if (!_queues.TryGetValue(send.To, out InProcessQueue? queue))
        {
            return TransportResult.Unroutable;
        }

        lock (queue)
        {
            return queue.Offer(send.Lane, send.Frame);
        }
    }
}
