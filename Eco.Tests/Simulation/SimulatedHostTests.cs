using Eco.Runtime.Actors;
using Eco.Runtime.Simulation;
using NUnit.Framework;

namespace Eco.Tests.Simulation;

public sealed class SimulatedHostTests
{
    private readonly List<string> _log = [];
    private SimulatedWorld _world = null!;

    [SetUp]
    public void Open()
    {
        _log.Clear();
        _world = new SimulatedWorld(3);
    }

    [TearDown]
    public void Close() => _world.Dispose();

    [Test]
    public void Crash_WhenActorsRun_EndsThemTheirTimersAndTheirMailAtOnce()
    {
        SimulatedHost host = AddHost();
        _world.RunFor(TimeSpan.FromSeconds(2.5));
        Assert.That(_log, Is.EqualTo(new[] { "1 started", "1 tick", "1 tick" }));
        host.System.ActorOf(Props.Create(() => new Ticker(_log, 99)));
        ActorSystem dead = host.System;

        host.Crash();
        _world.RunFor(TimeSpan.FromSeconds(10));

        Assert.That(_log, Has.Count.EqualTo(3), "no PostStop, no tick, no start of the actor that was just made");
        Assert.That((dead.IsAborted, host.IsUp), Is.EqualTo((true, false)));
        Assert.That(() => host.System, Throws.InvalidOperationException.With.Message.Contains("'host' is down"));
        Assert.That(host.Crash, Throws.InvalidOperationException);
    }

    [Test]
    public void Restart_WhenTheHostIsDown_BootsAFreshSystem()
    {
        SimulatedHost host = AddHost();
        ActorSystem first = host.System;
        _world.RunFor(TimeSpan.FromSeconds(1.5));
        host.Crash();
        host.RestartAfter(TimeSpan.FromSeconds(5));
        host.RestartAfter(TimeSpan.FromSeconds(6));

        _world.RunFor(TimeSpan.FromSeconds(6.2));

        Assert.That(_log, Is.EqualTo(new[] { "1 started", "1 tick", "2 started", "2 tick" }));
        Assert.That(host.System, Is.Not.SameAs(first));
        Assert.That(host.Incarnation, Is.EqualTo(2));
    }

    [Test]
    public void Crash_WhenItComesFromTheHostsOwnActor_LeavesItsRemainingStepsWithoutEffect()
    {
        SimulatedHost host = _world.AddHost("host", new SimulatedHostOptions(), _ => { });
        IActorRef other = host.System.ActorOf(Props.Create(() => new Recorder(_log)));
        IActorRef suicidal = host.System.ActorOf(Props.Create(() => new Suicidal(host, other)));
        suicidal.Tell("now", ActorRefs.NoSender);
        suicidal.Tell("never handled", ActorRefs.NoSender);

        _world.RunToQuiescence(TimeSpan.FromMinutes(1));

        Assert.That(_log, Is.Empty);
        Assert.That(host.IsUp, Is.False);
    }

