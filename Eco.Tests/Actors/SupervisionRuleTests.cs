using Eco.Runtime.Actors;
using NUnit.Framework;

namespace Eco.Tests.Actors;

/// <summary>Rules of Akka.NET's pages on supervision, fault tolerance, behaviours and the stash.</summary>
internal sealed class SupervisionRuleTests : ActorFixture
{
    [Test]
    public void Decider_WhenItLooksAtTheSender_SeesTheFailedChild()
    {
        IActorRef? seen = null;
        IActorRef? child = null;
        IActorRef parent = System.ActorOf(Props.Create(() => new Asking(sender => seen = sender, c => child = c)));
        Run();
        parent.Tell("boom");
        Run();

        Assert.That(seen, Is.Not.Null.And.SameAs(child));
    }

    [Test]
    public void Retries_WhenNegative_HaveNoLimit()
    {
        var child = new Probe.Script { OnReceive = (_, _) => throw new InvalidOperationException("bad") };
        IActorRef parent = Parent(new OneForOneStrategy(-1, null, _ => Directive.Restart), child);
        Tell(parent, [.. Enumerable.Repeat<object>("boom", 50)]);

        Assert.That(child.Instances, Is.EqualTo(51));
    }

    [Test]
    public void Retries_WhenOnlyTheWindowIsGiven_AllowOneInIt()
    {
        var child = new Probe.Script { OnReceive = (_, _) => throw new InvalidOperationException("bad") };
        IActorRef parent = Parent(new OneForOneStrategy(-1, TimeSpan.FromMinutes(1), _ => Directive.Restart), child);
        Tell(parent, "boom");
        AdvanceSeconds(61);
        Tell(parent, "boom", "boom", "x");

        Assert.That(child.Instances, Is.EqualTo(3));
        Assert.That(PublishedOf<DeadLetter>().Single().Message, Is.EqualTo("x"));
    }

    [Test]
    public void Siblings_WhenOneIsStopped_KeepTheirStateAndMailboxes()
    {
        var sibling = new Probe.Script();
        IActorRef parent = Spawn(new Probe.Script
        {
            Strategy = new OneForOneStrategy(_ => Directive.Stop),
            OnPreStart = p =>
            {
                p.Context.ActorOf(new Probe.Script { OnReceive = (_, _) => throw new InvalidOperationException("bad") }.Props, "fails");
                p.Context.ActorOf(sibling.Props, "sibling");
            },
            OnReceive = (p, message) =>
            {
                p.Context.Child(message is "boom" ? "fails" : "sibling").Tell(message);
                return true;
            },
        });
        Tell(parent, 1, "boom", 2);

        Assert.That(sibling.Log, Is.EqualTo(new object[] { 1, 2 }));
        Assert.That(sibling.Instances, Is.EqualTo(1));
    }

