using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Eco.Runtime.Cluster.RabbitMq;

/// <summary>A delivery as the client hands it over: its body is worth nothing after the call.</summary>
/// <param name="Tag">The broker's tag.</param>
/// <param name="IsRedelivered">Whether it was handed out before.</param>
/// <param name="RoutingKey">The address or alias that it was sent to.</param>
/// <param name="Properties">Its properties.</param>
/// <param name="Body">The bytes.</param>
internal readonly record struct RawDelivery(
    ulong Tag, bool IsRedelivered, string RoutingKey, IReadOnlyBasicProperties Properties, ReadOnlyMemory<byte> Body);

/// <summary>One consumer on one channel. It tells its owner of deliveries, and once of its end.</summary>
internal sealed class SubscriptionConsumer(IChannel channel, Action<RawDelivery> deliver, Action<string> over) : AsyncDefaultBasicConsumer(channel)
{
    public override Task HandleBasicDeliverAsync(
        string consumerTag,
        ulong deliveryTag,
        bool redelivered,
        string exchange,
        string routingKey,
        IReadOnlyBasicProperties properties,
        ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken = default)
    {
        deliver(new RawDelivery(deliveryTag, redelivered, routingKey, properties, body));
        return Task.CompletedTask;
    }

    public override Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default)
    {
        over("the broker has cancelled the consumer");
        return base.HandleBasicCancelAsync(consumerTag, cancellationToken);
    }

    public override Task HandleChannelShutdownAsync(object channel, ShutdownEventArgs reason)
    {
        over(reason.ReplyText);
        return base.HandleChannelShutdownAsync(channel, reason);
    }
}
