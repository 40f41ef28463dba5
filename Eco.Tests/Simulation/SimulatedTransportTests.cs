using System.Text;
using Eco.Runtime.Cluster;
using Eco.Runtime.Simulation;
using Eco.Tests.Persistence.Contracts;
using NUnit.Framework;

namespace Eco.Tests.Simulation;

/// <summary>What the simulated transport does when network and hosts fail; without faults it passes the contract suite.</summary>
public sealed class SimulatedTransportTests
{
    private SimulatedWorld _world = null!;
    private SimulatedHost _a = null!;
    private SimulatedHost _b = null!;
    private RecordingRef _sender = null!;
    private RecordingRef _receiver = null!;
    private long _correlation;
    private int _tags;

    [SetUp]
    public void Open()
    {
        _correlation = 0;
        _world = new SimulatedWorld(21);
        _a = _world.AddHost("a", new SimulatedHostOptions(), _ => { });
        _b = _world.AddHost("b", new SimulatedHostOptions(), _ => { });
        _sender = new RecordingRef();
        _receiver = new RecordingRef();
        _b.Transport.Subscribe(To("b"), _receiver);
    }

    [TearDown]
    public void Close() => _world.Dispose();

    [Test]
    public void Send_WhenTheFrameIsLost_IsUnknownAfterTheTimeout()
    {
        _world.Network.CutOneWay("a", "b");
        Send("x");

        _world.RunFor(TimeSpan.FromSeconds(4.9));
        Assert.That(_sender.Messages, Is.Empty);
        _world.RunFor(TimeSpan.FromSeconds(0.2));

        Assert.That(Outcomes(), Is.EqualTo(new[] { TransportResult.Unknown }));
        Assert.That(_receiver.Messages, Is.Empty);
    }

    [Test]
    public void Send_WhenOnlyTheConfirmationIsLost_IsUnknownAlthoughItArrived()
    {
        _world.Network.CutOneWay("b", "a");
        Send("x");

        _world.RunFor(TimeSpan.FromSeconds(10));

        Assert.That(Outcomes(), Is.EqualTo(new[] { TransportResult.Unknown }));
        Assert.That(Texts(_receiver), Is.EqualTo(new[] { "x" }));
    }

    [Test]
    public void Send_WhenTheNetworkIsBad_AnswersEachOnceAndConfirmsOnlyWhatArrived()
    {
        _world.Network.ConfigureBoth("a", "b", LinkOptions.Lan with { Loss = 0.2, Duplication = 0.3, Reordering = 0.3 });
        foreach (int i in Enumerable.Range(1, 1_000))
        {
            Send($"{i}");
        }

        _world.RunToQuiescence(TimeSpan.FromMinutes(1));

        TransportOutcome[] outcomes = [.. _sender.Messages.Cast<TransportOutcome>()];
        Assert.That(outcomes.Select(o => o.CorrelationId).Order(), Is.EqualTo(Enumerable.Range(1, 1_000).Select(i => (long)i)));
        Assert.That(outcomes.Select(o => o.Result).Distinct(), Is.EquivalentTo(new[] { TransportResult.Confirmed, TransportResult.Unknown }));
        string[] arrived = Texts(_receiver);
        Assert.That(outcomes.Where(o => o.Result == TransportResult.Confirmed).Select(o => $"{o.CorrelationId}"), Is.SubsetOf(arrived));
        Assert.That(arrived.Length, Is.GreaterThan(arrived.Distinct().Count()), "some come twice");
        Assert.That(arrived.Select(int.Parse), Is.Not.Ordered, "some overtake others");
    }

    [Test]
    public void Queue_WhenTheReceiverIsDown_TakesFramesAndDeliversThemAfterItsRestart()
    {
        Send("before");
        _world.RunFor(TimeSpan.FromSeconds(1));
        _b.Crash();
        Send("while down");
        _world.RunFor(TimeSpan.FromSeconds(1));
        Assert.That(Outcomes(), Is.EqualTo(new[] { TransportResult.Confirmed, TransportResult.Confirmed }));
        Assert.That(Texts(_receiver), Is.EqualTo(new[] { "before" }));

        _b.Restart();
        var next = new RecordingRef();
        _b.Transport.Subscribe(To("b"), next);

        Assert.That(Texts(next), Is.EqualTo(new[] { "before", "while down" }));
    }

    [Test]
    public void Outcome_WhenTheSenderHasCrashed_DoesNotReachItsNextStart()
    {
        Send("x");
        _a.Restart();

        _world.RunFor(TimeSpan.FromSeconds(10));

        Assert.That(_sender.Messages, Is.Empty);
        Assert.That(Texts(_receiver), Is.EqualTo(new[] { "x" }), "it had left the host");
    }

    [Test]
    public void Port_WhenItBelongsToAnEarlierStart_HasNoEffect()
    {
        ITransport old = _b.Transport;
        Send("x");
        _world.RunFor(TimeSpan.FromSeconds(1));
        _b.Restart();
        _b.Transport.Subscribe(To("b"), _receiver);

        TransportDelivery last = _receiver.Messages.Cast<TransportDelivery>().Last();
        old.Acknowledge("b", last.ConsumerTag, last.DeliveryTag);
        old.Unsubscribe("b", last.ConsumerTag);
        old.Subscribe(To("b"), new RecordingRef());
        old.Bind("b", "nowhere");
        old.Send(new TransportSend(1, "b", "b", TransportLane.Control, [1]), _sender);
        Send("y");
        _world.RunFor(TimeSpan.FromSeconds(1));

        Assert.That(Texts(_receiver), Is.EqualTo(new[] { "x", "x", "y" }));
        Assert.That(Outcomes(), Is.EqualTo(new[] { TransportResult.Confirmed, TransportResult.Confirmed }));
    }

    [Test]
    public void Send_WhenTooManyWaitForTheirConfirmation_IsBlocked()
    {
        using var world = new SimulatedWorld(1, new SimulationOptions { Transport = new SimulatedTransportOptions { MaximumUnconfirmed = 2 } });
        SimulatedHost host = world.AddHost("a", new SimulatedHostOptions(), _ => { });
        host.Transport.Subscribe(To("a"), _receiver);
        foreach (int i in Enumerable.Range(1, 3))
        {
            host.Transport.Send(new TransportSend(i, "a", "a", TransportLane.Control, [1]), _sender);
        }

        Assert.That(_sender.Messages, Is.Empty, "a port never answers within the call");
        world.RunToQuiescence(TimeSpan.FromMinutes(1));

        Assert.That(Outcomes(), Is.EquivalentTo(new[] { TransportResult.Confirmed, TransportResult.Confirmed, TransportResult.Blocked }));
    }

    private TransportSubscription To(string address) => new(address, $"tag-{++_tags}", SubscriptionMode.Exclusive, 2_000);

    private static string[] Texts(RecordingRef receiver) =>
        [.. receiver.Messages.Cast<TransportDelivery>().Select(d => Encoding.UTF8.GetString(d.Frame))];

    private void Send(string text) =>
        _a.Transport.Send(new TransportSend(++_correlation, "a", "b", TransportLane.Control, Encoding.UTF8.GetBytes(text)), _sender);

    private TransportResult[] Outcomes() => [.. _sender.Messages.Cast<TransportOutcome>().Select(o => o.Result)];
}
