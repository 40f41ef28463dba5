using System.Text;
using Eco.Runtime.Cluster;
using Eco.Runtime.Simulation;
using Eco.Tests.Persistence.Contracts;
using NUnit.Framework;

namespace Eco.Tests.Simulation;

/// <summary>The bad semantics of a broker, one by one: host a sends to queue q, hosts b and c stand by for it.</summary>
public sealed class SimulatedBrokerTests
{
    private const string Broker = SimulatedBroker.Node;
    private SimulatedWorld _world = null!;
    private RecordingRef _sender = null!;
    private RecordingRef _b = null!;
    private RecordingRef _c = null!;
    private long _correlation;

    [TearDown]
    public void Close() => _world.Dispose();

    [Test]
    public void Cut_WhenItLasts_GivesTheQueueToTheNextWithinTheDetectionTimeWhileTheOldOneWorksOn()
    {
        Open();
        Send("1", "2");
        _world.Network.Cut("b", Broker);
        TimeSpan cut = _world.Clock.Elapsed;

        _world.RunUntil(() => Texts(_c).Length == 2, TimeSpan.FromSeconds(76));

        Assert.That(_world.Clock.Elapsed - cut, Is.InRange(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(75.1)));
        Assert.That(_c.Messages.Cast<TransportDelivery>().Select(d => (d.IsRedelivered, d.ConsumerTag)), Is.All.EqualTo((true, "c")));
        Assert.That(Texts(_b), Is.EqualTo(new[] { "1", "2" }));
        _world.RunFor(TimeSpan.FromSeconds(80));
        SubscriptionLost lost = _b.Messages.OfType<SubscriptionLost>().Single();
        Assert.That((lost.Address, lost.ConsumerTag), Is.EqualTo(("q", "b")));
        Assert.That(
            _world.Broker.Faced is { ConnectionsLost: 1, Redelivered: 2, RedeliveredToAnotherHost: 2 }, _world.Broker.Faced.ToString());
    }

    [Test]
    public void Link_WhenItBecomesFastAgain_BringsWhatWaitsForItSooner()
    {
        Open();
        LinkOptions fast = _world.Network.OptionsOf(Broker, "b");
        _world.Network.Configure(Broker, "b", fast with { BandwidthBytesPerSecond = 1 });
        Send("1", "2");
        _world.RunFor(TimeSpan.FromMilliseconds(500));
        Assert.That(Texts(_b), Is.Empty);

        _world.Network.Configure(Broker, "b", fast);

        _world.RunUntil(() => Texts(_b).Length == 2, TimeSpan.FromSeconds(1));
        Assert.That(Texts(_b), Is.EqualTo(new[] { "1", "2" }));
    }

    [Test]
    public void Cut_WhenBothEndsNoticeAtTheirOwnTime_MakesTwoActiveInSomeSeedsAndNoneInOthers()
    {
        long[] doublyActive = [.. Enumerable.Range(1, 20).Select(seed =>
        {
            Open(seed: (ulong)seed);
            Send("1");
            _world.Network.CutOneWay("b", Broker);
            _world.RunFor(TimeSpan.FromSeconds(80));
            bool knewBefore = _b.Messages.OfType<SubscriptionLost>().Any();
            Assert.That(Texts(_c), Is.EqualTo(new[] { "1" }), $"seed {seed}");
            Assert.That(knewBefore, $"seed {seed}: in the end it knows");
            return _world.Broker.Faced.DoublyActive;
        })];

        Assert.That(doublyActive, Does.Contain(0).And.Contain(1));
    }

    [Test]
    public void Cut_WhenItIsMendedInTime_LosesNeitherDeliveriesNorAcknowledgements()
    {
        Open(prefetch: 1);
        Send("1", "2");
        TransportDelivery first = _b.Messages.OfType<TransportDelivery>().Single();
        _world.Network.Cut("b", Broker);
        Acknowledge("b", first);
        _world.RunFor(TimeSpan.FromSeconds(5));
        Send("3");
        Assert.That(Texts(_b), Is.EqualTo(new[] { "1" }));

        _world.Network.HealAll();
        _world.RunFor(TimeSpan.FromMinutes(2));

        Assert.That(Texts(_b), Is.EqualTo(new[] { "1", "2" }));
        Assert.That(_b.Messages, Has.None.TypeOf<SubscriptionLost>());
        Assert.That((_c.Messages.Count, _world.Broker.Faced.ConnectionsLost), Is.EqualTo((0, 0)));
        Assert.That(_world.Broker.WaitingAt("q"), Is.EqualTo(2));
    }

