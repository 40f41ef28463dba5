using Eco.Runtime.Actors;
using Eco.Runtime.Cluster;

namespace Eco.Runtime.Simulation;

/// <summary>
/// The transport over the simulated network, as one incarnation of a host has it. A frame or a confirmation that is lost or cut off
/// gives <see cref="TransportResult.Unknown"/> after <see cref="SimulatedTransportOptions.ConfirmTimeout"/>.
/// </summary>
public sealed class SimulatedTransport : ITransport
{
    private readonly SimulationScheduler _scheduler;
    private readonly SimulatedNetwork _network;
    private readonly SimulatedBroker _broker;
    private readonly SimulatedTransportOptions _options;
    private readonly HostScope _scope;
    private readonly Dictionary<string, BrokerRoute> _routes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, BrokerSubscriber> _subscriptions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TrafficRow> _control = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TrafficRow> _telemetry = new(StringComparer.Ordinal);
    private readonly ConfirmTimeouts _timeouts;

    internal SimulatedTransport(SimulationScheduler scheduler, SimulatedNetwork network, SimulatedBroker broker, HostScope scope)
    {
        _scheduler = scheduler;
        _network = network;
        _broker = broker;
        _options = broker.Options;
        _scope = scope;
        _timeouts = new ConfirmTimeouts(scheduler, scope, _options.ConfirmTimeout, this);
    }

    /// <inheritdoc/>
    public void Send(TransportSend send, IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(send);
        ArgumentNullException.ThrowIfNull(replyTo);
        if (!_scope.IsAlive)
        {
            return;
        }

        Count(send);
        if (send.Frame.Length > FrameCodec.MaximumBytes)
        {
            Refuse(send, replyTo);
            return;
        }

        string? standpoint = _broker.StandpointOf(send.To);
        if (send.Lane == TransportLane.Telemetry)
        {
            if (standpoint is null)
            {
                _broker.Traffic.Answered(TransportResult.Unroutable);
            }
            else
            {
                Transmit(new TelemetryFrame(_scheduler, RouteTo(standpoint).Up, send, _broker));
            }
        }
        else if (standpoint is null)
        {
            AnswerHere(send, replyTo, _broker.Unroutable());
        }
        else if (_timeouts.Unconfirmed >= _options.MaximumUnconfirmed)
        {
            AnswerHere(send, replyTo, TransportResult.Blocked);
        }
        else
        {
            var confirmation = new PendingConfirmation(send.CorrelationId, replyTo);
            _timeouts.Add(confirmation);
            Transmit(new ControlFrame(_scheduler, RouteTo(standpoint), send, confirmation, this));
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
        if (_scope.IsAlive)
        {
            BrokerConnection connection = ConnectionTo(_broker.StandpointFor(subscription.Address, _scope.Name));
            var subscriber = new BrokerSubscriber(subscription, receiver, connection, _broker, this);
            _subscriptions.Add(subscription.ConsumerTag, subscriber);
            connection.Subscribe(subscriber);
        }
    }

    /// <inheritdoc/>
    public void Unsubscribe(string address, string consumerTag)
    {
        if (_scope.IsAlive && _subscriptions.Remove(consumerTag, out BrokerSubscriber? subscriber))
        {
            subscriber.Connection.Unsubscribe(subscriber);
        }
    }

    /// <inheritdoc/>
    public void Acknowledge(string address, string consumerTag, long deliveryTag)
    {
        if (_scope.IsAlive && _subscriptions.TryGetValue(consumerTag, out BrokerSubscriber? subscriber) && subscriber.Address == address)
        {
            subscriber.Connection.Acknowledge(subscriber, deliveryTag);
        }
    }

    /// <inheritdoc/>
    public void Bind(string alias, string address)
    {
        ArgumentException.ThrowIfNullOrEmpty(alias);
        ArgumentException.ThrowIfNullOrEmpty(address);
        if (_scope.IsAlive)
        {
            ConnectionTo(_broker.StandpointFor(address, _scope.Name)).Bind(alias, address);
        }
    }

    /// <inheritdoc/>
    /// <remarks>Display alone: it takes no time on the virtual clock, and no link.</remarks>
    public void Inspect(InspectQueues request, IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(replyTo);
        if (_scope.IsAlive)
        {
            replyTo.Tell(new QueuesInspected(request.CorrelationId, [.. request.Addresses.Select(_broker.DepthOf)]), ActorRefs.NoSender);
        }
    }

    /// <summary>A subscription has ended without being asked to.</summary>
    internal void Forget(string consumerTag) => _subscriptions.Remove(consumerTag);

    /// <summary>A control frame has reached the broker.</summary>
    internal void Arrived(ControlFrame frame)
    {
        _scheduler.Trace.Fold(frame.Send.Frame);
        if (_broker.Publish(frame.Send) is { } result && !frame.Confirmation.IsAnswered)
        {
            _network.Confirm(frame.Route.Down, new ConfirmArrival(_scheduler, frame.Route.Down, frame.Confirmation, result, this));
        }
    }

    internal void Answer(PendingConfirmation confirmation, TransportResult result)
    {
        if (!confirmation.IsAnswered && _scope.IsAlive)
        {
            _timeouts.Answered(confirmation);
            _broker.Traffic.Answered(result);
            confirmation.ReplyTo.Tell(new TransportOutcome(confirmation.CorrelationId, result), ActorRefs.NoSender);
        }
    }

    private void Count(TransportSend send)
    {
        Dictionary<string, TrafficRow> rows = send.Lane == TransportLane.Control ? _control : _telemetry;
        if (!rows.TryGetValue(send.To, out TrafficRow? row) || row.From != send.From)
        {
            rows[send.To] = row = _broker.Traffic.RowOf(send.From, send.To, send.Lane);
        }

        row.Add(send.Frame.Length);
    }

    private void Transmit(LinkArrival frame) => _network.Transmit(frame);

    private BrokerRoute RouteTo(string standpoint)
    {
        if (!_routes.TryGetValue(standpoint, out BrokerRoute? route))
        {
            route = standpoint == _scope.Name
                ? new BrokerRoute(null, null)
                : new BrokerRoute(_network.LinkOf(_scope.Name, standpoint), _network.LinkOf(standpoint, _scope.Name));
            _routes.Add(standpoint, route);
        }

        return route;
    }

    private BrokerConnection ConnectionTo(string standpoint)
    {
        BrokerRoute route = RouteTo(standpoint);
        if (route.Connection is not { IsOpenAtClient: true })
        {
            route.Connection = new BrokerConnection(_broker, _scope, route.Up, route.Down);
            _broker.Connected(route.Connection);
        }

        return route.Connection;
    }

    /// <summary>A frame above the limit reaches nobody, however often it is sent.</summary>
    private void Refuse(TransportSend send, IActorRef replyTo)
    {
        if (send.Lane == TransportLane.Control)
        {
            AnswerHere(send, replyTo, TransportResult.Unroutable);
        }
        else
        {
            _broker.Traffic.Answered(TransportResult.Unroutable);
        }
    }

    private void AnswerHere(TransportSend send, IActorRef replyTo, TransportResult result)
    {
        _broker.Traffic.Answered(result);
        _scheduler.After(TimeSpan.Zero, _scope, "refuse", () => replyTo.Tell(new TransportOutcome(send.CorrelationId, result), ActorRefs.NoSender));
    }
}
