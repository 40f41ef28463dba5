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
    private int _unconfirmed;

    internal SimulatedTransport(
        SimulationScheduler scheduler, SimulatedNetwork network, SimulatedBroker broker, SimulatedTransportOptions options, HostScope scope)
    {
        _scheduler = scheduler;
        _network = network;
        _broker = broker;
        _options = options;
        _scope = scope;
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

        _broker.Traffic.Sent(send);
        string? home = _broker.HomeOf(send.To);
        if (send.Lane == TransportLane.Telemetry)
        {
            SendTelemetry(send, home);
        }
        else if (home is null)
        {
            AnswerHere(send, replyTo, TransportResult.Unroutable);
        }
        else if (_unconfirmed >= _options.MaximumUnconfirmed)
        {
            AnswerHere(send, replyTo, TransportResult.Blocked);
        }
        else
        {
            SendControl(send, home, replyTo);
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
            _broker.Subscribe(subscription, _scope, receiver);
        }
    }

    /// <inheritdoc/>
    public void Unsubscribe(string address, string consumerTag)
    {
        if (_scope.IsAlive)
        {
            _broker.Unsubscribe(address, consumerTag);
        }
    }

    /// <inheritdoc/>
    public void Acknowledge(string address, string consumerTag, long deliveryTag)
    {
        if (_scope.IsAlive)
        {
            _broker.Acknowledge(address, consumerTag, deliveryTag);
        }
    }

    /// <inheritdoc/>
    public void Bind(string alias, string address)
    {
        ArgumentException.ThrowIfNullOrEmpty(alias);
        ArgumentException.ThrowIfNullOrEmpty(address);
        if (_scope.IsAlive)
        {
            _broker.Bind(alias, address);
        }
    }

    private void SendTelemetry(TransportSend send, string? home)
    {
        if (home is null)
        {
            _broker.Traffic.Answered(TransportResult.Unroutable);
            return;
        }

        _network.Transmit(_scope.Name, home, send.Frame.Length, "telemetry", () =>
        {
            _scheduler.Trace.Fold(send.Frame);
            _broker.Offer(send);
        });
    }

    private void SendControl(TransportSend send, string home, IActorRef replyTo)
    {
        _unconfirmed++;
        bool isAnswered = false;
        SimulationEvent? timeout = null;
        timeout = _scheduler.After(
            _options.ConfirmTimeout, _scope, "confirm.timeout", () => Answer(TransportResult.Unknown));

        _network.Transmit(_scope.Name, home, send.Frame.Length, "frame", () =>
        {
            _scheduler.Trace.Fold(send.Frame);
            TransportResult result = _broker.Offer(send);
            _network.Confirm(home, _scope.Name, () => Answer(result));
        });

        void Answer(TransportResult result)
        {
            if (isAnswered || !_scope.IsAlive)
            {
                return;
            }

            isAnswered = true;
            _unconfirmed--;
            _scheduler.Cancel(timeout!);
            _broker.Traffic.Answered(result);
            replyTo.Tell(new TransportOutcome(send.CorrelationId, result), ActorRefs.NoSender);
        }
    }

    private void AnswerHere(TransportSend send, IActorRef replyTo, TransportResult result)
    {
        _broker.Traffic.Answered(result);
        _scheduler.After(TimeSpan.Zero, _scope, "refuse", () => replyTo.Tell(new TransportOutcome(send.CorrelationId, result), ActorRefs.NoSender));
    }
}