    [Test]
    public void Actor_WhenItFails_IsRestartedByItsSupervisorAndTheRunGoesOn()
    {
        SimulatedHost host = _world.AddHost("host", new SimulatedHostOptions(), _ => { });
        IActorRef recorder = host.System.ActorOf(Props.Create(() => new Recorder(_log)));
        recorder.Tell(new FormatException("bad"), ActorRefs.NoSender);
        recorder.Tell("good", ActorRefs.NoSender);

        _world.RunToQuiescence(TimeSpan.FromMinutes(1));

        Assert.That(_log, Is.EqualTo(new[] { "good" }));
        Assert.That(host.System.Metrics.Restarts, Is.EqualTo(1));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Run_WhenAFailureHasNoActorToAnswerForIt_EndsUnlessToldOtherwise(bool fails)
    {
        using var world = new SimulatedWorld(3, new SimulationOptions { FailsOnBackgroundFailure = fails });
        SimulatedHost host = world.AddHost("host", new SimulatedHostOptions(), _ => { });
        host.System.Runner.Queue("a port's loop", host.Dispatcher, () => throw new FormatException("broken"));

        if (fails)
        {
            Assert.That(
                () => world.RunFor(TimeSpan.FromSeconds(1)),
                Throws.TypeOf<SimulationFailedException>().With.Message.Contains("a port's loop failed: broken"));
        }
        else
        {
            world.RunFor(TimeSpan.FromSeconds(1));
            Assert.That(host.System.Runner.Failures, Is.EqualTo(1));
        }
    }

    [Test]
    public void Mailboxes_WhenSeveralAreRunnable_RunInAnOrderThatTheSeedDecides()
    {
        string[] orders = [.. Enumerable.Range(0, 20).Select(seed => OrderOf((ulong)seed))];

        Assert.That(orders.Distinct().Count(), Is.GreaterThan(15));
        Assert.That(orders, Is.EqualTo(Enumerable.Range(0, 20).Select(seed => OrderOf((ulong)seed))));
        foreach (char actor in "abc")
        {
            Assert.That(orders.Select(order => order.Where(c => char.ToLowerInvariant(c) == actor)), Is.All.EqualTo(new[] { actor, char.ToUpperInvariant(actor) }), "per actor the order is kept");
        }

        static string OrderOf(ulong seed)
        {
            var log = new List<string>();
            using var world = new SimulatedWorld(seed);
            SimulatedHost host = world.AddHost("host", new SimulatedHostOptions(), _ => { });
            foreach (string name in (string[])["a", "b", "c"])
            {
                IActorRef actor = host.System.ActorOf(Props.Create(() => new Recorder(log)), name);
                actor.Tell(name, ActorRefs.NoSender);
                actor.Tell(name.ToUpperInvariant(), ActorRefs.NoSender);
            }

            world.RunToQuiescence(TimeSpan.FromMinutes(1));
            return string.Concat(log);
        }
    }

    [Test]
    public void Random_WhenAHostStartsAgain_IsAnotherButReproducible()
    {
        Assert.That(Draws(5), Is.EqualTo(Draws(5)));
        Assert.That(Draws(5), Is.Unique);
        Assert.That(Draws(6), Is.Not.EqualTo(Draws(5)));

        static ulong[] Draws(ulong seed)
        {
            using var world = new SimulatedWorld(seed);
            SimulatedHost one = world.AddHost("one", new SimulatedHostOptions(), _ => { });
            SimulatedHost two = world.AddHost("two", new SimulatedHostOptions(), _ => { });
            ulong first = one.Random.Seed;
            one.Restart();
            return [first, one.Random.Seed, two.Random.Seed];
        }
    }

    [Test]
    public void Schedule_WhenTheHostCrashesFirst_IsDropped()
    {
        SimulatedHost host = _world.AddHost("host", new SimulatedHostOptions(), _ => { });
        host.Schedule(host.Compute.Duration(400_000), "train", () => _log.Add("trained"));
        _world.RunFor(TimeSpan.FromSeconds(0.5));
        host.Restart();
        host.Schedule(TimeSpan.FromSeconds(1), "train", () => _log.Add("trained anew"));

        _world.RunFor(TimeSpan.FromSeconds(5));

        Assert.That(_log, Is.EqualTo(new[] { "trained anew" }));
    }

    private SimulatedHost AddHost() => _world.AddHost(
        "host", new SimulatedHostOptions(), host => host.System.ActorOf(Props.Create(() => new Ticker(_log, host.Incarnation)), "ticker"));

    private sealed class Ticker : ReceiveActor, IWithTimers
    {
        private readonly List<string> _log;
        private readonly int _incarnation;

        public Ticker(List<string> log, int incarnation)
        {
            _log = log;
            _incarnation = incarnation;
            Receive<string>(message => log.Add($"{incarnation} {message}"));
        }

        public ITimerScheduler Timers { get; set; } = null!;

        protected override void PreStart()
        {
            _log.Add($"{_incarnation} started");
            Timers.StartPeriodicTimer("tick", "tick", TimeSpan.FromSeconds(1));
        }

        protected override void PostStop() => _log.Add($"{_incarnation} stopped");
    }

    private sealed class Recorder : ReceiveActor
    {
        public Recorder(List<string> log)
        {
            Receive<string>(log.Add);
            Receive<Exception>(e => throw e);
        }
    }

    private sealed class Suicidal : ReceiveActor
    {
        public Suicidal(SimulatedHost host, IActorRef other) => ReceiveAny(_ =>
        {
            host.Crash();
            other.Tell("a message of a dead host", Self);
        });
    }
}
