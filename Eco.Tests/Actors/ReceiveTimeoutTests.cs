using Eco.Runtime.Actors;
using Eco.Runtime.Simulation;
using NUnit.Framework;

namespace Eco.Tests.Actors;

internal sealed class ReceiveTimeoutTests : ActorFixture
{
    private readonly List<object> _log = [];

    [SetUp]
    public void Forget() => _log.Clear();

    [Test]
    public void ReceiveTimeout_WhenNoMessageComes_IsSentAfterTheTime()
    {
        Idler();
        AdvanceSeconds(0.999);
        Assert.That(_log, Is.Empty);

        AdvanceSeconds(0.001);
        Assert.That(_log, Is.EqualTo(new object[] { ReceiveTimeout.Instance }));
    }

    [Test]
    public void ReceiveTimeout_WhenTheActorStaysIdle_IsSentAgainAndAgain()
    {
        Idler();
        AdvanceSeconds(3.5);

        Assert.That(_log, Has.Count.EqualTo(3));
    }

    [Test]
    public void ReceiveTimeout_WhenAMessageCame_CountsFromThatMessage()
    {
        IActorRef actor = Idler();
        AdvanceSeconds(0.6);
        actor.Tell("x");
        AdvanceSeconds(0.999);
        Assert.That(_log, Is.EqualTo(new[] { "x" }));

        AdvanceSeconds(0.001);
        Assert.That(_log, Is.EqualTo(new object[] { "x", ReceiveTimeout.Instance }));
    }

    [Test]
    public void ReceiveTimeout_WhenTheMessageDoesNotInfluenceIt_IsSentAllTheSame()
    {
        IActorRef actor = Idler();
        AdvanceSeconds(0.6);
        actor.Tell(new Unimportant());
        actor.Tell(new Identify(1));
        AdvanceSeconds(0.4);

        Assert.That(_log, Is.EqualTo(new object[] { new Unimportant(), ReceiveTimeout.Instance }));
    }

    [Test]
    public void ReceiveTimeout_WhenATimersMessageIsMarked_IsSentAllTheSame()
    {
        Idler(p => p.Timers.StartPeriodicTimer("marked", new Unimportant(), TimeSpan.FromSeconds(0.6)));
        AdvanceSeconds(1);
        Assert.That(_log, Does.Contain(ReceiveTimeout.Instance));
    }

    [Test]
    public void ReceiveTimeout_WhenATimersMessageIsNotMarked_IsDelayed()
    {
        Idler(p => p.Timers.StartPeriodicTimer("ordinary", "tick", TimeSpan.FromSeconds(0.6)));
        AdvanceSeconds(5);
        Assert.That(_log, Does.Not.Contain(ReceiveTimeout.Instance));
    }

    [Test]
    public void ReceiveTimeout_WhenAMessageWaitsBeforeIt_IsNotDelivered()
    {
        IActorRef actor = Idler();
        Dispatcher.RunAll();
        actor.Tell("just in time");
        Clock.Advance(TimeSpan.FromSeconds(1));
        Run();
        Assert.That(_log, Is.EqualTo(new[] { "just in time" }));

        AdvanceSeconds(1);
        Assert.That(_log, Is.EqualTo(new object[] { "just in time", ReceiveTimeout.Instance }));
    }

    [Test]
    public void SetReceiveTimeout_WhenNull_TakesItBackEvenIfItWaits()
    {
        IActorRef actor = Idler();
        actor.Tell("off");
        Clock.Advance(TimeSpan.FromSeconds(1));
        Run();
        AdvanceSeconds(10);

        Assert.That(_log, Is.EqualTo(new[] { "off" }));
        Assert.That(Clock.ActiveTimers, Is.Zero);
    }

