using Eco.Runtime.Cluster;
using Eco.Tests.Persistence.Contracts;
using NUnit.Framework;

namespace Eco.Tests.Cluster;

public sealed class TransportInProcessTests : TransportContract
{
    protected override TransportHarness CreateHarness() => new Harness();

    [Test]
    public void Send_WhenManyThreadsSendAndOneAcknowledges_LosesAndRepeatsNothing()
    {
        const int Threads = 4;
        const int Each = 2_000;
        var transport = new InProcessTransport(new InProcessTransportOptions { ControlCapacity = 64 });
        var received = new List<byte[]>();
        var receiver = new CallbackRef(message =>
        {
            var delivery = (TransportDelivery)message;
            lock (received)
            {
                received.Add(delivery.Frame);
            }

            transport.Acknowledge(delivery.Address, delivery.ConsumerTag, delivery.DeliveryTag);
        });
        transport.Subscribe(To("b"), receiver);
        var outcomes = new RecordingRef();

        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(t => new Thread(() =>
        {
            for (int i = 0; i < Each; i++)
            {
                transport.Send(new TransportSend(i, $"a{t}", "b", TransportLane.Control, [.. BitConverter.GetBytes((t * Each) + i)]), outcomes);
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        Assert.That(outcomes.Messages.Cast<TransportOutcome>().Select(o => o.Result), Is.All.EqualTo(TransportResult.Confirmed));
        Assert.That(received.Select(frame => BitConverter.ToInt32(frame)).Order(), Is.EqualTo(Enumerable.Range(0, Threads * Each)));
        Assert.That(transport.Counters.Traffic.Sum(row => row.Frames), Is.EqualTo(Threads * Each));
    }

    [Test]
    public void Subscribe_WhenThereAreTooManyAddresses_IsRefused()
    {
        var transport = new InProcessTransport(new InProcessTransportOptions { MaximumAddresses = 1 });
        transport.Subscribe(To("a"), new RecordingRef());
        transport.Subscribe(To("a") with { ConsumerTag = "second" }, new RecordingRef());
        transport.Bind("x", "a");

        Assert.That(() => transport.Subscribe(To("b"), new RecordingRef()), Throws.InvalidOperationException.With.Message.Contains("'b'"));
        Assert.That(() => transport.Bind("y", "a"), Throws.InvalidOperationException.With.Message.Contains("'y'"));
    }

    private static TransportSubscription To(string address) => new(address, "first", SubscriptionMode.Exclusive, 8);

    private sealed class Harness : TransportHarness
    {
        private readonly InProcessTransport _transport = new(
            new InProcessTransportOptions { ControlCapacity = ControlCapacity, TelemetryCapacity = TelemetryCapacity });

        public override TransportCounters Counters => _transport.Counters;

        public override ITransport At(string host) => _transport;

        public override void Settle()
        {
            // It delivers within the call.
        }

        public override void Dispose()
        {
        }
    }
}
