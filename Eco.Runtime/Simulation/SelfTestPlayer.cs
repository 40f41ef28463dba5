using System.Buffers.Binary;
using System.Globalization;
using Eco.Runtime.Actors;
using Eco.Runtime.Cluster;
using Eco.Runtime.Persistence;

namespace Eco.Runtime.Simulation;

/// <summary>
/// One side of the self-test: takes the number that is due, journals it, acknowledges it only then, and sends the next one until the
/// other side's answer shows that it arrived.
/// </summary>
internal sealed class SelfTestPlayer : ReceiveActor, IWithTimers
{
    private const int Prefetch = 64;
    private static readonly TimeSpan ResendInterval = TimeSpan.FromMilliseconds(100);
    private readonly SimulatedHost _host;
    private readonly string _partner;
    private readonly HybridClock _clock;
    private Ownership? _ownership;
    private TransportDelivery? _appending;
    private string? _tag;
    private long _token;
    private long _sequenceNr;
    private long _correlation;

    public SelfTestPlayer(SimulatedHost host, string partner, long initialToken)
    {
        _host = host;
        _partner = partner;
        _token = initialToken;
        _clock = new HybridClock(host.TimeProvider, host.Id);
        Receive<PartitionsClaimed>(OnClaimed);
        Receive<RecoveryStarted>(_ => { });
        Receive<RecoveredEvents>(OnRecovered);
        Receive<TransportDelivery>(OnDelivery);
        Receive<AppendCommitted>(_ => OnCommitted());
        Receive<TransportOutcome>(_ => { });
        Receive<Resend>(_ => SendNext());
        Receive<SubscriptionLost>(lost =>
        {
            if (lost.ConsumerTag == _tag)
            {
                Subscribe();
            }
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        string writer = string.Create(CultureInfo.InvariantCulture, $"{_host.Id}-{_host.Incarnation}");
        _host.Journal.Claim(ClaimPartitions.All(++_correlation, 1, writer), Self);
    }

    private void OnClaimed(PartitionsClaimed claimed)
    {
        _ownership = claimed.Owned[0];
        _host.Journal.Recover(new RecoverRequest(++_correlation, "player"), Self);
    }

    private void OnRecovered(RecoveredEvents recovered)
    {
        foreach (JournalEvent e in recovered.Events)
        {
            _sequenceNr = e.SequenceNr;
            _token = BinaryPrimitives.ReadInt64LittleEndian(e.Payload);
        }

        if (recovered.IsLast)
        {
            Subscribe();
            Timers.StartPeriodicTimer("resend", new Resend(), TimeSpan.Zero, ResendInterval);
        }
    }

    private void Subscribe()
    {
        _tag = string.Create(CultureInfo.InvariantCulture, $"{_ownership!.WriterId}/{++_correlation}");
        _host.Transport.Subscribe(new TransportSubscription(_host.Id, _tag, SubscriptionMode.Exclusive, Prefetch), Self);
    }

    private void OnDelivery(TransportDelivery delivery)
    {
        long token = BinaryPrimitives.ReadInt64LittleEndian(delivery.Frame);
        if (token <= _token)
        {
            _host.Transport.Acknowledge(delivery.Address, delivery.ConsumerTag, delivery.DeliveryTag);
        }
        else if (_appending is null)
        {
            _appending = delivery;
            var stored = new JournalEvent(_sequenceNr + 1, "selftest.taken/1", delivery.Frame, _clock.Now());
            _host.Journal.Append(new AppendRequest(++_correlation, "player", _ownership!, [stored], [], [], null), Self);
        }
    }

    private void OnCommitted()
    {
        _sequenceNr++;
        _token = BinaryPrimitives.ReadInt64LittleEndian(_appending!.Frame);
        _host.CrashPoints.Reached("ack.beforeSend", "selftest.taken/1");
        _host.Transport.Acknowledge(_appending.Address, _appending.ConsumerTag, _appending.DeliveryTag);
        _appending = null;
        SendNext();
    }

    private void SendNext()
    {
        if (_token < 0)
        {
            return; // the other side begins
        }

        byte[] frame = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(frame, _token + 1);
        _host.Transport.Send(new TransportSend(++_correlation, _host.Id, _partner, TransportLane.Control, frame), Self);
    }

    private sealed record Resend;
}
