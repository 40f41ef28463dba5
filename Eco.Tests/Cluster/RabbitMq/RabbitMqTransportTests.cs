using System.Collections.Concurrent;
using System.Diagnostics;
using Eco.Runtime.Cluster;
using Eco.Runtime.Cluster.RabbitMq;
using Eco.Tests.Integration;
using Eco.Tests.Persistence.Contracts;
using NUnit.Framework;
using RabbitMQ.Client;

namespace Eco.Tests.Cluster.RabbitMq;

/// <summary>What a transport over a real broker does when something goes wrong between the two.</summary>
[Category("Slow")]
[Category("Process")]
public sealed class RabbitMqTransportTests
{
    private static int s_addresses;

    private readonly ConcurrentQueue<BrokerEvent> _events = new();
    private readonly List<RabbitMqTransport> _transports = [];
    private RecordingRef _outcomes = null!;
    private string _address = null!;

    [SetUp]
    public void Prepare()
    {
        _events.Clear();
        _outcomes = new RecordingRef("sender");
        _address = $"test.{Interlocked.Increment(ref s_addresses)}";
    }

    [TearDown]
    public async Task CloseAsync()
    {
        foreach (RabbitMqTransport transport in _transports)
        {
            await transport.DisposeAsync();
        }

        _transports.Clear();
    }

    [Test]
    public async Task Connection_WhenTheBrokerClosesIt_EndsSubscriptionsAndStandsAgain()
    {
        RabbitMqTransport transport = Open("b");
        RecordingRef first = Subscribe(transport, "1");
        await SentAsync(transport, 3);
        await ReceivedAsync(first, 3);
        transport.Acknowledge(_address, "1", Deliveries(first)[0].DeliveryTag);
        await Eventually.HoldsAsync("the acknowledgement is written", () => transport.IsIdle);
        await EmptiesAsync(transport, waiting: 0);

        await TestBroker.DisconnectAsync(TestBroker.Cluster, TestBroker.Node, "b");

        await Eventually.HoldsAsync("the subscription's end is told", () => first.Messages.OfType<SubscriptionLost>().Any());
        RecordingRef second = Subscribe(transport, "2");
        await ReceivedAsync(second, 2);
        Assert.That(Numbers(second), Is.EqualTo(new[] { 2, 3 }));
        Assert.That(Deliveries(second).Select(d => d.IsRedelivered), Is.All.True);
        Assert.That(Deliveries(first), Has.Length.EqualTo(3));
        Assert.That(_events.OfType<BrokerReconnect>().Select(e => e.Reason), Is.All.Contains("closed by the test"));
        Assert.That(transport.Status.Reconnects, Is.EqualTo(1));
    }

    [Test]
    public async Task Send_WhenTheBrokerIsAway_IsBlockedAfterAWhileAndPassesAfterwards()
    {
        RabbitMqTransport transport = Open("b", options => options with { ConfirmTimeout = TimeSpan.FromSeconds(1) });
        RecordingRef receiver = Subscribe(transport, "1");
        await SentAsync(transport, 1);
        await ReceivedAsync(receiver, 1);

        // The list of quorum queues reaches the disk seconds late; a queue that is missing there has no leader after a restart (wire-protocol.md).
        await TestBroker.Cluster.EvaluateAsync(TestBroker.Node, "[dets:sync(T) || T <- dets:all()].");
        await TestBroker.Node.KillAsync();
        await Eventually.HoldsAsync("the loss is seen", () => !transport.Status.IsConnected);

        TestBroker.Send(transport, _outcomes, 2, _address);

        await OutcomesAsync(2);
        Assert.That(Results()[2], Is.EqualTo(TransportResult.Blocked));
        RabbitMqTransport cold = Open("c");
        RecordingRef early = new("early");
        cold.Subscribe(TestBroker.Subscription(_address, "2"), early);
        await Eventually.HoldsAsync("it says that there is no broker", () => _events.OfType<BrokerUnreachable>().Any(e => e.Host == "c"));

        TestBroker.Node.Start();
        await TestBroker.Node.ReadyAsync();

        await Eventually.HoldsAsync("it is connected again", () => transport.Status.IsConnected && cold.Status.IsConnected);
        await SentAsync(transport, 1, from: 3);
        Assert.That(receiver.Messages.OfType<SubscriptionLost>().Count(), Is.EqualTo(1));
        await Eventually.HoldsAsync("what is sent now is received", () => Numbers(early).Contains(3), () => string.Join(", ", Numbers(early)));

        // What is not confirmed within a second is sent once more: a busy broker may have it twice.
        Assert.That(Numbers(early).Distinct(), Is.EqualTo(new[] { 1, 3 }), "what was confirmed outlives the broker's death");
    }

