using System.Globalization;
using Eco.Runtime.Cluster;
using Eco.Tests.Persistence.Contracts;
using NUnit.Framework;

namespace Eco.Tests.Integration.Conformance;

/// <summary>The same scenarios on the simulated and on the real broker. Where they differ docs/wire-protocol.md says so.</summary>
public abstract class BrokerConformance
{
    private const int Burst = 16;
    private static int s_addresses;

    private ConformanceWorld _world = null!;
    private RecordingRef _outcomes = null!;
    private string _address = null!;
    private long _number;

    protected abstract Task<ConformanceWorld> CreateWorldAsync();

    [SetUp]
    public async Task OpenAsync()
    {
        _world = await CreateWorldAsync();
        _outcomes = new RecordingRef("sender");
        _address = string.Create(CultureInfo.InvariantCulture, $"conformance.{Interlocked.Increment(ref s_addresses)}");
        _number = 0;
    }

    [TearDown]
    public async Task CloseAsync() => await _world.DisposeAsync();

    [Test]
    public async Task Send_WhenNobodyHasEverSubscribed_IsUnroutable() =>
        Assert.That(await SendAsync("a", "nobody." + _address), Is.EqualTo(TransportResult.Unroutable));

    [Test]
    public async Task Connection_WhenTheBrokerClosesIt_GivesUnacknowledgedFramesToTheNextSubscription()
    {
        RecordingRef first = Subscribe("b", "1");
        await FillAsync(3);
        await ReceivedAsync(first, 3);
        Acknowledge("b", Deliveries(first)[0]);
        await _world.SettleAsync();

        await _world.DisconnectAsync("b");
        await _world.UntilAsync("the end is told", () => first.Messages.OfType<SubscriptionLost>().Any());
        RecordingRef second = Subscribe("b", "2");
        await ReceivedAsync(second, 2);

        Assert.That(Deliveries(second).Select(d => (Number(d), d.IsRedelivered)), Is.EqualTo(new[] { (2L, true), (3L, true) }));
        Assert.That(first.Messages[^1], Is.TypeOf<SubscriptionLost>(), "nothing follows the end");
    }

    [Test]
    public async Task SingleActive_WhenTheActiveOneLosesItsConnection_HandsOverToTheOneThatWaits()
    {
        RecordingRef active = Subscribe("b", "1", SubscriptionMode.SingleActive);
        await FillAsync(2);
        await ReceivedAsync(active, 2);
        RecordingRef waiting = Subscribe("c", "2", SubscriptionMode.SingleActive);
        await FillAsync(1);
        await ReceivedAsync(active, 3);
        Assert.That(waiting.Messages, Is.Empty);

        await _world.DisconnectAsync("b");
        await ReceivedAsync(waiting, 3);
        RecordingRef last = Subscribe("b", "3", SubscriptionMode.SingleActive);
        await FillAsync(1);
        await ReceivedAsync(waiting, 4);

        Assert.That(Deliveries(waiting).Select(d => (Number(d), d.IsRedelivered)), Is.EqualTo(new[] { (1L, true), (2L, true), (3L, true), (4L, false) }));
        Assert.That(last.Messages, Is.Empty, "who comes back stands behind");
    }

    [Test]
    public async Task Leader_WhenItDiesUnderLoad_LosesNothingThatWasConfirmed()
    {
        var receiver = new LoadReceiver(_world.At("b"), "b", _address, SubscriptionMode.SingleActive);
        var standby = new LoadReceiver(_world.At("c"), "c", _address, SubscriptionMode.SingleActive);
        var sender = new LoadSender(_world.At("a"), _address, 16);
        int killAt = _world.Load / 3;
        await DriveAsync(() => sender.Confirmed >= killAt);

        await _world.KillLeaderAsync();
        await DriveAsync(() => sender.Confirmed >= 2 * killAt);
        await _world.RestoreAsync();
        await DriveAsync(() => sender.Confirmed == _world.Load);
        await DriveAsync(() => All().Count() == _world.Load);

        SortedDictionary<long, int> once = receiver.Received;
        int more = once.Values.Sum() + standby.Received.Values.Sum() - _world.Load;
        TestContext.Out.WriteLine($"{_world.Load} confirmed, 0 lost, {more} delivered more than once; {sender.Results}");
        Assert.That(All(), Is.EqualTo(Enumerable.Range(1, _world.Load)));
        Assert.That(sender.CountOf(TransportResult.Unknown), Is.Positive, "some were on their way");

        IEnumerable<long> All() => receiver.Received.Keys.Union(standby.Received.Keys).Order();

        Task DriveAsync(Func<bool> condition) => _world.UntilAsync(
            "the load goes on",
            () =>
            {
                receiver.Subscribe();
                standby.Subscribe();
                sender.Push(_world.Load);
                return condition();
            },
            () => $"{sender.Confirmed} of {_world.Load} confirmed, {All().Count()} received; {sender.Results}");
    }