    [Test]
    public void Cut_WhenItIsMendedAfterTheBrokerHasGivenUp_TellsTheClientAtOnceAndForgetsItsAcknowledgements()
    {
        Open(seed: SeedInWhichTheBrokerNoticesFirst());
        Send("1");
        _world.Network.Cut("b", Broker);
        Acknowledge("b", _b.Messages.OfType<TransportDelivery>().Single());
        _world.RunUntil(() => _c.Messages.Count > 0, TimeSpan.FromSeconds(76));

        _world.Network.HealAll();
        _world.RunFor(TimeSpan.FromSeconds(1));

        Assert.That(_b.Messages[^1], Is.TypeOf<SubscriptionLost>());
        Assert.That(_world.Broker.Faced.AcknowledgementsLost, Is.EqualTo(1));
        Assert.That(_world.Broker.WaitingAt("q"), Is.EqualTo(1), "the next one has it");
    }

    [Test]
    public void Subscribe_WhenTheBrokerIsCutOff_IsLostAfterTheConnectTimeoutAndWorksAfterwards()
    {
        Open();
        _world.AddHost("d", new SimulatedHostOptions(), _ => { });
        _world.Network.Cut("d", Broker);
        var d = new RecordingRef();
        _world.Hosts["d"].Transport.Subscribe(Of("x", "d1"), d);
        _world.RunFor(TimeSpan.FromSeconds(5.1));
        Assert.That(d.Messages.Single(), Is.TypeOf<SubscriptionLost>());

        _world.Network.HealAll();
        _world.Hosts["d"].Transport.Subscribe(Of("x", "d2"), d);
        _world.RunFor(TimeSpan.FromSeconds(1));
        SendTo("x", "hello");

        Assert.That(Texts(d), Is.EqualTo(new[] { "hello" }));
    }

    [TestCase(0, 0.1)]
    [TestCase(1, 76)]
    public void Crash_WhenTheProcessOrThePowerEnds_IsSeenAtOnceOrAfterTheDetectionTime(double silent, double limitSeconds)
    {
        Open(new SimulatedBrokerFaults { SilentCrash = silent });
        Send("1");
        _world.Hosts["b"].Crash();
        TimeSpan crash = _world.Clock.Elapsed;

        _world.RunUntil(() => _c.Messages.Count > 0, TimeSpan.FromSeconds(limitSeconds));

        Assert.That(_world.Clock.Elapsed - crash, silent > 0 ? Is.GreaterThan(TimeSpan.FromSeconds(10)) : Is.LessThan(TimeSpan.FromSeconds(0.1)));
    }

    [Test]
    public void Pause_WhenItOutlivesTheDetection_LetsTheHostWorkOnBeforeItLearnsThatItHasLost()
    {
        Open();
        Send("1");
        _world.Hosts["b"].Pause();
        _world.RunUntil(() => _c.Messages.Count > 0, TimeSpan.FromSeconds(76));
        Assert.That(_b.Messages, Has.None.TypeOf<SubscriptionLost>());

        _world.Hosts["b"].Resume();
        _world.RunFor(TimeSpan.FromSeconds(1));

        Assert.That(_b.Messages[^1], Is.TypeOf<SubscriptionLost>());
        Assert.That(_world.Broker.Faced.DoublyActive, Is.EqualTo(1));
    }

    [Test]
    public void Pause_WhenItIsShort_LosesNothing()
    {
        Open();
        _world.Hosts["b"].Pause();
        Send("1");
        _world.RunFor(TimeSpan.FromSeconds(9));
        _world.Hosts["b"].Resume();
        _world.RunFor(TimeSpan.FromMinutes(2));

        Assert.That(Texts(_b), Is.EqualTo(new[] { "1" }));
        Assert.That(_c.Messages, Is.Empty);
    }

    [Test]
    public void ConfirmLoss_WhenItHappens_LeavesTheFrameStoredAndTheOutcomeUnknown()
    {
        Open(new SimulatedBrokerFaults { ConfirmLoss = 1 });
        Send("1");
        _world.RunFor(TimeSpan.FromSeconds(6));

        Assert.That(Outcomes(), Is.EqualTo(new[] { TransportResult.Unknown }));
        Assert.That(Texts(_b), Is.EqualTo(new[] { "1" }));
        Assert.That(_world.Broker.Faced.ConfirmsLost, Is.EqualTo(1));
    }

    [Test]
    public void PublishLoss_WhenItHappens_LeavesNothingAndTheOutcomeUnknown()
    {
        Open(new SimulatedBrokerFaults { PublishLoss = 1 });
        Send("1");
        _world.RunFor(TimeSpan.FromSeconds(6));

        Assert.That(Outcomes(), Is.EqualTo(new[] { TransportResult.Unknown }));
        Assert.That((_b.Messages.Count, _world.Broker.Faced.PublishesLost), Is.EqualTo((0, 1)));
    }

