using Eco.Runtime.Actors;
using Eco.Runtime.Cluster;

namespace Eco.Runtime.Simulation;

/// <summary>The way between a host and the place where queues stand, and the present connection on it.</summary>
/// <param name="up">The way there; null where that place is the host itself.</param>
/// <param name="down">The way back.</param>
internal sealed class BrokerRoute(NetworkLink? up, NetworkLink? down)
{
    public NetworkLink? Up { get; } = up;

    public NetworkLink? Down { get; } = down;

    public BrokerConnection? Connection { get; set; }
}

/// <summary>A control frame whose sender waits for its outcome.</summary>
internal sealed class PendingConfirmation(long correlationId, IActorRef replyTo)
{
    public long CorrelationId { get; } = correlationId;

    public IActorRef ReplyTo { get; } = replyTo;

    public long Deadline { get; set; }

    public bool IsAnswered { get; set; }
}

/// <summary>Waits for confirmations with one event: all wait equally long, so the oldest is always the first to be given up.</summary>
internal sealed class ConfirmTimeouts(SimulationScheduler scheduler, HostScope scope, TimeSpan timeout, SimulatedTransport transport)
    : SimulationEvent(scope, "confirm.timeout")
{
    private readonly Queue<PendingConfirmation> _pending = new();
    private bool _isPlanned;

    public int Unconfirmed { get; private set; }

    public void Add(PendingConfirmation confirmation)
    {
        Unconfirmed++;
        confirmation.Deadline = scheduler.Clock.ElapsedTicks + timeout.Ticks;
        _pending.Enqueue(confirmation);
        PlanNext();
    }

    public void Answered(PendingConfirmation confirmation)
    {
        confirmation.IsAnswered = true;
        Unconfirmed--;
    }

    public override void Run()
    {
        _isPlanned = false;
        while (_pending.TryPeek(out PendingConfirmation? oldest) && (oldest.IsAnswered || oldest.Deadline <= scheduler.Clock.ElapsedTicks))
        {
            _pending.Dequeue();
            transport.Answer(oldest, TransportResult.Unknown);
        }

        PlanNext();
    }

    private void PlanNext()
    {
        if (!_isPlanned && _pending.TryPeek(out PendingConfirmation? oldest))
        {
            _isPlanned = true;
            scheduler.Plan(this, oldest.Deadline);
        }
    }
}

/// <summary>A control frame on its way to the broker.</summary>
internal sealed class ControlFrame(
    SimulationScheduler scheduler, BrokerRoute route, TransportSend send, PendingConfirmation confirmation, SimulatedTransport transport)
    : LinkArrival(route.Up, scheduler.World, "frame", send.Frame.Length)
{
    public BrokerRoute Route { get; } = route;

    public TransportSend Send { get; } = send;

    public PendingConfirmation Confirmation { get; } = confirmation;

    public override LinkArrival Copy() => new ControlFrame(scheduler, Route, Send, Confirmation, transport);

    protected override void Arrived() => transport.Arrived(this);
}

/// <summary>A telemetry frame on its way to the broker.</summary>
internal sealed class TelemetryFrame(SimulationScheduler scheduler, NetworkLink? link, TransportSend send, SimulatedBroker broker)
    : LinkArrival(link, scheduler.World, "telemetry", send.Frame.Length)
{
    public override LinkArrival Copy() => new TelemetryFrame(scheduler, Link, send, broker);

    protected override void Arrived()
    {
        scheduler.Trace.Fold(send.Frame);
        broker.OfferTelemetry(send);
    }
}

/// <summary>A confirmation on its way back.</summary>
internal sealed class ConfirmArrival(
    SimulationScheduler scheduler, NetworkLink? link, PendingConfirmation confirmation, TransportResult result, SimulatedTransport transport)
    : SimulationEvent(scheduler.World, "confirm")
{
    public override void Run()
    {
        if (link is not { IsCut: true })
        {
            transport.Answer(confirmation, result);
        }
    }
}
