using Eco.Runtime.Actors;
using Eco.Runtime.Persistence;

namespace Eco.Runtime.Cluster;

/// <content>The entities of a partition, and what is delivered to them.</content>
internal sealed partial class PartitionActor
{
    private readonly Dictionary<string, IActorRef> _entities = new(StringComparer.Ordinal);
    private readonly Dictionary<IActorRef, string> _ids = [];
    private readonly SortedDictionary<long, EntityDelivery> _unsettled = [];
    private readonly Queue<Waiting> _waiting = new();
    private readonly PersistenceExtension _persistence;
    private long _asks;

    private void OnTransportDelivery(TransportDelivery delivery)
    {
        if (delivery.ConsumerTag != _tag)
        {
            // Of a channel that is closed: whoever has the queue now gets it again.
            _counters.CountStaleDelivery();
            return;
        }

        switch (_phase)
        {
            case Phase.Standby:
                Early(delivery);
                Activate();
                break;
            case Phase.Activating:
                Early(delivery);
                break;
            case Phase.Active:
                Dispatch(delivery);
                break;
            case Phase.Stopping or Phase.Waiting:
                // Not acknowledged: it comes again, here or elsewhere.
                break;
        }
    }

    // Control frames are bounded by the prefetch; telemetry beyond the bound is lost, as it may be.
    private void Early(TransportDelivery delivery)
    {
        if (_early.Count < MaximumWaiting)
        {
            _early.Enqueue(delivery);
        }
    }

    private void Dispatch(TransportDelivery delivery)
    {
        Frame frame;
        object? message = null;
        try
        {
            frame = FrameCodec.Decode(delivery.Frame);
            if (frame.Kind is FrameKind.Volatile or FrameKind.Ask)
            {
                message = _persistence.Registry.Decode(frame.Manifest!, frame.Payload);
            }
        }
        catch (MessageFormatException e)
        {
            // It can never be applied; leaving it with the transport would bring it back for ever.
            Refuse(delivery, e.Message);
            return;
        }

        DeliveryTicket? ticket = delivery.DeliveryTag == 0 ? null : new DeliveryTicket(delivery.ConsumerTag, delivery.DeliveryTag);
        if (frame.Kind == FrameKind.Tick)
        {
            Give(ticket);
            return;
        }

        _persistence.Clock.Observe(frame.Timestamp);
        if (!_setup.Routes.IsOwn(frame.To))
        {
            Refuse(delivery, $"{frame.To} does not live on {_setup.Address}");
            return;
        }

        if (IsForeign(frame.To, out long incarnation))
        {
            OnForeign(delivery, ticket, incarnation);
            return;
        }

        if (_table.PartitionOf(frame.To) != _number)
        {
            // What is said at joining comes to one partition, whoever it is for.
            _router.Tell(new ForwardFrame(frame, delivery.Lane), Self);
            Give(ticket);
            return;
        }

        if (frame.Kind == FrameKind.Grant)
        {
            _table.Asks?.Tell(new GrantAsk(frame), Self);
            Give(ticket);
            return;
        }

        if (frame.Kind == FrameKind.Ask)
        {
            _table.Asks?.Tell(new HoldAsk(frame, message!), Self);
            Give(ticket);
            return;
        }

        if (EntityOf(frame.To) is not { } entity)
        {
            Refuse(delivery, $"no entity type of {_setup.Address} has ids like {frame.To}");
            return;
        }

        HandOver(entity, frame, message, ticket, delivery.IsRedelivered);
    }

