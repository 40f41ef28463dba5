namespace Eco.Runtime.Cluster;

/// <content>
/// An agent's queue, which belongs to one installation at a time: two hosts with the same agent's name both receive from it until one of them has been told to
/// stand aside, and must not take what is the other's.
/// </content>
internal sealed partial class PartitionActor
{
    // Bounded by the prefetch: none of them is acknowledged.
    private readonly List<TransportDelivery> _held = [];
    private long _incarnation;

    private bool IsForeign(string entityId, out long incarnation)
    {
        incarnation = _setup.WaitsForIdentity ? EntityAddress.IncarnationOf(entityId) ?? _incarnation : _incarnation;
        return incarnation != _incarnation;
    }

    private void OnForeign(TransportDelivery delivery, DeliveryTicket? ticket, long incarnation)
    {
        _counters.CountForeign();
        if (incarnation < _incarnation)
        {
            Give(ticket);
        }
        else if (ticket is not null)
        {
            _held.Add(delivery);
            if (_held.Count == 1)
            {
                _entities.GetValueOrDefault(_setup.First[0])?.Tell(new GreaterIncarnationSeen(incarnation), Self);
            }
        }
    }

    private void OnReceiveAs(ReceiveAs receive)
    {
        if (_phase != Phase.Active)
        {
            return;
        }

        _incarnation = receive.Incarnation;
        if (_tag is null && !Timers.IsTimerActive(nameof(SubscribeDue)))
        {
            Subscribe();
        }

        TransportDelivery[] held = [.. _held];
        _held.Clear();
        foreach (TransportDelivery delivery in held)
        {
            Dispatch(delivery);
        }

        if (receive.IsConfirmed)
        {
            foreach (TransportDelivery moot in _held)
            {
                Give(new DeliveryTicket(moot.ConsumerTag, moot.DeliveryTag));
            }

            _held.Clear();
        }
    }

    private void OnStandAside()
    {
        Timers.Cancel(nameof(SubscribeDue));
        EndSubscription();
    }
}
