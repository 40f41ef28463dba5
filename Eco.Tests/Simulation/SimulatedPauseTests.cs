using Eco.Runtime.Actors;
using Eco.Runtime.Cluster;
using Eco.Runtime.Simulation;
using NUnit.Framework;

namespace Eco.Tests.Simulation;

/// <summary>Hosts that are stopped for a while, hosts that are too slow, and what an observer sees of it all.</summary>
public sealed class SimulatedPauseTests
{
    private readonly List<string> _log = [];
    private SimulatedWorld _world = null!;
    private IActorRef _clerk = null!;

    [SetUp]
    public void Open()
    {
        _log.Clear();
        _world = new SimulatedWorld(3);
    }

    [TearDown]
    public void Close() => _world.Dispose();

    [Test]
    public void Resume_AfterAPause_BringsWhatHasWaitedInItsOrder()
    {
        SimulatedHost host = AddClerk();
        _world.RunFor(TimeSpan.FromMilliseconds(1));
        host.Schedule(TimeSpan.FromSeconds(3), "third", () => _log.Add("at 3"));
        host.Schedule(TimeSpan.FromSeconds(1), "first", () => _log.Add("at 1"));
        host.Schedule(TimeSpan.FromSeconds(2), "second", () => _log.Add("at 2"));
        host.Pause();
        host.Pause();
        _world.RunFor(TimeSpan.FromSeconds(2.5));
        _clerk.Tell("mail", ActorRefs.NoSender);
        _world.RunFor(TimeSpan.FromSeconds(10));
        Assert.That((_log.Count, host.IsPaused, host.IsUp), Is.EqualTo((0, true, true)));

        host.Resume();
        host.Resume();
        _world.RunFor(TimeSpan.FromMilliseconds(1));

        Assert.That(_log, Is.EqualTo(new[] { "at 1", "at 2", "mail", "at 3" }));
        Assert.That(host.IsPaused, Is.False);
    }

    [Test]
    public void Crash_WhileTheHostIsPaused_LosesWhatHasWaited()
    {
        SimulatedHost host = AddClerk();
        host.Schedule(TimeSpan.FromSeconds(1), "timer", () => _log.Add("never"));
        host.Pause();
        _world.RunFor(TimeSpan.FromSeconds(2));

        host.Restart();
        _clerk.Tell("hello", ActorRefs.NoSender);
        _world.RunFor(TimeSpan.FromSeconds(2));

        Assert.That(_log, Is.EqualTo(new[] { "hello" }));
        Assert.That(host.IsPaused, Is.False);
    }

    [Test]
    public void StepTime_WhenItIsSet_MakesTheHostDoOneThingAfterTheOther()
    {
        SimulatedHost host = AddClerk();
        _world.RunFor(TimeSpan.FromSeconds(1));
        host.StepTime = TimeSpan.FromSeconds(2);
        IActorRef other = host.System.ActorOf(Props.Create(() => new Writer(_log)), "other");
        foreach (IActorRef actor in (IActorRef[])[_clerk, _clerk, other])
        {
            actor.Tell("work", ActorRefs.NoSender);
        }

        int[] done = [.. Enumerable.Range(0, 5).Select(_ =>
        {
            _world.RunFor(TimeSpan.FromSeconds(2));
            return _log.Count;
        })];

        Assert.That(done[^1], Is.EqualTo(3));
        Assert.That(done, Is.Ordered);
        Assert.That(done.Zip(done.Skip(1), (before, after) => after - before), Is.All.LessThanOrEqualTo(1));
    }

    [Test]
    public void Observer_WhenItIsSet_SeesStepsDeliveriesStartsAndCrashes()
    {
        SimulatedHost host = AddClerk();
        var seen = new List<string>();
        _world.Observer = new Watcher(seen);
        long before = _world.EventsHandled;
        host.Transport.Subscribe(new TransportSubscription("q", "tag", SubscriptionMode.Exclusive, 1), _clerk);
        host.Transport.Send(new TransportSend(1, "host", "q", TransportLane.Control, [1]), ActorRefs.Nobody);
        _world.RunFor(TimeSpan.FromSeconds(1));
        _clerk.Tell("mail", ActorRefs.NoSender);
        _world.RunFor(TimeSpan.FromSeconds(1));
        host.Restart();

        Assert.That(seen, Is.EqualTo(new[] { "host delivered q", "host handled clerk", "host handled clerk", "host crashed", "host started" }));
        Assert.That(_world.EventsHandled - before, Is.EqualTo(2));
    }

    private SimulatedHost AddClerk() => _world.AddHost(
        "host", new SimulatedHostOptions(), host => _clerk = host.System.ActorOf(Props.Create(() => new Writer(_log)), "clerk"));

    private sealed class Writer : ReceiveActor
    {
        public Writer(List<string> log)
        {
            Receive<string>(log.Add);
            Receive<TransportDelivery>(_ => { });
        }
    }

    private sealed class Watcher(List<string> seen) : ISimulationObserver
    {
        public void Handled(SimulatedHost host, IActorRef actor) => seen.Add($"{host.Id} handled {actor.Path.Name}");

        public void Delivered(SimulatedHost host, TransportDelivery delivery) => seen.Add($"{host.Id} delivered {delivery.Address}");

        public void Started(SimulatedHost host) => seen.Add($"{host.Id} started");

        public void Crashed(SimulatedHost host) => seen.Add($"{host.Id} crashed");
    }
}