    private void HandOver(IActorRef entity, Frame frame, object? message, DeliveryTicket? ticket, bool isRedelivered)
    {
        switch (frame.Kind)
        {
            case FrameKind.Message:
                if (frame.Acknowledged > 0)
                {
                    entity.Tell(new EntityAcknowledged(frame.From, frame.Acknowledged), Self);
                }

                var handed = new EntityDelivery(frame, ticket, isRedelivered);
                if (ticket is not null)
                {
                    _unsettled[ticket.DeliveryTag] = handed;
                }

                entity.Tell(handed, Self);
                break;
            case FrameKind.Acknowledgement:
                entity.Tell(new EntityAcknowledged(frame.From, frame.SequenceNr), Self);
                Give(ticket);
                break;
            case FrameKind.Gap:
                entity.Tell(new EntityGap(frame.From, frame.SequenceNr), Self);
                Give(ticket);
                break;
            case FrameKind.Volatile:
                entity.Tell(new VolatileDelivery(frame.From, message!), Self);
                Give(ticket);
                break;
            default:
                throw new InvalidOperationException($"frame kind {frame.Kind} is not handled");
        }
    }

    private void Refuse(TransportDelivery delivery, string reason)
    {
        FrameRefused(_number, reason);
        Context.System.EventStream.Publish(new FrameGivenUp(_queue, reason, _counters.CountGivenUp()));
        if (delivery.DeliveryTag != 0)
        {
            Give(new DeliveryTicket(delivery.ConsumerTag, delivery.DeliveryTag));
        }
    }

    private void Give(DeliveryTicket? ticket)
    {
        if (ticket is not null && ticket.ConsumerTag == _tag)
        {
            _unsettled.Remove(ticket.DeliveryTag);
            _setup.Transport.Acknowledge(_queue, ticket.ConsumerTag, ticket.DeliveryTag);
        }
    }

    private void OnLocalDelivery(EntityDelivery delivery)
    {
        if (_phase == Phase.Active)
        {
            EntityOf(delivery.Frame.To)?.Tell(delivery, Self);
        }
        else if (_phase == Phase.Activating && _waiting.Count < MaximumWaiting)
        {
            _waiting.Enqueue(new Waiting(0, delivery.Frame.To, delivery, Self));
        }

        // Otherwise it is lost on its way; its sender has it and sends it again, to whoever has the partition by then.
    }

    private void OnDeliveryFailed(DeliveryFailed failed)
    {
        Frame frame = failed.Delivery.Frame;
        Timers.StartSingleTimer(
            $"retry:{frame.To} {frame.From}",
            new Retry(failed.Delivery),
            _setup.Options.RetryAfter * (1 << Math.Min(failed.Attempts - 1, 8)));
    }

    private void OnRetry(Retry retry)
    {
        if (_phase == Phase.Active)
        {
            EntityOf(retry.Delivery.Frame.To)?.Tell(retry.Delivery, Self);
        }
    }

    private void OnAsked(string entityId, object message)
    {
        switch (_phase)
        {
            case Phase.Active:
                HandAsked(entityId, message, Sender);
                break;
            case Phase.Activating:
                Wait(entityId, message);
                break;
            default:
                if (Elsewhere() is { } owner)
                {
                    Redirect(entityId, message, owner, Sender);
                }
                else
                {
                    Wait(entityId, message);
                }

                break;
        }
    }

    private void Redirect(string entityId, object message, string owner, IActorRef? asker)
    {
        if (message is ToEntity command && _table.Asks is { } asks)
        {
            asks.Tell(new AskElsewhere(entityId, command.Command, owner, asker), Self);
        }
        else
        {
            asker?.Tell(new Status.Failure(new EntityElsewhereException(entityId, _number, owner)));
        }
    }

    private string? Elsewhere() =>
        _table.SeenOf(_number) is { } seen && seen.WriterId != _setup.WriterId && seen.OwnerEpoch > _claim.OwnerEpoch ? seen.WriterId : null;

    private void HandAsked(string entityId, object message, IActorRef? sender)
    {
        if (EntityOf(entityId) is not { } entity)
        {
            sender?.Tell(new Status.Failure(new InvalidOperationException($"no entity type of {_setup.Address} has ids like {entityId}")));
        }
        else if (message is ToEntity command)
        {
            entity.Tell(command.Command, sender);
        }
        else if (message is EntityDelivery)
        {
            entity.Tell(message, Self);
        }
    }

