using System.Text;
using Eco.Runtime.Cluster;
using Eco.Tests.Persistence.Contracts;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace Eco.Tests.Cluster;

/// <summary>What every implementation of <see cref="ITransport"/> keeps on a network without faults.</summary>
public abstract class TransportContract
{
    private TransportHarness _harness = null!;
    private RecordingRef _sender = null!;
    private long _correlation;
    private string _tag = null!;
    private int _tags;

    protected abstract TransportHarness CreateHarness();

    [SetUp]
    public void Open()
    {
        _harness = CreateHarness();
        _sender = new RecordingRef("sender");
        _correlation = 0;
        _tags = 0;
    }

    [TearDown]
    public void Close() => _harness.Dispose();

    [Test]
    public void Send_WhenTheReceiverIsSubscribed_DeliversTheBytesAndConfirms()
    {
        RecordingRef receiver = Subscribe("b");

        TransportResult result = Send("a", "b", "hello");

        Assert.That(result, Is.EqualTo(TransportResult.Confirmed));
        TransportDelivery delivery = Deliveries(receiver).Single();
        Assert.That((delivery.Address, delivery.Lane, Text(delivery)), Is.EqualTo(("b", TransportLane.Control, "hello")));
    }

    [Test]
    public void Send_WhenManyAreSent_AnswersEachWithItsCorrelation()
    {
        Subscribe("b");
        foreach (int i in Enumerable.Range(1, ControlCapacity))
        {
            Post("a", "b", $"{i}");
        }

        _harness.Settle();

        Assert.That(
            _sender.Messages.Cast<TransportOutcome>().Select(o => o.CorrelationId),
            Is.EquivalentTo(Enumerable.Range(1, ControlCapacity).Select(i => (long)i)));
    }

    [Test]
    public void Send_WhenNobodyHasEverSubscribed_IsUnroutable()
    {
        Assert.That(Send("a", "b", "x"), Is.EqualTo(TransportResult.Unroutable));
        Assert.That(_harness.Counters.Unroutable, Is.EqualTo(1));
    }

    [Test]
    public void Send_WhenTheSubscriberHasLeft_WaitsForTheNextOne()
    {
        RecordingRef first = Subscribe("b");
        Unsubscribe("b", _tag);
        Assert.That(Send("a", "b", "x"), Is.EqualTo(TransportResult.Confirmed));

        RecordingRef second = Subscribe("b");

        Assert.That(first.Messages, Is.Empty);
        Assert.That(Deliveries(second).Select(Text), Is.EqualTo(new[] { "x" }));
    }

    [Test]
    public void Subscribe_WhenDeliveriesWereNotAcknowledged_DeliversThemAgainInOrder()
    {
        RecordingRef first = Subscribe("b");
        Send("a", "b", "1");
        Send("a", "b", "2");
        Send("a", "b", "3");
        Acknowledge(Deliveries(first)[1]);

        RecordingRef second = Subscribe("b");
        Send("a", "b", "4");

        Assert.That(Deliveries(second).Select(Text), Is.EqualTo(new[] { "1", "3", "4" }));
        Assert.That(Deliveries(second).Select(d => d.IsRedelivered), Is.EqualTo(new[] { true, true, false }));
        Assert.That(Deliveries(first).Select(d => d.IsRedelivered), Is.All.False);
        Assert.That(Deliveries(second).Select(d => d.ConsumerTag), Is.All.EqualTo(_tag));
    }

    [Test]
    public void Subscribe_WhenItReplacesAnExclusiveOne_TellsItAndTakesAllLaterFrames()
    {
        RecordingRef first = Subscribe("b");
        string replaced = _tag;
        RecordingRef second = Subscribe("b");
        Send("a", "b", "x");

        Unsubscribe("b", replaced);
        Send("a", "b", "y");

        SubscriptionLost lost = first.Messages.Cast<SubscriptionLost>().Single();
        Assert.That((lost.Address, lost.ConsumerTag), Is.EqualTo(("b", replaced)));
        Assert.That(lost.Reason, Does.Contain(_tag));
        Assert.That(Deliveries(second).Select(Text), Is.EqualTo(new[] { "x", "y" }));
    }