    [Test]
    public async Task Send_WhenTheBrokerStandsStill_IsUnknownAndTheConnectionIsGivenUp()
    {
        RabbitMqTransport transport = Open("b", options => options with { ConfirmTimeout = TimeSpan.FromSeconds(1) });
        Subscribe(transport, "1");
        await SentAsync(transport, 1);
        long start = Stopwatch.GetTimestamp();
        TestBroker.Node.Pause();
        try
        {
            foreach (int i in Enumerable.Range(2, 10))
            {
                TestBroker.Send(transport, _outcomes, i, _address);
            }

            await OutcomesAsync(11);
        }
        finally
        {
            TestBroker.Node.Resume();
        }

        Assert.That(Stopwatch.GetElapsedTime(start), Is.LessThan(TimeSpan.FromSeconds(4)));
        Assert.That(Results().Where(result => result.Key > 1).Select(result => result.Value), Is.All.EqualTo(TransportResult.Unknown));
        Assert.That(_events.OfType<PublishUnknown>().Single().Frames, Is.EqualTo(10));
        await Eventually.HoldsAsync("it is connected again", () => transport.Status is { IsConnected: true, Reconnects: > 0 });
        await SentAsync(transport, 1, from: 20);
    }

    [Test]
    public async Task Frame_WhenItIsTooLarge_IsRefusedAtBothEndsAndTheConnectionIsKept()
    {
        RabbitMqTransport transport = Open("b");
        RecordingRef receiver = Subscribe(transport, "1");
        await SentAsync(transport, 1);

        TestBroker.Send(transport, _outcomes, 2, _address, new byte[FrameCodec.MaximumBytes + 1]);
        await using IConnection raw = await TestBroker.ConnectAsync();
        await using IChannel channel = await raw.CreateChannelAsync();
        await channel.BasicPublishAsync(RabbitMqNames.InternalExchange, _address, new byte[2 << 20]);
        TestBroker.Send(transport, _outcomes, 3, _address, new byte[FrameCodec.MaximumBytes]);
        await OutcomesAsync(3);
        await ReceivedAsync(receiver, 2);
        await Eventually.HoldsAsync("both are told", () => _events.OfType<FrameTooLarge>().Count() == 2);

        Assert.That(Results()[2], Is.EqualTo(TransportResult.Unroutable));
        Assert.That(Deliveries(receiver)[1].Frame, Has.Length.EqualTo(FrameCodec.MaximumBytes));
        Assert.That(_events.OfType<FrameTooLarge>().Select(e => e.Bytes), Is.EqualTo(new long[] { FrameCodec.MaximumBytes + 1, 2 << 20 }));
        Assert.That(transport.Status.Reconnects, Is.Zero);
        foreach (TransportDelivery delivery in Deliveries(receiver))
        {
            transport.Acknowledge(_address, "1", delivery.DeliveryTag);
        }

        await transport.DisposeAsync();
        RecordingRef next = Subscribe(Open("c"), "2");
        await SentAsync(_transports[^1], 1, from: 4);
        await ReceivedAsync(next, 1);
        Assert.That(Numbers(next), Is.EqualTo(new[] { 4 }), "it was given up, not put back");
    }