    [Test]
    public async Task Queue_WhenItIsFull_RefusesWhatItDoesNotKeep()
    {
        Subscribe("b", "1");
        await FillAsync(1);
        _world.At("b").Unsubscribe(_address, "1");
        await _world.SettleAsync();

        // A quorum queue tells its publishers that it is full while they go on: what is on its way then is taken.
        for (int burst = 0; burst < 16 && !IsRefused(); burst++)
        {
            for (int i = 0; i < Burst; i++)
            {
                Post("a", _address);
            }

            await AnsweredAsync();
        }

        ILookup<TransportResult, long> results = _outcomes.Messages.Cast<TransportOutcome>().ToLookup(o => o.Result, o => o.CorrelationId);
        int taken = results[TransportResult.Confirmed].Count();
        TestContext.Out.WriteLine($"{taken} were taken in bursts of {Burst}; the limit is {ConformanceWorld.ControlCapacity}");
        Assert.That(taken, Is.AtLeast(ConformanceWorld.ControlCapacity));
        Assert.That(results.Select(group => group.Key), Is.EquivalentTo(new[] { TransportResult.Confirmed, TransportResult.Blocked }));
        RecordingRef receiver = Subscribe("b", "2", prefetch: 2000);
        await ReceivedAsync(receiver, results[TransportResult.Confirmed].Count());

        Assert.That(Deliveries(receiver).Select(Number).Order(), Is.EqualTo(results[TransportResult.Confirmed].Order()));
        foreach (TransportDelivery delivery in Deliveries(receiver))
        {
            Acknowledge("b", delivery);
        }

        await FillAsync(1);

        bool IsRefused() => _outcomes.Messages.Cast<TransportOutcome>().Any(o => o.Result != TransportResult.Confirmed);
    }

    [Test]
    public async Task Alarm_WhenTheBrokerHasNoSpace_RefusesUntilItIsOver()
    {
        RecordingRef receiver = Subscribe("b", "1");
        await FillAsync(1);

        await _world.AlarmAsync(true);
        TransportResult first = await SendAsync("a", _address);
        TransportResult second = await SendAsync("a", _address);
        await _world.AlarmAsync(false);
        await FillAsync(1);
        long last = _number;
        await _world.UntilAsync("the last comes", () => Deliveries(receiver).Any(d => Number(d) == last));

        Assert.That((first, second), Is.EqualTo((_world.FirstInAlarm, TransportResult.Blocked)));
    }

    [Test]
    public async Task Connection_WhenItIsClosedWhileFramesAreOnTheirWay_ConfirmsNoneThatIsLost()
    {
        var receiver = new LoadReceiver(_world.At("b"), "b", _address, SubscriptionMode.Exclusive);
        var sender = new LoadSender(_world.At("a"), _address, 48);
        for (int round = 1; round <= 3; round++)
        {
            await DriveAsync(() => sender.Confirmed >= round * 100, int.MaxValue);
            Task closing = _world.DisconnectAsync("a");
            await DriveAsync(() => closing.IsCompleted, int.MaxValue);
        }

        int all = sender.Sent;
        await DriveAsync(() => sender.Confirmed == all && receiver.Received.Count == all, all);

        TestContext.Out.WriteLine(sender.Results);
        Assert.That(receiver.Received.Keys, Is.EqualTo(Enumerable.Range(1, all)));

        Task DriveAsync(Func<bool> condition, int limit) => _world.UntilAsync(
            "all are confirmed and received",
            () =>
            {
                receiver.Subscribe();
                sender.Push(limit);
                return condition();
            },
            () => $"{sender.Confirmed} confirmed, {receiver.Received.Count} received; {sender.Results}");
    }

