using Eco.Runtime.Actors;
using NUnit.Framework;

namespace Eco.Tests.Actors;

internal sealed class TellTests : ActorFixture
{
    [Test]
    public void Tell_WhenManyMessages_ArrivesInOrder()
    {
        (IActorRef actor, List<object> log) = Recorder();
        for (int i = 0; i < 5_000; i++)
        {
            actor.Tell(i);
        }

        Run();

        Assert.That(log, Is.EqualTo(Enumerable.Range(0, 5_000).Cast<object>()));
    }

    [Test]
    public void Tell_WhenInsideActor_CarriesTheActorAsSender()
    {
        (IActorRef actor, List<object> log) = Recorder();
        IActorRef? seen = null;
        IActorRef echo = Spawn(new Probe.Script
        {
            OnReceive = (probe, message) =>
            {
                seen = probe.Sender;
                actor.Tell(message);
                return true;
            },
        });
        IActorRef? sender = null;
        IActorRef last = Spawn(new Probe.Script
        {
            OnReceive = (probe, _) =>
            {
                sender = probe.Sender;
                return true;
            },
        });
        IActorRef first = Spawn(new Probe.Script
        {
            OnReceive = (_, message) =>
            {
                last.Tell(message);
                return true;
            },
        });
        echo.Tell("a");
        first.Tell("b");
        Run();

        Assert.That(log, Is.EqualTo(new[] { "a" }));
        Assert.That(seen, Is.SameAs(System.DeadLetters));
        Assert.That(sender, Is.SameAs(first));
    }

    [Test]
    public void Forward_WhenPassedOn_KeepsTheFirstSender()
    {
        IActorRef? seen = null;
        IActorRef last = Spawn(new Probe.Script
        {
            OnReceive = (probe, _) =>
            {
                seen = probe.Sender;
                return true;
            },
        });
        IActorRef middle = Spawn(new Probe.Script
        {
            OnReceive = (_, message) =>
            {
                last.Forward(message);
                return true;
            },
        });
        (IActorRef first, _) = Recorder();
        middle.Tell("x", first);
        Run();

        Assert.That(seen, Is.SameAs(first));
    }

    [Test]
    public void Tell_WhenNull_IsRefused()
    {
        (IActorRef actor, _) = Recorder("a");

        Assert.That(() => actor.Tell(null!), Throws.TypeOf<InvalidMessageException>().With.Message.Contains("/user/a"));
    }

    [Test]
    public void Tell_WhenTheFlowIsSteady_AllocatesNothing()
    {
        IActorRef actor = Spawn(new Probe.Script { OnReceive = (_, _) => true });
        object message = new();
        Burst();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            Burst();
        }

        Assert.That((GC.GetAllocatedBytesForCurrentThread() - before) / 1_000_000.0, Is.LessThan(1), "bytes per message");

        void Burst()
        {
            for (int i = 0; i < 10_000; i++)
            {
                actor.Tell(message, ActorRefs.NoSender);
            }

            Run();
        }
    }
}