    /// <summary>The client has more prefetched when the connection ends; the broker gives that to the next one.</summary>
    [Test]
    public async Task Deliveries_WhenTheyWerePrefetchedByAConnectionThatEnded_AreNotHandedOver()
    {
        RabbitMqTransport transport = Open("b");
        using var isHolding = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        var received = new ConcurrentQueue<object>();
        transport.Subscribe(TestBroker.Subscription(_address, "1"), new CallbackRef(message =>
        {
            received.Enqueue(message);
            isHolding.Set();
            goOn.Wait();
        }));
        await SentAsync(transport, 8);
        await Eventually.HoldsAsync("the first is handed over", () => isHolding.IsSet);
        await EmptiesAsync(transport, waiting: 0);

        await TestBroker.DisconnectAsync(TestBroker.Cluster, TestBroker.Node, "b");
        await Eventually.HoldsAsync("the loss is seen", () => _events.OfType<BrokerReconnect>().Any(e => e.Connection == "receive") || !transport.Status.IsConnected);
        goOn.Set();

        await Eventually.HoldsAsync("the end is told", () => received.OfType<SubscriptionLost>().Any());
        RecordingRef next = Subscribe(transport, "2");
        await ReceivedAsync(next, 8);
        Assert.That(received.OfType<TransportDelivery>().Count(), Is.EqualTo(1));
        Assert.That(received.Last(), Is.TypeOf<SubscriptionLost>(), "nothing follows the end");
    }

    [Test]
    public async Task Alarm_WhenTheBrokerHasNoSpace_BlocksSendersAndLetsReceiversGoOn()
    {
        RabbitMqTransport sender = Open("a", options => options with { ConfirmTimeout = TimeSpan.FromSeconds(1) });
        RabbitMqTransport receiver = Open("b");
        RecordingRef first = Subscribe(receiver, "1", prefetch: 1);
        await SentAsync(sender, 4);
        await ReceivedAsync(first, 1);

        await TestBroker.Cluster.CallAsync(TestBroker.Node, "rabbit_disk_monitor set_disk_free_limit [9000000000000000]");
        try
        {
            TestBroker.Send(sender, _outcomes, 5, _address);
            await Eventually.HoldsAsync("the alarm is heard of", () => sender.Status.IsBlocked);
            TestBroker.Send(sender, _outcomes, 6, _address);
            await OutcomesAsync(6);
            Assert.That(Results()[6], Is.EqualTo(TransportResult.Blocked));
            Assert.That(Results()[5], Is.EqualTo(TransportResult.Unknown), "it was on its way when the broker ceased to read");
            for (int i = 0; i < 4; i++)
            {
                await ReceivedAsync(first, i + 1);
                receiver.Acknowledge(_address, "1", Deliveries(first)[i].DeliveryTag);
            }

            await EmptiesAsync(receiver, waiting: 0);
        }
        finally
        {
            await TestBroker.Cluster.CallAsync(TestBroker.Node, "rabbit_disk_monitor set_disk_free_limit [50000000]");
        }

        await Eventually.HoldsAsync("the alarm is over", () => !sender.Status.IsBlocked);
        Assert.That(sender.Status.Reconnects, Is.Zero);
        await SentAsync(sender, 1, from: 7);
        await ReceivedAsync(first, 5);
        Assert.That(Numbers(first)[4], Is.EqualTo(5), "what the broker had not read came when it read again");
        Assert.That(_events.OfType<BrokerBlocked>().Select(e => e.IsBlocked), Is.EqualTo(new[] { true, false }));
    }

    /// <summary>A receiver that dies over a frame each time: the broker sets the frame aside after the limit, and what follows it comes.</summary>
    [Test]
    public async Task Frame_WhenEachDeliveryEndsTheConnection_IsParkedAtTheLimit()
    {
        RabbitMqTransport sender = Open("a");
        int deliveries = 0;
        RecordingRef last = new("last");
        for (int attempt = 0; attempt < 5; attempt++)
        {
            RabbitMqTransport receiver = Open("b", options => options with { DeliveryLimit = 3 });
            last = Subscribe(receiver, $"{attempt}", prefetch: 1);
            if (attempt == 0)
            {
                await SentAsync(sender, 2);
            }

            await ReceivedAsync(last, 1);
            deliveries += Numbers(last)[0] == 1 ? 1 : 0;
            await receiver.DisposeAsync();
        }

        Assert.That(deliveries, Is.EqualTo(4), "the limit is of returns: one delivery more");
        Assert.That(Numbers(last), Is.EqualTo(new[] { 2 }));
        await using IConnection raw = await TestBroker.ConnectAsync();
        await using IChannel channel = await raw.CreateChannelAsync();
        BasicGetResult? parked = null;
        await Eventually.HoldsAsync(
            "it is parked",
            () => (parked = channel.BasicGetAsync(RabbitMqNames.ParkedQueue, autoAck: true).GetAwaiter().GetResult()) is not null);
        Assert.That((parked!.RoutingKey, BitConverter.ToInt64(parked.Body.Span)), Is.EqualTo((_address, 1L)));
    }

