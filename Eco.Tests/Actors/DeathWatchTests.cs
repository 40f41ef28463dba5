using Eco.Runtime.Actors;
using NUnit.Framework;

namespace Eco.Tests.Actors;

internal sealed class DeathWatchTests : ActorFixture
{
    [Test]
    public void Watch_WhenTheActorStops_GivesOneTerminatedAfterItsLastMessage()
    {
        IActorRef? watcher = null;
        IActorRef subject = Spawn(new Probe.Script
        {
            OnReceive = (probe, _) =>
            {
                watcher!.Tell("last words");
                probe.Context.Stop(probe.Self);
                return true;
            },
        });
        (watcher, List<object> log) = Watcher(subject);
        subject.Tell("stop");
        Run();

        Assert.That(log, Is.EqualTo(new object[] { "last words", new Terminated(subject, true) }));
    }

    [Test]
    public void Watch_WhenTheActorHasStoppedAlready_GivesTerminatedAtOnce()
    {
        (IActorRef subject, _) = Recorder();
        System.Stop(subject);
        Run();
        (_, List<object> log) = Watcher(subject);
        Run();

        Assert.That(log, Is.EqualTo(new[] { new Terminated(subject, false) }));
    }

    [Test]
    public void Watch_WhenTheActorRestarts_GivesNothing()
    {
        IActorRef subject = Spawn(new Probe.Script { OnReceive = (_, _) => throw new InvalidOperationException("bad") });
        (_, List<object> log) = Watcher(subject);
        subject.Tell("boom");
        Run();

        Assert.That(System.Metrics.Restarts, Is.EqualTo(1));
        Assert.That(log, Is.Empty);
    }

    [Test]
    public void Watch_WhenAsParent_GivesOneTerminated()
    {
        var log = new List<object>();
        IActorRef? child = null;
        Spawn(new Probe.Script
        {
            OnPreStart = p =>
            {
                child = p.Context.ActorOf(new Probe.Script().Props, "child");
                p.Context.Watch(child);
                p.Context.Watch(child);
                child.Tell(PoisonPill.Instance);
            },
            OnReceive = (p, message) =>
            {
                log.Add(message);
                log.Add(p.Context.GetChildren().Count);
                return true;
            },
        });
        Run();

        Assert.That(log, Is.EqualTo(new object[] { new Terminated(child!, true), 0 }));
    }

    [Test]
    public void WatchWith_WhenTheActorStops_GivesTheMessage()
    {
        (IActorRef subject, _) = Recorder();
        var log = new List<object>();
        Spawn(new Probe.Script
        {
            OnPreStart = p => p.Context.WatchWith(subject, "gone"),
            OnReceive = (_, message) =>
            {
                log.Add(message);
                return true;
            },
        });
        Run();
        System.Stop(subject);
        Run();

        Assert.That(log, Is.EqualTo(new[] { "gone" }));
    }

    [Test]
    public void WatchWith_WhenWatchedWithAnotherMessage_IsRefused()
    {
        (IActorRef subject, _) = Recorder();
        Exception? seen = null;
        Spawn(new Probe.Script
        {
            OnPreStart = p =>
            {
                p.Context.Watch(subject);
                seen = Assert.Throws<IllegalActorStateException>(() => p.Context.WatchWith(subject, "gone"));
            },
        });
        Run();

        Assert.That(seen, Is.Not.Null);
    }

    [Test]
    public void Unwatch_WhenTheNotificationWaitsInTheMailbox_ItIsNotDelivered()
    {
        (IActorRef subject, _) = Recorder();
        var log = new List<object>();
        IActorRef watcher = Spawn(new Probe.Script
        {
            OnPreStart = p => p.Context.Watch(subject),
            OnReceive = (p, message) =>
            {
                log.Add(message);
                p.Context.Unwatch(subject);
                return true;
            },
        });
        Run();
        watcher.Tell("first");
        System.Stop(subject);
        Dispatcher.RunOne();
        Run();

        Assert.That(log, Is.EqualTo(new[] { "first" }));
    }

    [Test]
    public void Terminated_WhenNotHandled_BreaksTheDeathPact()
    {
        (IActorRef subject, _) = Recorder();
        bool stopped = false;
        Spawn(new Probe.Script
        {
            OnPreStart = p => p.Context.Watch(subject),
            OnReceive = (_, _) => false,
            OnPostStop = _ => stopped = true,
        });
        Run();
        System.Stop(subject);
        Run();

        Assert.That(stopped);
    }

    [Test]
    public void Terminated_WhenForged_IsIgnored()
    {
        (IActorRef subject, _) = Recorder();
        (IActorRef watcher, List<object> log) = Recorder();
        watcher.Tell(new Terminated(subject, true));
        Run();

        Assert.That(log, Is.Empty);
    }

    [Test]
    public void Watch_WhenTheNotificationFindsAFullMailbox_ItIsDelivered()
    {
        (IActorRef subject, _) = Recorder();
        (IActorRef watcher, List<object> log) = Watcher(subject);
        Run();
        System.Stop(subject);
        for (int i = 0; i <= System.Settings.MailboxCapacityPerLane; i++)
        {
            watcher.Tell(i);
        }

        Run();
        Assert.That(log[^1], Is.TypeOf<Terminated>());
    }

    [Test]
    public void Watch_WhenNotAnActor_IsRefused()
    {
        bool refused = false;
        Spawn(new Probe.Script
        {
            OnPreStart = p => refused = Assert.Throws<ArgumentException>(() => p.Context.Watch(ActorRefs.Nobody)) is not null,
        });
        Run();

        Assert.That(refused);
    }

    private (IActorRef Ref, List<object> Log) Watcher(IActorRef subject)
    {
        var script = new Probe.Script { OnPreStart = p => p.Context.Watch(subject) };
        IActorRef watcher = Spawn(script);
        Run();
        return (watcher, script.Log);
    }
}