    [Test]
    public void Subscribe_WhenTheFirstOfSeveralSingleActiveOnesEnds_HandsAllToTheOneThatWaitsLongest()
    {
        RecordingRef first = Subscribe("p", SubscriptionMode.SingleActive, at: "b");
        string firstTag = _tag;
        RecordingRef second = Subscribe("p", SubscriptionMode.SingleActive, at: "c");
        string secondTag = _tag;
        RecordingRef third = Subscribe("p", SubscriptionMode.SingleActive, at: "a");
        Send("a", "p", "1");
        Send("a", "p", "2");
        Acknowledge(Deliveries(first)[0], at: "b");
        Assert.That((second.Messages.Count, third.Messages.Count), Is.EqualTo((0, 0)), "only one gets anything");

        Unsubscribe("p", firstTag, at: "b");
        Post("a", "p", "t", TransportLane.Telemetry);
        _harness.Settle();
        Send("a", "p", "3");

        Assert.That(Deliveries(second).Select(d => (Text(d), d.IsRedelivered)), Is.EqualTo(new[] { ("2", true), ("t", false), ("3", false) }));
        Assert.That(Deliveries(first), Has.Length.EqualTo(2));
        Unsubscribe("p", secondTag, at: "c");
        Assert.That(Deliveries(third).Select(Text), Is.EqualTo(new[] { "2", "3" }));
        Assert.That(new[] { first, second, third }.SelectMany(r => r.Messages), Has.None.TypeOf<SubscriptionLost>(), "those who left know it");
    }

    [Test]
    public void Unsubscribe_WhenTheSubscriptionOnlyWaits_TakesItOutOfTheLine()
    {
        RecordingRef first = Subscribe("p", SubscriptionMode.SingleActive, at: "b");
        string firstTag = _tag;
        RecordingRef second = Subscribe("p", SubscriptionMode.SingleActive, at: "c");
        string secondTag = _tag;
        RecordingRef third = Subscribe("p", SubscriptionMode.SingleActive, at: "a");

        Unsubscribe("p", secondTag, at: "c");
        Unsubscribe("p", firstTag, at: "b");
        Send("a", "p", "x");

        Assert.That((first.Messages.Count, second.Messages.Count), Is.EqualTo((0, 0)));
        Assert.That(Deliveries(third).Select(Text), Is.EqualTo(new[] { "x" }));
    }

    [Test]
    public void Subscribe_WhenPrefetchIsSmall_HandsOutNoMoreThanThatUnacknowledged()
    {
        RecordingRef receiver = Subscribe("b", prefetch: 2);
        foreach (int i in Enumerable.Range(1, 4))
        {
            Send("a", "b", $"{i}");
        }

        Post("a", "b", "t", TransportLane.Telemetry);
        _harness.Settle();
        Assert.That(Deliveries(receiver).Select(Text), Is.EqualTo(new[] { "1", "2", "t" }), "telemetry needs no acknowledgement");

        Acknowledge(Deliveries(receiver)[1]);
        Acknowledge(Deliveries(receiver)[1]);

        Assert.That(Deliveries(receiver).Select(Text), Is.EqualTo(new[] { "1", "2", "t", "3" }));
    }

    [TestCase(0, "x")]
    [TestCase(1, "")]
    public void Subscribe_WhenItIsMalformed_IsRefused(int prefetch, string tag)
    {
        var subscription = new TransportSubscription("b", tag, SubscriptionMode.Exclusive, prefetch);

        Assert.That(() => _harness.At("b").Subscribe(subscription, new RecordingRef()), Throws.InstanceOf<ArgumentException>());
    }

    [Test]
    public void Bind_WhenAnAliasIsSentTo_DeliversAtTheAddressThatItWasLastBoundTo()
    {
        RecordingRef one = Subscribe("b");
        RecordingRef other = Subscribe("c");
        Assert.That(Send("a", "up", "0"), Is.EqualTo(TransportResult.Unroutable), "it is not bound");

        Bind("b", "up", "b");
        Assert.That(Send("a", "up", "1"), Is.EqualTo(TransportResult.Confirmed));
        Post("a", "up", "t", TransportLane.Telemetry);
        _harness.Settle();
        Bind("c", "up", "c");
        Assert.That(Send("a", "up", "2"), Is.EqualTo(TransportResult.Confirmed));

        Assert.That(Deliveries(one).Select(d => (d.Address, Text(d))), Is.EqualTo(new[] { ("b", "1"), ("b", "t") }));
        Assert.That(Deliveries(other).Select(d => (d.Address, Text(d))), Is.EqualTo(new[] { ("c", "2") }));
        Bind("c", "up", "nowhere");
        Assert.That(Send("a", "up", "3"), Is.EqualTo(TransportResult.Unroutable));
    }