    [Test]
    public async Task Subscription_WhenItsQueueIsDeleted_IsToldAndDeclaresItAgain()
    {
        RabbitMqTransport transport = Open("b");
        RecordingRef first = Subscribe(transport, "1");
        await SentAsync(transport, 1);
        await using IConnection raw = await TestBroker.ConnectAsync();
        await using IChannel channel = await raw.CreateChannelAsync();

        await channel.QueueDeleteAsync(_address);
        await channel.QueueDeleteAsync(RabbitMqNames.TelemetryQueueOf(_address));

        await Eventually.HoldsAsync("the end is told", () => first.Messages.OfType<SubscriptionLost>().Any());
        RecordingRef second = Subscribe(transport, "2");
        await SentAsync(transport, 1, from: 2);
        await ReceivedAsync(second, 1);
        await Eventually.HoldsAsync("telemetry comes", () =>
        {
            transport.Send(new TransportSend(0, "x", _address, TransportLane.Telemetry, [7]), _outcomes);
            return Deliveries(second).Any(d => d.Lane == TransportLane.Telemetry);
        });
        Assert.That(transport.Status.Reconnects, Is.Zero);
    }

    [Test]
    public async Task Queue_WhenItExistsWithOtherArguments_IsAskedForAgainAndTheRestGoesOn()
    {
        await using IConnection raw = await TestBroker.ConnectAsync();
        await using IChannel channel = await raw.CreateChannelAsync();
        await channel.QueueDeclareAsync(_address, durable: true, exclusive: false, autoDelete: false);
        RabbitMqTransport transport = Open("b");

        RecordingRef waiting = Subscribe(transport, "1");

        await Eventually.HoldsAsync("the refusal is told", () => _events.OfType<BrokerRefused>().Any(e => e.What.Contains(_address, StringComparison.Ordinal)));
        Assert.That(_events.OfType<BrokerRefused>().First().Reason, Does.Contain("inequivalent arg"));
        await channel.QueueDeleteAsync(_address);
        await Eventually.HoldsAsync("it is declared at last", () => transport.IsIdle);
        await SentAsync(transport, 1);
        await ReceivedAsync(waiting, 1);
        Assert.That((waiting.Messages.OfType<SubscriptionLost>(), transport.Status.Reconnects), Is.EqualTo((Array.Empty<SubscriptionLost>(), 0L)));
    }

    [Test]
    public async Task Alias_WhenItsTelemetryQueueIsGone_IsBoundAgain()
    {
        string partition = $"eco.part.{900 + s_addresses}";
        string alias = $"eco.up.{_address}";
        RabbitMqTransport server = Open("s");
        RabbitMqTransport agent = Open("a", options => options with { ReceivesApart = false, CountsDropped = false });
        server.Bind(alias, partition);
        TestBroker.Send(agent, _outcomes, 1, alias);
        await Eventually.HoldsAsync("the alias is bound before anybody subscribes", () =>
        {
            TestBroker.Send(agent, _outcomes, 1, alias);
            return _outcomes.Messages.OfType<TransportOutcome>().Any(o => o.Result == TransportResult.Confirmed);
        });
        var owner = new RecordingRef("owner");
        server.Subscribe(TestBroker.Subscription(partition, "1", SubscriptionMode.SingleActive), owner);
        await ReceivedAsync(owner, 1);
        await Eventually.HoldsAsync("its telemetry is received", () => server.IsIdle);

        await using IConnection raw = await TestBroker.ConnectAsync();
        await using IChannel channel = await raw.CreateChannelAsync();
        await channel.QueueDeleteAsync(RabbitMqNames.TelemetryQueueOf(partition));

        await Eventually.HoldsAsync("telemetry to the alias comes", () =>
        {
            agent.Send(new TransportSend(0, "x", alias, TransportLane.Telemetry, [7]), _outcomes);
            return Deliveries(owner).Any(d => d.Lane == TransportLane.Telemetry);
        });
        await channel.QueueDeleteAsync(partition);
    }

