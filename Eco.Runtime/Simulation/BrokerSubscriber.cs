using Eco.Runtime.Actors;
using Eco.Runtime.Cluster;

namespace Eco.Runtime.Simulation;

/// <summary>
/// A subscription, seen from both ends: as the broker's consumer, and as the client that hands frames to an actor. The two ends learn of its
/// end at different times.
/// </summary>
internal sealed class BrokerSubscriber(
    TransportSubscription subscription, IActorRef receiver, BrokerConnection connection, SimulatedBroker broker, SimulatedTransport transport)
    : QueueConsumer(subscription)
{
    private readonly Queue<TransportDelivery> _prefetched = new();

    public string Address { get; } = subscription.Address;

    public BrokerConnection Connection { get; } = connection;

    /// <summary>Whether the client knows that it has ended.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Whether the client has ended it itself, and wants nothing more of it.</summary>
    private bool IsGivenUp { get; set; }

    /// <summary>The broker gives a frame out.</summary>
    public override void Hand(TransportDelivery delivery)
    {
        if (Connection.IsLocal)
        {
            HandOver(delivery);
        }
        else
        {
            Connection.SendDown(new StreamItem(StreamItemKind.Delivery, this, delivery), delivery.Frame.Length);
        }

        broker.HandedOut(this, delivery);
    }

    /// <summary>The broker tells that it gives nothing more.</summary>
    public override void Lost(SubscriptionLost lost)
    {
        if (Connection.IsLocal)
        {
            End(lost);
        }
        else
        {
            Connection.SendDown(new StreamItem(StreamItemKind.Lost, this, lost), 0);
        }
    }

    /// <summary>A frame has reached the client.</summary>
    public void Arrived(TransportDelivery delivery)
    {
        if (!Connection.Scope.IsAlive || IsGivenUp)
        {
            return;
        }

        if (broker.Faults.HandOverPause == TimeSpan.Zero)
        {
            HandOver(delivery);
            return;
        }

        if (delivery.Lane == TransportLane.Telemetry && _prefetched.Count >= broker.Options.TelemetryCapacity)
        {
            broker.Counters.TelemetryLost++;
            return;
        }

        _prefetched.Enqueue(delivery);
        if (_prefetched.Count == 1)
        {
            HandOverLater();
        }
    }

    /// <summary>The client learns that it has ended, and tells the actor once.</summary>
    public void End(SubscriptionLost lost)
    {
        if (!HasEnded && Connection.Scope.IsAlive)
        {
            HasEnded = true;
            transport.Forget(Tag);
            receiver.Tell(lost, ActorRefs.NoSender);
        }
    }

    /// <summary>The client ends it itself.</summary>
    public void GiveUp()
    {
        HasEnded = true;
        IsGivenUp = true;
        _prefetched.Clear();
    }

    private void HandOverLater() =>
        broker.Scheduler.After(TimeSpan.FromTicks(broker.Random.NextTicks(broker.Faults.HandOverPause)), Connection.Scope, "hand over", () =>
        {
            if (_prefetched.TryDequeue(out TransportDelivery? delivery))
            {
                broker.Counters.HandedOutLate += HasEnded ? 1 : 0;
                HandOver(delivery);
            }

            if (_prefetched.Count > 0)
            {
                HandOverLater();
            }
        });

    private void HandOver(TransportDelivery delivery)
    {
        if (Connection.Scope.IsAlive)
        {
            broker.Scheduler.Observer?.Delivered(Connection.Scope.Host!, delivery);
            receiver.Tell(delivery, ActorRefs.NoSender);
        }
    }
}