    private void Wait(string entityId, object message)
    {
        if (_waiting.Count >= MaximumWaiting)
        {
            Sender?.Tell(new Status.Failure(new InvalidOperationException(
                $"{entityId} is not running yet and {MaximumWaiting} commands wait for its partition already")));
            return;
        }

        _waiting.Enqueue(new Waiting(++_asks, entityId, message, Sender));
        Timers.StartSingleTimer($"ask:{_asks}", new AskOver(_asks), _options.AskAtMost);
    }

    private void AnswerWaiting()
    {
        while (_waiting.TryDequeue(out Waiting? waiting))
        {
            Timers.Cancel($"ask:{waiting.Number}");
            HandAsked(waiting.EntityId, waiting.Message, waiting.Asker);
        }
    }

    private void AnswerElsewhere()
    {
        if (Elsewhere() is not { } owner)
        {
            return;
        }

        while (_waiting.TryDequeue(out Waiting? waiting))
        {
            Timers.Cancel($"ask:{waiting.Number}");
            if (waiting.Message is not EntityDelivery)
            {
                Redirect(waiting.EntityId, waiting.Message, owner, waiting.Asker);
            }
        }
    }

    private void OnAskOver(AskOver over)
    {
        // They end in the order in which they came, so the oldest are at the front.
        while (_waiting.TryPeek(out Waiting? waiting) && waiting.Number <= over.Number)
        {
            _waiting.Dequeue();
            if (waiting.Message is not EntityDelivery)
            {
                waiting.Asker?.Tell(new Status.Failure(new TimeoutException(
                    $"{waiting.EntityId} is in partition {_number}, which did not become active within {_options.AskAtMost.TotalSeconds:0} s")));
            }
        }
    }

    private IActorRef? EntityOf(string id)
    {
        if (_entities.TryGetValue(id, out IActorRef? known))
        {
            return known;
        }

        EntityType? type = EntityAddress.IsWellFormed(id) ? _setup.Types.FirstOrDefault(candidate => candidate.Matches(id)) : null;
        if (type is null)
        {
            UnknownEntity(id, _setup.Address);
            return null;
        }

        if (_setup.Routes.AliasOf(id) is { } alias)
        {
            _setup.Transport.Bind(alias, _queue);
        }

        IActorRef created = Context.ActorOf(type.Props(id), ActorNameOf(id));
        Context.Watch(created);
        _entities.Add(id, created);
        _ids.Add(created, id);
        foreach (EntityDelivery again in _unsettled.Values.Where(delivery => delivery.Frame.To == id))
        {
            // They waited in the mailbox of the one that has stopped.
            created.Tell(again, Self);
        }

        return created;
    }

    private void OnTerminated(Terminated terminated)
    {
        if (!_ids.Remove(terminated.ActorRef, out string? id))
        {
            return;
        }

        _entities.Remove(id);
        if (_phase == Phase.Stopping)
        {
            WhenEmpty();
            return;
        }

        // Its journal has all; its timers and running work start again with it.
        EntityStopped(id);
        Timers.StartSingleTimer("wake:" + id, new WakeAgain(id), WakeAgainAfter);
    }

    private IEnumerable<IActorRef> EntitiesInOrder() =>
        _entities.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => entry.Value);

    private void OnWakeAgain(WakeAgain wake)
    {
        if (_phase == Phase.Active)
        {
            EntityOf(wake.EntityId);
        }
    }

    private static string ActorNameOf(string entityId) => entityId.Replace('/', '~');

    private sealed record Waiting(long Number, string EntityId, object Message, IActorRef? Asker);

    private sealed record WakeAgain(string EntityId);

    private sealed record AskOver(long Number);

    private sealed record Retry(EntityDelivery Delivery);
}