    /// <summary>The order of one sender holds, and many senders on many threads lose nothing.</summary>
    [Test]
    public async Task Send_WhenManyThreadsSend_ConfirmsAndDeliversAllInOrder()
    {
        const int Threads = 4;
        const int Each = 1_000;
        RabbitMqTransport sender = Open("a");
        RabbitMqTransport transport = Open("b");
        var received = new ConcurrentQueue<long>();
        transport.Subscribe(TestBroker.Subscription(_address, "1"), new CallbackRef(message =>
        {
            if (message is TransportDelivery delivery)
            {
                received.Enqueue(BitConverter.ToInt64(delivery.Frame));
                transport.Acknowledge(_address, "1", delivery.DeliveryTag);
            }
        }));
        await Eventually.HoldsAsync("it receives", () => transport.IsIdle && sender.IsIdle);

        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(t => new Thread(() =>
        {
            for (int i = 0; i < Each; i++)
            {
                TestBroker.Send(sender, _outcomes, (t * Each) + i, _address);
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        await OutcomesAsync(Threads * Each);

        Assert.That(Results().Values, Is.All.EqualTo(TransportResult.Confirmed));
        await Eventually.HoldsAsync("all are received", () => received.Count == Threads * Each, () => $"{received.Count}");
        foreach (int t in Enumerable.Range(0, Threads))
        {
            Assert.That(received.Where(number => number / Each == t), Is.EqualTo(Enumerable.Range(t * Each, Each)));
        }
    }

    private static TransportDelivery[] Deliveries(RecordingRef receiver) => [.. receiver.Messages.OfType<TransportDelivery>()];

    private static long[] Numbers(RecordingRef receiver) => [.. Deliveries(receiver).Select(d => BitConverter.ToInt64(d.Frame))];

    private static Task ReceivedAsync(RecordingRef receiver, int count) => Eventually.HoldsAsync(
        $"{count} are received", () => Deliveries(receiver).Length >= count, () => $"{Deliveries(receiver).Length}");

    private RabbitMqTransport Open(string host, Func<RabbitMqTransportOptions, RabbitMqTransportOptions>? change = null)
    {
        RabbitMqTransport transport = TestBroker.Open(host, options => (change?.Invoke(options) ?? options) with { Observe = _events.Enqueue });
        _transports.Add(transport);
        return transport;
    }

    private RecordingRef Subscribe(RabbitMqTransport transport, string tag, int prefetch = 64)
    {
        var receiver = new RecordingRef(tag);
        transport.Subscribe(TestBroker.Subscription(_address, tag, prefetch: prefetch), receiver);
        return receiver;
    }

    /// <summary>Sends numbered frames until each is confirmed: the queue may not be there yet.</summary>
    private async Task SentAsync(RabbitMqTransport transport, int count, int from = 1)
    {
        for (int number = from; number < from + count; number++)
        {
            TransportResult? result = null;
            for (int attempt = 0; attempt < 300 && result != TransportResult.Confirmed; attempt++)
            {
                var outcome = new RecordingRef("sent");
                TestBroker.Send(transport, outcome, number, _address);
                await Eventually.HoldsAsync("it is answered", () => outcome.Messages.Count > 0);
                result = ((TransportOutcome)outcome.Messages[0]).Result;
            }

            Assert.That(result, Is.EqualTo(TransportResult.Confirmed), $"{transport.Status}");
            _outcomes.Tell(new TransportOutcome(number, TransportResult.Confirmed), null);
        }
    }

    private Task OutcomesAsync(int count) => Eventually.HoldsAsync(
        $"{count} sends are answered", () => _outcomes.Messages.Count >= count, () => $"{_outcomes.Messages.Count}");

    private SortedDictionary<long, TransportResult> Results() => new(_outcomes.Messages.Cast<TransportOutcome>().ToDictionary(o => o.CorrelationId, o => o.Result));

    private async Task EmptiesAsync(RabbitMqTransport transport, long waiting)
    {
        QueueDepth? last = null;
        await Eventually.HoldsAsync($"{waiting} wait", () =>
        {
            var asker = new RecordingRef("asker");
            transport.Inspect(new InspectQueues(1, [_address]), asker);
            Eventually.HoldsAsync("it is answered", () => asker.Messages.Count > 0).GetAwaiter().GetResult();
            last = ((QueuesInspected)asker.Messages[0]).Queues.FirstOrDefault();
            return last?.Waiting == waiting;
        }, () => $"{last}");
    }
}