    [Test]
    public void Subscribe_WhenTheFirstReceiverChangedItsBytes_DeliversTheOriginalOnes()
    {
        Array.Fill(Deliver("original").Frame, (byte)'!');

        Assert.That(Deliveries(Subscribe("b")).Select(Text), Is.EqualTo(new[] { "original" }));
    }

    [Test]
    public void Acknowledge_WhenItIsRepeatedOrOfAnEarlierSubscription_ChangesNothing()
    {
        TransportDelivery earlier = Deliver("1");
        RecordingRef second = Subscribe("b");
        Send("a", "b", "2");
        TransportDelivery last = Deliveries(second)[1];

        Acknowledge(earlier);
        Acknowledge(last with { ConsumerTag = earlier.ConsumerTag });
        Acknowledge(Deliveries(second)[0] with { ConsumerTag = "never subscribed" });
        Acknowledge(last);
        Acknowledge(last);
        Acknowledge(last with { DeliveryTag = 12_345 });
        _harness.At("b").Acknowledge("nowhere", last.ConsumerTag, 1);

        Assert.That(Deliveries(Subscribe("b")).Select(Text), Is.EqualTo(new[] { "1" }));
    }

    [Test]
    public void Send_WhenTheControlLaneIsFull_IsBlockedUntilAnAcknowledgement()
    {
        RecordingRef receiver = Subscribe("b");
        if (!_harness.CountsDelivered)
        {
            Unsubscribe("b", _tag);
        }

        TransportResult[] results = [.. Enumerable.Range(0, ControlCapacity + 1).Select(i => Send("a", "b", $"{i}"))];
        Assert.That(results[..^1], Is.All.EqualTo(TransportResult.Confirmed));
        Assert.That(results[^1], Is.EqualTo(TransportResult.Blocked));
        Assert.That(_harness.Counters.Blocked, Is.EqualTo(1));

        receiver = _harness.CountsDelivered ? receiver : Subscribe("b");
        Acknowledge(Deliveries(receiver)[0]);

        Assert.That(Send("a", "b", "again"), Is.EqualTo(TransportResult.Confirmed));
        Assert.That(Deliveries(receiver).Select(Text), Is.EqualTo(new[] { "0", "1", "2", "3", "again" }));
    }

    [Test]
    public void Telemetry_WhenNobodyReceives_KeepsTheNewestAndCountsTheRest()
    {
        Subscribe("b");
        Unsubscribe("b", _tag);
        foreach (int i in Enumerable.Range(1, TelemetryCapacity + 2))
        {
            Post("a", "b", $"{i}", TransportLane.Telemetry);
        }

        _harness.Settle();
        RecordingRef second = Subscribe("b");
        RecordingRef third = Subscribe("b");

        Assert.That(Deliveries(second).Select(Text), Is.EqualTo(new[] { "3", "4", "5" }));
        Assert.That(Deliveries(second).Select(d => d.DeliveryTag), Is.All.Zero);
        Assert.That(third.Messages, Is.Empty, "telemetry is delivered once");
        Assert.That(_harness.Counters.TelemetryDropped, Is.EqualTo(2));
        Assert.That(_sender.Messages, Is.Empty, "telemetry is not confirmed");
    }

    [Test]
    public void Telemetry_WhenTheControlLaneIsFull_IsStillDelivered()
    {
        RecordingRef receiver = Subscribe("b");
        foreach (int i in Enumerable.Range(0, ControlCapacity))
        {
            Send("a", "b", $"{i}");
        }

        Post("a", "b", "t", TransportLane.Telemetry);
        _harness.Settle();

        Assert.That(Text(Deliveries(receiver)[^1]), Is.EqualTo("t"));
    }

    [Test]
    public void Counters_WhenHostsSend_CountFramesAndBytesPerPairAndLane()
    {
        Subscribe("b");
        Subscribe("c");
        Send("a", "b", "12345");
        Send("a", "b", "1");
        Send("b", "c", "22");
        Send("c", "c", "333");
        Post("a", "b", "7777777", TransportLane.Telemetry);
        _harness.Settle();

        TransportCounters counters = _harness.Counters;

        Assert.That(counters.Traffic, Is.EqualTo(new[]
        {
            new TransportTraffic("a", "b", TransportLane.Control, 2, 6),
            new TransportTraffic("a", "b", TransportLane.Telemetry, 1, 7),
            new TransportTraffic("b", "c", TransportLane.Control, 1, 2),
            new TransportTraffic("c", "c", TransportLane.Control, 1, 3),
        }));
        Assert.That(counters.BytesBetweenHosts, Is.EqualTo(15));
    }

