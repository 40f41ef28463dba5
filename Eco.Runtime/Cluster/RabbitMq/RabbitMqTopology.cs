using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Eco.Runtime.Cluster.RabbitMq;

/// <summary>Declares what the transport needs, the same way each time: a queue's arguments stand here and nowhere else.</summary>
internal sealed class RabbitMqTopology(RabbitMqTransportOptions options) : IRabbitMqLinkUser
{
    private const int ParkedCapacity = 10_000;
    private const int DroppedCapacity = 65_536;
    private const long TelemetryBytes = 32L << 20;

    public async Task ConnectedAsync(RabbitMqSession session)
    {
        if (!options.DeclaresTopology)
        {
            return;
        }

        IChannel channel = await session.OpenChannelAsync().ConfigureAwait(false);
        await using (channel.ConfigureAwait(false))
        {
            await channel.ExchangeDeclareAsync(RabbitMqNames.UpExchange, ExchangeType.Direct, durable: true).ConfigureAwait(false);
            await channel.ExchangeDeclareAsync(RabbitMqNames.InternalExchange, ExchangeType.Direct, durable: true).ConfigureAwait(false);
            await channel.ExchangeDeclareAsync(RabbitMqNames.ParkedExchange, ExchangeType.Fanout, durable: true).ConfigureAwait(false);
            await channel.ExchangeDeclareAsync(RabbitMqNames.DroppedExchange, ExchangeType.Fanout, durable: true).ConfigureAwait(false);
            await channel.QueueDeclareAsync(RabbitMqNames.ParkedQueue, true, false, false, Quorum(new Dictionary<string, object?>
            {
                ["x-max-length"] = ParkedCapacity,
                ["x-max-length-bytes"] = options.ControlCapacityBytes,
            })).ConfigureAwait(false);
            await channel.QueueBindAsync(RabbitMqNames.ParkedQueue, RabbitMqNames.ParkedExchange, string.Empty).ConfigureAwait(false);
            await channel.CloseAsync().ConfigureAwait(false);
        }
    }

    public void Blocked(RabbitMqSession session, bool isBlocked)
    {
        // A declaration waits.
    }

    public void Lost(RabbitMqSession session, string reason)
    {
        // The next connection declares again.
    }

    /// <summary>Declares the control queue of an address, reachable by its name.</summary>
    public async Task DeclareControlAsync(IChannel channel, string address, SubscriptionMode mode)
    {
        if (!options.DeclaresTopology)
        {
            return;
        }

        var arguments = new Dictionary<string, object?>
        {
            // A queue is full when more than this wait.
            ["x-max-length"] = options.ControlCapacity - 1,
            ["x-max-length-bytes"] = options.ControlCapacityBytes,
            ["x-overflow"] = "reject-publish",
            ["x-delivery-limit"] = options.DeliveryLimit,
            ["x-dead-letter-exchange"] = RabbitMqNames.ParkedExchange,
        };
        if (mode == SubscriptionMode.SingleActive)
        {
            arguments["x-single-active-consumer"] = true;
        }

        await channel.QueueDeclareAsync(address, true, false, false, Quorum(arguments)).ConfigureAwait(false);
        await channel.QueueBindAsync(address, RabbitMqNames.InternalExchange, address).ConfigureAwait(false);
    }

    /// <summary>Declares the telemetry queue of an address. It is not durable: with the node that holds it, it goes, and is declared elsewhere.</summary>
    public async Task DeclareTelemetryAsync(IChannel channel, string address)
    {
        if (!options.DeclaresTopology)
        {
            return;
        }

        string queue = RabbitMqNames.TelemetryQueueOf(address);
        await channel.QueueDeclareAsync(queue, false, false, false, new Dictionary<string, object?>
        {
            ["x-max-length"] = options.TelemetryCapacity,
            ["x-max-length-bytes"] = TelemetryBytes,
            ["x-dead-letter-exchange"] = RabbitMqNames.DroppedExchange,
        }).ConfigureAwait(false);
        await channel.QueueBindAsync(queue, RabbitMqNames.InternalExchange, RabbitMqNames.TelemetryKeyOf(address)).ConfigureAwait(false);
    }

    /// <summary>Declares the queue of what telemetry queues have dropped.</summary>
    public async Task DeclareDroppedAsync(IChannel channel)
    {
        if (!options.DeclaresTopology)
        {
            return;
        }

        await channel.QueueDeclareAsync(RabbitMqNames.DroppedQueue, false, false, false, new Dictionary<string, object?>
        {
            ["x-max-length"] = DroppedCapacity,
            ["x-max-length-bytes"] = TelemetryBytes,
        }).ConfigureAwait(false);
        await channel.QueueBindAsync(RabbitMqNames.DroppedQueue, RabbitMqNames.DroppedExchange, string.Empty).ConfigureAwait(false);
    }

    /// <summary>Whether a failure says that a queue does not exist.</summary>
    public static bool IsMissing(Exception e) => e is OperationInterruptedException { ShutdownReason.ReplyCode: Constants.NotFound };

    private Dictionary<string, object?> Quorum(Dictionary<string, object?> arguments)
    {
        arguments["x-queue-type"] = "quorum";
        arguments["x-quorum-initial-group-size"] = options.QuorumSize;
        return arguments;
    }
}
