using Eco.Runtime.Actors;
using Eco.Runtime.Cluster;

namespace Eco.Host.Campaigns.Workload;

/// <summary>A transport that shows what is handed to it.</summary>
internal sealed class ObservedTransport(ITransport inner, Action<TransportSend> sent) : ITransport
{
    public void Send(TransportSend send, IActorRef replyTo)
    {
        sent(send);
        inner.Send(send, replyTo);
    }

    public void Subscribe(TransportSubscription subscription, IActorRef receiver) => inner.Subscribe(subscription, receiver);

    public void Unsubscribe(string address, string consumerTag) => inner.Unsubscribe(address, consumerTag);

    public void Acknowledge(string address, string consumerTag, long deliveryTag) => inner.Acknowledge(address, consumerTag, deliveryTag);

    public void Bind(string alias, string address) => inner.Bind(alias, address);

    public void Inspect(InspectQueues request, IActorRef replyTo) => inner.Inspect(request, replyTo);
}
