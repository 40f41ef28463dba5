using Eco.Runtime.Actors;
using NUnit.Framework;

namespace Eco.Tests.Actors;

internal sealed class StashTests : ActorFixture
{
    [Test]
    public void UnstashAll_WhenOthersWait_PutsTheStashedFirstInTheirOrder()
    {
        (IActorRef actor, List<object> log) = Stashing(open: "open");
        Tell(actor, 1, 2, "open", 3);

        Assert.That(log, Is.EqualTo(new object[] { "open", 1, 2, 3 }));
    }

    [Test]
    public void Unstash_WhenCalled_PutsTheOldestBack()
    {
        var log = new List<object>();
        IActorRef actor = Spawn(new Probe.Script
        {
            OnReceive = (p, message) =>
            {
                if (message is "one")
                {
                    p.Stash.Unstash();
                }
                else if (p.Stash.Count < 2 && !log.Contains("one"))
                {
                    p.Stash.Stash();
                    return true;
                }

                log.Add(message);
                return true;
            },
        });
        Tell(actor, 1, 2, "one", 3);

        Assert.That(log, Is.EqualTo(new object[] { "one", 1, 3 }));
    }

    [Test]
    public void UnstashAll_WhenWithAPredicate_DropsTheOthers()
    {
        var log = new List<object>();
        IActorRef actor = Spawn(new Probe.Script
        {
            OnReceive = (p, message) =>
            {
                if (message is "even")
                {
                    p.Stash.UnstashAll(m => m is int i && i % 2 == 0);
                }
                else if (!log.Contains("even"))
                {
                    p.Stash.Stash();
                    return true;
                }

                log.Add(message);
                return true;
            },
        });
        Tell(actor, 1, 2, 3, 4, "even");

        Assert.That(log, Is.EqualTo(new object[] { "even", 2, 4 }));
    }

    [Test]
    public void Stash_WhenTheActorRestarts_GoesBackToTheMailbox()
    {
        var log = new List<object>();
        bool isOpen = false;
        IActorRef actor = Spawn(new Probe.Script
        {
            OnReceive = (p, message) =>
            {
                if (message is "boom")
                {
                    isOpen = true;
                    throw new InvalidOperationException("bad");
                }

                if (!isOpen)
                {
                    p.Stash.Stash();
                    return true;
                }

                log.Add(message);
                return true;
            },
        });
        Tell(actor, 1, 2, "boom", 3);

        Assert.That(log, Is.EqualTo(new object[] { 1, 2, 3 }));
    }

    [Test]
    public void Stash_WhenTheActorStops_GoesToDeadLetters()
    {
        (IActorRef actor, _) = Stashing(open: "never");
        (IActorRef sender, _) = Recorder();
        actor.Tell(1, sender);
        actor.Tell(PoisonPill.Instance);
        Run();

        Assert.That(PublishedOf<DeadLetter>().Single(), Is.EqualTo(new DeadLetter(1, sender, actor)));
    }

    [Test]
    public void Stash_WhenFull_Overflows()
    {
        var seen = new List<Exception>();
        IActorRef actor = System.ActorOf(new Probe.Script
        {
            OnReceive = (p, _) =>
            {
                try
                {
                    p.Stash.Stash();
                }
                catch (StashOverflowException e)
                {
                    seen.Add(e);
                }

                return true;
            },
        }.Props.WithStashCapacity(2), "small");
        Tell(actor, 1, 2, 3);

        Assert.That(seen.Single().Message, Is.EqualTo("the stash of eco://test/user/small is full with 2 messages; cannot take a Int32"));
    }

    [Test]
    public void Stash_WhenTwiceForOneMessage_IsRefused()
    {
        Exception? seen = null;
        IActorRef actor = Spawn(new Probe.Script
        {
            OnReceive = (p, _) =>
            {
                p.Stash.Stash();
                seen = Assert.Throws<IllegalActorStateException>(p.Stash.Stash);
                return true;
            },
        });
        Tell(actor, 1);

        Assert.That(seen, Is.Not.Null);
    }

    [Test]
    public void Unstash_WhenTheMessageComesBack_KeepsItsSender()
    {
        IActorRef? seen = null;
        IActorRef actor = Spawn(new Probe.Script
        {
            OnReceive = (p, message) =>
            {
                if (message is "open")
                {
                    p.Stash.UnstashAll();
                }
                else if (p.Stash.Count == 0 && seen is null)
                {
                    p.Stash.Stash();
                    seen = p.Self;
                }
                else
                {
                    seen = p.Sender;
                }

                return true;
            },
        });
        (IActorRef sender, _) = Recorder();
        actor.Tell(1, sender);
        actor.Tell("open");
        Run();

        Assert.That(seen, Is.SameAs(sender));
    }

    [Test]
    public void UnstashAll_WhenNothingElseWaits_TheActorStillRuns()
    {
        (IActorRef actor, List<object> log) = Stashing(open: "open");
        Tell(actor, 1);
        Tell(actor, "open");

        Assert.That(log, Is.EqualTo(new object[] { "open", 1 }));
    }

    private (IActorRef Ref, List<object> Log) Stashing(string open)
    {
        var log = new List<object>();
        bool isOpen = false;
        return (Spawn(new Probe.Script
        {
            OnReceive = (p, message) =>
            {
                if (open.Equals(message))
                {
                    isOpen = true;
                    p.Stash.UnstashAll();
                }
                else if (!isOpen)
                {
                    p.Stash.Stash();
                    return true;
                }

                log.Add(message);
                return true;
            },
        }), log);
    }

    private void Tell(IActorRef actor, params object[] messages)
    {
        foreach (object message in messages)
        {
            actor.Tell(message);
        }

        Run();
    }
}