    [Test]
    public void Failure_WhenTheActorWasSuspended_LosesOnlyTheFailingMessage()
    {
        List<object> log = [];
        var child = new Probe.Script
        {
            OnReceive = (_, message) =>
            {
                if (message is "boom")
                {
                    throw new InvalidOperationException("bad");
                }

                log.Add(message);
                return true;
            },
        };
        IActorRef parent = Parent(new OneForOneStrategy(_ => Directive.Restart)
        {
            RestartBackoff = new ExponentialBackoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), 0),
        }, child);
        Tell(parent, 1, "boom", 2, 3);
        Assert.That(log, Is.EqualTo(new object[] { 1 }), "the mailbox is on hold until the supervisor has decided");

        AdvanceSeconds(1);
        Assert.That(log, Is.EqualTo(new object[] { 1, 2, 3 }));
    }

    [Test]
    public void Escalation_WhenTheParentIsStopped_TheChildStopsToo()
    {
        bool childStopped = false;
        IActorRef grandparent = Spawn(new Probe.Script
        {
            Strategy = new OneForOneStrategy(_ => Directive.Stop),
            OnPreStart = g => g.Context.ActorOf(new Probe.Script
            {
                Strategy = new OneForOneStrategy(_ => Directive.Escalate),
                OnPreStart = p => p.Context.ActorOf(new Probe.Script
                {
                    OnReceive = (_, _) => throw new InvalidOperationException("bad"),
                    OnPostStop = _ => childStopped = true,
                }.Props, "child"),
                OnReceive = (p, message) =>
                {
                    p.Context.Child("child").Tell(message);
                    return true;
                },
            }.Props, "parent"),
            OnReceive = (g, message) =>
            {
                g.Context.Child("parent").Tell(message);
                return true;
            },
        });
        Tell(grandparent, "boom");

        Assert.That(childStopped);
    }

    [Test]
    public void BecomeStacked_WhenTheActorRestarts_TheStackIsEmpty()
    {
        var log = new List<string>();
        IActorRef actor = System.ActorOf(Props.Create(() => new Stacking(log)));
        Tell(actor, "push", "push", "x", "boom", "x", "pop", "x");

        Assert.That(log, Is.EqualTo(new[] { "2:x", "0:x", "0:x" }));
    }

    [Test]
    public void UnbecomeStacked_WhenTheStackIsEmpty_KeepsTheFirstBehaviour()
    {
        var log = new List<string>();
        IActorRef actor = System.ActorOf(Props.Create(() => new Stacking(log)));
        Tell(actor, "pop", "pop", "x");

        Assert.That(log, Is.EqualTo(new[] { "0:x" }));
    }

    [Test]
    public void Stash_WhenTheActorRestarts_ComesBeforeWhatWaitsAndWithoutTheFailedMessage()
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

                if (isOpen)
                {
                    log.Add(message);
                }
                else
                {
                    p.Stash.Stash();
                }

                return true;
            },
        });
        Tell(actor, "a", "b", "boom", "c", "d");

        Assert.That(log, Is.EqualTo(new[] { "a", "b", "c", "d" }));
    }

    [Test]
    public void Stash_WhenTheFailedMessageWasStashedFirst_ComesBackWithTheOthers()
    {
        var log = new List<object>();
        IActorRef actor = Spawn(new Probe.Script
        {
            OnReceive = (p, message) =>
            {
                log.Add(message);
                if (message is "stash and fail" && log.Count == 1)
                {
                    p.Stash.Stash();
                    throw new InvalidOperationException("bad");
                }

                return true;
            },
        });
        Tell(actor, "stash and fail", "next");

        Assert.That(log, Is.EqualTo(new[] { "stash and fail", "stash and fail", "next" }));
    }

    [Test]
    public void Stash_WhenNoMessageIsHandled_IsRefused()
    {
        Exception? refusal = null;
        Spawn(new Probe.Script { OnPreStart = p => refusal = Assert.Catch(p.Stash.Stash) });
        Run();

        Assert.That(refusal, Is.TypeOf<IllegalActorStateException>());
    }

    [Test]
    public void Terminated_WhenStashed_ComesBack()
    {
        (IActorRef subject, _) = Recorder();
        var log = new List<object>();
        IActorRef watcher = Spawn(new Probe.Script
        {
            OnPreStart = p => p.Context.Watch(subject),
            OnReceive = (p, message) =>
            {
                if (message is "open")
                {
                    p.Stash.UnstashAll();
                    log.Add(message);
                }
                else if (log.Count == 0)
                {
                    p.Stash.Stash();
                }
                else
                {
                    log.Add(message);
                }

                return true;
            },
        });
        Run();
        System.Stop(subject);
        Run();
        Tell(watcher, "open");

        Assert.That(log, Is.EqualTo(new object[] { "open", new Terminated(subject, true) }));
    }

    private IActorRef Parent(SupervisorStrategy strategy, Probe.Script child)
    {
        IActorRef parent = Spawn(new Probe.Script
        {
            Strategy = strategy,
            OnPreStart = p => p.Context.ActorOf(child.Props, "child"),
            OnReceive = (p, message) =>
            {
                p.Context.Child("child").Tell(message);
                return true;
            },
        });
        Run();
        return parent;
    }

    private void Tell(IActorRef actor, params object[] messages)
    {
        foreach (object message in messages)
        {
            actor.Tell(message);
        }

        Run();
    }

    /// <summary>Its strategy looks at the sender.</summary>
    private sealed class Asking : UntypedActor
    {
        private readonly Action<IActorRef> _seen;
        private readonly IActorRef _child;

        public Asking(Action<IActorRef> seen, Action<IActorRef> made)
        {
            _seen = seen;
            _child = Context.ActorOf(new Probe.Script { OnReceive = (_, _) => throw new InvalidOperationException("bad") }.Props);
            made(_child);
        }

        protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ =>
        {
            _seen(Sender);
            return Directive.Stop;
        });

        protected override void OnReceive(object message) => _child.Tell(message);
    }

    private sealed class Stacking : ReceiveActor
    {
        private readonly List<string> _log;

        public Stacking(List<string> log)
        {
            _log = log;
            Declare(0);
        }

        private void Declare(int depth)
        {
            Receive<string>(_ => BecomeStacked(() => Declare(depth + 1)), text => text == "push");
            Receive<string>(_ => UnbecomeStacked(), text => text == "pop");
            Receive<string>(_ => throw new InvalidOperationException("bad"), text => text == "boom");
            Receive<string>(text => _log.Add($"{depth}:{text}"));
        }
    }
}