    [Test]
    public void Duplication_WhenItHappens_DeliversTwoFramesWithTagsOfTheirOwn()
    {
        Open(new SimulatedBrokerFaults { Duplication = 1 });
        Send("1");

        Assert.That(Texts(_b), Is.EqualTo(new[] { "1", "1" }));
        Assert.That(_b.Messages.Cast<TransportDelivery>().Select(d => d.DeliveryTag), Is.Unique);
        Assert.That(_world.Broker.Faced.Duplicated, Is.EqualTo(1));
    }

    [Test]
    public void SubscriptionLoss_WhenItHappens_RedeliversToAnotherWhileTheFirstLearnsOfItLater()
    {
        Open(new SimulatedBrokerFaults { SubscriptionLoss = 1, NoticeAtMost = TimeSpan.FromSeconds(60) });
        Send("1");
        _world.Broker.Faults = SimulatedBrokerFaults.None;
        _world.RunFor(TimeSpan.FromSeconds(1));

        Assert.That((Texts(_b).Length, Texts(_c).Length), Is.EqualTo((1, 1)));
        Assert.That(_world.Broker.Faced is { SubscriptionsLost: >= 1, DoublyActive: >= 1, RedeliveredToAnotherHost: 1 }, _world.Broker.Faced.ToString());
        Assert.That(_b.Messages, Has.None.TypeOf<SubscriptionLost>());
        _world.RunFor(TimeSpan.FromSeconds(60));
        Assert.That(_b.Messages.OfType<SubscriptionLost>().Count(), Is.EqualTo(1));
    }

    [Test]
    public void DeliveryLimit_WhenAFrameComesBackOnceTooOften_DropsAndCountsIt()
    {
        Open(new SimulatedBrokerFaults { DeliveryLimit = 1 });
        Send("1");
        _world.Broker.Disconnect("b");
        _world.RunFor(TimeSpan.FromSeconds(1));
        Assert.That(Texts(_c), Is.EqualTo(new[] { "1" }));

        _world.Broker.Disconnect("c");

        Assert.That((_world.Broker.WaitingAt("q"), _world.Broker.Faced.DroppedAtLimit), Is.EqualTo((0, 1)));
    }

    [Test]
    public void ConfirmsUnroutable_WhenNobodyHasDeclaredTheAddress_ConfirmsAndDrops()
    {
        Open(new SimulatedBrokerFaults { ConfirmsUnroutable = true });
        SendTo("nowhere", "1");

        Assert.That(Outcomes(), Is.EqualTo(new[] { TransportResult.Confirmed }));
        Assert.That(_world.Broker.Faced.UnroutableConfirmed, Is.EqualTo(1));
    }

    [Test]
    public void Alarm_WhileItIsOn_BlocksControlAndLetsTelemetryPass()
    {
        Open();
        _world.Broker.IsAlarmed = true;
        Send("1");
        _world.Hosts["a"].Transport.Send(new TransportSend(9, "a", "q", TransportLane.Telemetry, "t"u8.ToArray()), _sender);
        _world.RunFor(TimeSpan.FromSeconds(1));
        _world.Broker.IsAlarmed = false;
        Send("2");

        Assert.That(Outcomes(), Is.EqualTo(new[] { TransportResult.Blocked, TransportResult.Confirmed }));
        Assert.That(Texts(_b), Is.EqualTo(new[] { "t", "2" }));
        Assert.That(_world.Broker.Faced.TurnedAway, Is.EqualTo(1));
    }

    [Test]
    public void Alarm_WhenItComesByChance_EndsByItself()
    {
        Open(new SimulatedBrokerFaults { Alarm = 0.5, AlarmAtMost = TimeSpan.FromSeconds(20) });
        foreach (int i in Enumerable.Range(1, 40))
        {
            Send($"{i}");
            _world.RunFor(TimeSpan.FromSeconds(1));
        }

        Assert.That(Outcomes(), Does.Contain(TransportResult.Blocked).And.Contain(TransportResult.Confirmed));
        Assert.That(_world.Broker.Faced.Alarms, Is.GreaterThan(1));
    }

    [Test]
    public void HandOverPause_WhenTheSubscriptionEndsMeanwhile_StillHandsOutWhatWasPrefetched()
    {
        Open(new SimulatedBrokerFaults { HandOverPause = TimeSpan.FromSeconds(10) });
        Send("1", "2", "3", "4", "5");
        _world.Broker.Disconnect("b");
        _world.RunFor(TimeSpan.FromMinutes(2));

        int lost = _b.Messages.ToList().FindIndex(message => message is SubscriptionLost);
        Assert.That(lost, Is.LessThan(_b.Messages.Count - 1), "some come after the end");
        Assert.That(Texts(_b), Is.EqualTo(new[] { "1", "2", "3", "4", "5" }));
        Assert.That(Texts(_c), Is.EqualTo(Texts(_b)));
        Assert.That(_world.Broker.Faced.HandedOutLate, Is.GreaterThan(0));
    }