    [Test]
    public async Task Frame_WhenEachDeliveryEndsTheConnection_IsDeliveredOnceMoreThanTheLimit()
    {
        int poison = 0;
        for (int attempt = 1; attempt <= ConformanceWorld.DeliveryLimit + 2; attempt++)
        {
            RecordingRef receiver = Subscribe("b", $"{attempt}", prefetch: 1);
            if (attempt == 1)
            {
                await FillAsync(2);
            }

            await ReceivedAsync(receiver, 1);
            poison += Number(Deliveries(receiver)[0]) == 1 ? 1 : 0;
            await _world.DisconnectAsync("b");
            await _world.UntilAsync("the end is told", () => receiver.Messages.OfType<SubscriptionLost>().Any());
        }

        Assert.That(poison, Is.EqualTo(ConformanceWorld.DeliveryLimit + 1), "the limit is of returns");
    }

    [Test]
    public async Task Frame_WhenItIsTooLarge_IsRefusedAndTheNextOnePasses()
    {
        RecordingRef receiver = Subscribe("b", "1");
        await FillAsync(1);

        TransportResult large = await SendAsync("a", _address, new byte[FrameCodec.MaximumBytes + 1]);
        TransportResult largest = await SendAsync("a", _address, new byte[FrameCodec.MaximumBytes]);
        await ReceivedAsync(receiver, 2);

        Assert.That((large, largest), Is.EqualTo((TransportResult.Unroutable, TransportResult.Confirmed)));
    }

    private static TransportDelivery[] Deliveries(RecordingRef receiver) => [.. receiver.Messages.OfType<TransportDelivery>()];

    private static long Number(TransportDelivery delivery) => BitConverter.ToInt64(delivery.Frame);

    private RecordingRef Subscribe(string host, string tag, SubscriptionMode mode = SubscriptionMode.Exclusive, int prefetch = 64)
    {
        var receiver = new RecordingRef(tag);
        _world.At(host).Subscribe(new TransportSubscription(_address, $"{_address}-{tag}", mode, prefetch), receiver);
        return receiver;
    }

    private void Acknowledge(string host, TransportDelivery delivery) =>
        _world.At(host).Acknowledge(delivery.Address, delivery.ConsumerTag, delivery.DeliveryTag);

    private Task ReceivedAsync(RecordingRef receiver, int count) => _world.UntilAsync(
        $"{count} are received", () => Deliveries(receiver).Length >= count, () => $"{Deliveries(receiver).Length}");

    private long Post(string host, string to, byte[]? frame = null)
    {
        long number = ++_number;
        _world.At(host).Send(new TransportSend(number, host, to, TransportLane.Control, frame ?? BitConverter.GetBytes(number)), _outcomes);
        return number;
    }

    private Task AnsweredAsync()
    {
        long all = _number;
        return _world.UntilAsync("all sends are answered", () => _outcomes.Messages.Count >= all, () => $"{_outcomes.Messages.Count} of {all}");
    }

    private async Task<TransportResult> SendAsync(string host, string to, byte[]? frame = null)
    {
        long number = Post(host, to, frame);
        await AnsweredAsync();
        return _outcomes.Messages.Cast<TransportOutcome>().Single(o => o.CorrelationId == number).Result;
    }

    /// <summary>Sends frames until so many are confirmed, each under the number of the one before it if that was refused: a queue may not stand yet.</summary>
    private async Task FillAsync(int count)
    {
        for (int i = 0; i < count; i++)
        {
            long number = ++_number;
            RecordingRef? outcome = null;
            await _world.UntilAsync("it is confirmed", () =>
            {
                if (outcome?.Messages is [TransportOutcome { Result: TransportResult.Confirmed }, ..])
                {
                    return true;
                }

                // Refused, or not sent yet: a broker that has just let go of an alarm takes a moment to say so.
                if (outcome is null || outcome.Messages.Count > 0)
                {
                    outcome = new RecordingRef("fill");
                    _world.At("a").Send(new TransportSend(number, "a", _address, TransportLane.Control, BitConverter.GetBytes(number)), outcome);
                }

                return false;
            });
            _outcomes.Tell(new TransportOutcome(number, TransportResult.Confirmed), null);
        }
    }
}