    /// <summary>Whatever is sent, acknowledged and subscribed in whatever order: what was confirmed and not acknowledged comes again, in order, and nothing else.</summary>
    [Test]
    public void Queue_WhenUsedInAnyOrder_HoldsExactlyWhatIsConfirmedAndUnacknowledged()
    {
        Gen<int[]> scripts = Gen.Choose(0, 9).ArrayOf();
        Prop.ForAll(scripts.ToArbitrary(), script =>
        {
            Close();
            Open();
            var expected = new List<string>();
            RecordingRef receiver = Subscribe("b");
            for (int i = 0; i < script.Length; i++)
            {
                switch (script[i])
                {
                    case < 6 when Send("a", "b", $"{i}") == TransportResult.Confirmed:
                        expected.Add($"{i}");
                        break;
                    case 6 or 7 when expected.Count > 0:
                        string acknowledged = expected[script[i] == 6 ? 0 : expected.Count - 1];
                        Acknowledge(Deliveries(receiver).Last(d => Text(d) == acknowledged));
                        expected.Remove(acknowledged);
                        break;
                    case 8 or 9:
                        receiver = Subscribe("b");
                        break;
                }
            }

            return Deliveries(Subscribe("b")).Select(Text).SequenceEqual(expected)
                && (expected.Count <= ControlCapacity || !_harness.CountsDelivered);
        }).Check(Properties.Quiet.WithMaxTest(_harness.Scripts.Count).WithEndSize(_harness.Scripts.Length));
    }

    protected static int ControlCapacity => TransportHarness.ControlCapacity;

    protected static int TelemetryCapacity => TransportHarness.TelemetryCapacity;

    private static TransportDelivery[] Deliveries(RecordingRef receiver) => [.. receiver.Messages.OfType<TransportDelivery>()];

    private static string Text(TransportDelivery delivery) => Encoding.UTF8.GetString(delivery.Frame);

    private RecordingRef Subscribe(
        string address, SubscriptionMode mode = SubscriptionMode.Exclusive, int prefetch = 64, string? at = null)
    {
        var receiver = new RecordingRef($"receiver-{address}");
        _tag = $"tag-{++_tags}";
        _harness.At(at ?? address).Subscribe(new TransportSubscription(address, _tag, mode, prefetch), receiver);
        _harness.Settle();
        return receiver;
    }

    [Test]
    public void Inspect_WhenFramesWait_SaysHowManyNobodyHas()
    {
        Subscribe("b", prefetch: 1);
        Send("a", "b", "1");
        Send("a", "b", "2");
        Send("a", "b", "3");
        var asker = new RecordingRef("asker");

        _harness.At("a").Inspect(new InspectQueues(7, ["b", "nobody"]), asker);
        _harness.Settle();

        var inspected = (QueuesInspected)asker.Messages.Single();
        Assert.That(inspected.CorrelationId, Is.EqualTo(7));
        Assert.That(
            inspected.Queues,
            Is.EqualTo(new[] { new QueueDepth("b", Exists: true, Waiting: 2, Consumers: 1), new QueueDepth("nobody", Exists: false, 0, 0) }));
    }

    private void Acknowledge(TransportDelivery delivery, string? at = null)
    {
        _harness.At(at ?? delivery.Address).Acknowledge(delivery.Address, delivery.ConsumerTag, delivery.DeliveryTag);
        _harness.Settle();
    }

    private void Unsubscribe(string address, string consumerTag, string? at = null)
    {
        _harness.At(at ?? address).Unsubscribe(address, consumerTag);
        _harness.Settle();
    }

    private TransportDelivery Deliver(string text)
    {
        RecordingRef receiver = Subscribe("b");
        Send("a", "b", text);
        return Deliveries(receiver).Single();
    }

    private void Bind(string at, string alias, string address)
    {
        _harness.At(at).Bind(alias, address);
        _harness.Settle();
    }

    private void Post(string from, string to, string text, TransportLane lane = TransportLane.Control) =>
        _harness.At(from).Send(new TransportSend(++_correlation, from, to, lane, Encoding.UTF8.GetBytes(text)), _sender);

    private TransportResult Send(string from, string to, string text)
    {
        Post(from, to, text);
        _harness.Settle();
        return _sender.Messages.Cast<TransportOutcome>().Single(o => o.CorrelationId == _correlation).Result;
    }
}