    [Test]
    public void SetReceiveTimeout_WhenSetAgain_TheNewTimeCounts()
    {
        IActorRef actor = Idler();
        actor.Tell("3");
        AdvanceSeconds(2.9);
        Assert.That(_log, Is.EqualTo(new[] { "3" }));

        AdvanceSeconds(0.1);
        Assert.That(_log, Is.EqualTo(new object[] { "3", ReceiveTimeout.Instance }));
    }

    [Test]
    public void SetReceiveTimeout_WhenNotPositive_IsRefused()
    {
        Exception? refusal = null;
        Spawn(new Probe.Script
        {
            OnPreStart = p => refusal = Assert.Catch(() => p.Context.SetReceiveTimeout(TimeSpan.Zero)),
        });
        Run();

        Assert.That(refusal, Is.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void ReceiveTimeout_WhenTheActorRestarts_Stays()
    {
        IActorRef actor = Idler(once: true);
        actor.Tell("boom");
        AdvanceSeconds(1);

        Assert.That(_log, Is.EqualTo(new object[] { "boom", ReceiveTimeout.Instance }));
    }

    [Test]
    public void ReceiveTimeout_WhenTheActorStops_EndsWithoutDeadLetters()
    {
        IActorRef actor = Idler();
        actor.Tell(PoisonPill.Instance);
        Clock.Advance(TimeSpan.FromSeconds(1));
        AdvanceSeconds(5);

        Assert.That(_log, Is.Empty);
        Assert.That(PublishedOf<AllDeadLetters>(), Is.Empty);
        Assert.That(Clock.ActiveTimers, Is.Zero);
    }

    [Test]
    public void ReceiveTimeout_WhenNotHandled_IsUnhandled()
    {
        Spawn(new Probe.Script { OnPreStart = p => p.Context.SetReceiveTimeout(TimeSpan.FromSeconds(1)), OnReceive = (_, _) => false });
        AdvanceSeconds(1);

        Assert.That(PublishedOf<UnhandledMessage>().Single().Message, Is.SameAs(ReceiveTimeout.Instance));
    }

    [Test]
    public void ReceiveTimeout_InTheSimulatedWorld_ComesAtItsTime()
    {
        using var world = new SimulatedWorld(5);
        SimulatedHost host = world.AddHost("host", new SimulatedHostOptions(), _ => { });
        IActorRef actor = host.System.ActorOf(Props(null, false));
        world.Schedule(TimeSpan.FromSeconds(0.7), "send", () => actor.Tell("x", ActorRefs.NoSender));
        world.RunFor(TimeSpan.FromSeconds(1.69));
        Assert.That(_log, Is.EqualTo(new[] { "x" }));

        world.RunFor(TimeSpan.FromSeconds(0.02));
        Assert.That(_log, Is.EqualTo(new object[] { "x", ReceiveTimeout.Instance }));
    }

    private IActorRef Idler(Action<Probe>? onStart = null, bool once = false)
    {
        IActorRef actor = System.ActorOf(Props(onStart, once), "idler");
        Run();
        return actor;
    }

    /// <summary>Wants to hear after one second.</summary>
    private Props Props(Action<Probe>? onStart, bool once)
    {
        bool isSet = false;
        return new Probe.Script
        {
            OnPreStart = p =>
            {
                if (!isSet || !once)
                {
                    p.Context.SetReceiveTimeout(TimeSpan.FromSeconds(1));
                    Assert.That(p.Context.ReceiveTimeout, Is.EqualTo(TimeSpan.FromSeconds(1)));
                }

                isSet = true;
                onStart?.Invoke(p);
            },
            OnReceive = (p, message) =>
            {
                _log.Add(message);
                switch (message)
                {
                    case "boom":
                        throw new InvalidOperationException("bad");
                    case "off":
                        p.Context.SetReceiveTimeout(null);
                        break;
                    case "3":
                        p.Context.SetReceiveTimeout(TimeSpan.FromSeconds(3));
                        break;
                }

                return true;
            },
        }.Props;
    }

    private sealed record Unimportant : INotInfluenceReceiveTimeout;
}