    [Test]
    public void Prefetch_WhenTheConsumerIsSlow_KeepsTheRestAtTheBroker()
    {
        Open(prefetch: 2);
        Send("1", "2", "3", "4");
        _world.Hosts["b"].Crash();
        _world.RunFor(TimeSpan.FromSeconds(1));

        Assert.That(Texts(_b), Is.EqualTo(new[] { "1", "2" }));
        Assert.That(Texts(_c), Is.EqualTo(new[] { "1", "2" }));
        Acknowledge("c", _c.Messages.OfType<TransportDelivery>().First());
        Assert.That(_c.Messages.OfType<TransportDelivery>().Last().IsRedelivered, Is.False, "it had never left the broker");
    }

    [Test]
    public void World_WhenEveryFaultIsOn_RepeatsItselfByItsSeed()
    {
        (ulong, SimulatedBrokerCounters)[] runs = [.. Enumerable.Range(0, 2).Select(_ =>
        {
            Open(
                new SimulatedBrokerFaults
                {
                    ConfirmLoss = 0.1,
                    PublishLoss = 0.1,
                    Duplication = 0.1,
                    SubscriptionLoss = 0.05,
                    DeliveryLimit = 5,
                    Alarm = 0.02,
                    HandOverPause = TimeSpan.FromMilliseconds(20),
                },
                seed: 5);
            foreach (int i in Enumerable.Range(1, 200))
            {
                Send($"{i}");
            }

            return (_world.TraceHash, _world.Broker.Faced);
        })];

        Assert.That(runs[0], Is.EqualTo(runs[1]));
        Assert.That(runs[0].Item2 is { ConfirmsLost: > 0, PublishesLost: > 0, Duplicated: > 0, SubscriptionsLost: > 0, Alarms: > 0 }, runs[0].Item2.ToString());
    }

    private static TransportSubscription Of(string address, string tag, int prefetch = 16) =>
        new(address, tag, SubscriptionMode.SingleActive, prefetch);

    private static string[] Texts(RecordingRef receiver) =>
        [.. receiver.Messages.OfType<TransportDelivery>().Select(d => Encoding.UTF8.GetString(d.Frame))];

    /// <summary>Found once by trying; the test that uses it would fail loudly with another one.</summary>
    private ulong SeedInWhichTheBrokerNoticesFirst()
    {
        foreach (int seed in Enumerable.Range(1, 50))
        {
            Open(seed: (ulong)seed);
            Send("1");
            _world.Network.Cut("b", Broker);
            _world.RunFor(TimeSpan.FromSeconds(76));
            if (_world.Broker.Faced.DoublyActive == 1)
            {
                return (ulong)seed;
            }
        }

        throw new InvalidOperationException("in 50 seeds the broker never noticed first");
    }

    private void Open(SimulatedBrokerFaults? faults = null, ulong seed = 1, int prefetch = 16)
    {
        _world?.Dispose();
        _correlation = 0;
        _sender = new RecordingRef();
        _b = new RecordingRef();
        _c = new RecordingRef();
        _world = new SimulatedWorld(seed, new SimulationOptions
        {
            Transport = new SimulatedTransportOptions { BrokerSite = "site", Faults = faults ?? SimulatedBrokerFaults.None },
        });
        foreach (string id in (string[])["a", "b", "c"])
        {
            _world.AddHost(id, new SimulatedHostOptions(), _ => { });
        }

        _world.Hosts["b"].Transport.Subscribe(Of("q", "b", prefetch), _b);
        _world.RunFor(TimeSpan.FromSeconds(1));
        _world.Hosts["c"].Transport.Subscribe(Of("q", "c", prefetch), _c);
        _world.RunFor(TimeSpan.FromSeconds(1));
    }

    private void Send(params string[] texts) => SendTo("q", texts);

    private void SendTo(string address, params string[] texts)
    {
        foreach (string text in texts)
        {
            _world.Hosts["a"].Transport.Send(
                new TransportSend(++_correlation, "a", address, TransportLane.Control, Encoding.UTF8.GetBytes(text)), _sender);
            _world.RunFor(TimeSpan.FromMilliseconds(100));
        }
    }

    private void Acknowledge(string host, TransportDelivery delivery)
    {
        _world.Hosts[host].Transport.Acknowledge(delivery.Address, delivery.ConsumerTag, delivery.DeliveryTag);
        _world.RunFor(TimeSpan.FromMilliseconds(100));
    }

    private TransportResult[] Outcomes() => [.. _sender.Messages.Cast<TransportOutcome>().Select(o => o.Result)];
}
