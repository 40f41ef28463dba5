using Eco.Runtime.Actors;
using NUnit.Framework;

namespace Eco.Tests.Actors;

/// <summary>Rules of Akka.NET's pages on actors and their life cycle.</summary>
internal sealed class LifeCycleRuleTests : ActorFixture
{
    private readonly List<string> _log = [];

    [SetUp]
    public void Forget() => _log.Clear();

    [Test]
    public void Actor_WhenItLives_RunsItsHooksInOrder()
    {
        IActorRef actor = Spawn(Logging("a"));
        actor.Tell("x");
        Run();
        System.Stop(actor);
        Run();

        Assert.That(_log, Is.EqualTo(new[] { "a new", "a PreStart", "a got x", "a PostStop" }));
    }

    [Test]
    public void Messages_WhenSentBeforeTheStart_ComeAfterPreStart()
    {
        IActorRef actor = Spawn(Logging("a"));
        actor.Tell("early");
        Assert.That(_log, Is.Empty, "ActorOf returns before the constructor has run");

        Run();
        Assert.That(_log, Is.EqualTo(new[] { "a new", "a PreStart", "a got early" }));
    }

    [Test]
    public void Restart_WhenDone_TheStateIsThatOfANewInstance()
    {
        IActorRef actor = System.ActorOf(Props.Create(() => new Counter()));
        Tell(actor, "add", "add", "boom", "add");
        Task<int> count = actor.Ask<int>("get", TimeSpan.FromSeconds(1));
        Run();

        Assert.That(count.Result, Is.EqualTo(1));
    }

    [Test]
    public void Restart_WhenAMessageFailed_DoesNotHandleItAgain()
    {
        int attempts = 0;
        IActorRef actor = Spawn(new Probe.Script
        {
            OnReceive = (_, message) =>
            {
                attempts++;
                return message is "boom" ? throw new InvalidOperationException("bad") : true;
            },
        });
        Tell(actor, "boom", "next");

        Assert.That(attempts, Is.EqualTo(2));
        Assert.That(PublishedOf<DeadLetter>(), Is.Empty, "a message that made its actor fail is no dead letter");
    }

    [Test]
    public void Restart_WhenPostRestartIsOverridden_PreStartIsNotCalled()
    {
        IActorRef actor = System.ActorOf(Props.Create(() => new WithoutPreStartAtRestart(_log)));
        Tell(actor, "boom");

        Assert.That(_log, Is.EqualTo(new[] { "PreStart", "PostRestart" }));
    }

    [Test]
    public void Restart_WhileChildrenStop_TheNewInstanceWaitsForThem()
    {
        IActorRef parent = Spawn(new Probe.Script
        {
            OnConstruct = _ => _log.Add("parent new"),
            OnPreStart = p => p.Context.ActorOf(new Probe.Script
            {
                OnPreStart = c => c.Context.ActorOf(Logging("grandchild").Props),
                OnPostStop = _ => _log.Add("child PostStop"),
            }.Props),
            OnReceive = (_, _) => throw new InvalidOperationException("bad"),
        });
        Run();
        _log.Clear();
        Tell(parent, "boom");

        Assert.That(_log.Take(3), Is.EqualTo(new[] { "grandchild PostStop", "child PostStop", "parent new" }));
    }

    [Test]
    public void PreRestart_WhenTheMessageHadBeenHandled_DoesNotGetIt()
    {
        var seen = new List<object?>();
        IActorRef? parent = null;
        IActorRef? sibling = null;
        parent = Spawn(new Probe.Script
        {
            Strategy = new AllForOneStrategy(_ => Directive.Restart),
            OnPreStart = p =>
            {
                p.Context.ActorOf(new Probe.Script { OnReceive = (_, _) => throw new InvalidOperationException("bad") }.Props, "fails");
                sibling = p.Context.ActorOf(new Probe.Script
                {
                    OnReceive = (s, _) =>
                    {
                        // Let the others run before this slice ends, as another thread could.
                        Dispatcher.RunAll();
                        return true;
                    },
                    OnPreRestart = (_, _, message) => seen.Add(message),
                }.Props, "sibling");
            },
            OnReceive = (p, message) =>
            {
                p.Context.Child("fails").Tell(message);
                return true;
            },
        });
        Run();
        parent.Tell("boom");
        sibling!.Tell("fine");
        Dispatcher.RunOne();
        Run();

        Assert.That(seen, Is.EqualTo(new object?[] { null }));
    }

    [Test]
    public void Kill_WhenTheSupervisorRestarts_TheMailboxStays()
    {
        var script = new Probe.Script();
        IActorRef parent = Parent(script, Directive.Restart);
        Tell(parent, "kill", 1);

        Assert.That(script.Instances, Is.EqualTo(2));
        Assert.That(script.Log, Is.EqualTo(new object[] { 1 }));
    }

    [Test]
    public void Kill_WhenTheSupervisorResumes_TheActorGoesOn()
    {
        var script = new Probe.Script();
        IActorRef parent = Parent(script, Directive.Resume);
        Tell(parent, "kill", 1);

        Assert.That(script.Instances, Is.EqualTo(1));
        Assert.That(script.Log, Is.EqualTo(new object[] { 1 }));
    }

    [Test]
    public void PoisonPill_AgainstStop_ComesInOrderWhileStopComesAtOnce()
    {
        (IActorRef poisoned, List<object> one) = Recorder();
        (IActorRef stopped, List<object> two) = Recorder();
        Tell(poisoned, 1, 2, PoisonPill.Instance, 3);
        stopped.Tell(1);
        stopped.Tell(2);
        System.Stop(stopped);
        Run();

        Assert.That(one, Is.EqualTo(new object[] { 1, 2 }));
        Assert.That(two, Is.Empty);
    }

    [Test]
    public void PoisonPill_WhenTheActorRestartsBeforeIt_StaysInTheMailbox()
    {
        IActorRef actor = Spawn(new Probe.Script
        {
            OnReceive = (_, message) => message is "boom" ? throw new InvalidOperationException("bad") : true,
            OnPostStop = _ => _log.Add("PostStop"),
        });
        Tell(actor, "boom", PoisonPill.Instance);

        Assert.That(_log, Is.EqualTo(new[] { "PostStop", "PostStop" }), "once at the restart, once at the pill");
        Tell(actor, "x");
        Assert.That(PublishedOf<DeadLetter>().Single().Message, Is.EqualTo("x"));
    }

    [Test]
    public void Name_WhileItsFormerOwnerIsStopping_IsTaken()
    {
        var errors = new List<Exception?>();
        IActorRef parent = Spawn(new Probe.Script
        {
            OnPreStart = p => p.Context.Watch(p.Context.ActorOf(new Probe.Script().Props, "child")),
            OnReceive = (p, message) =>
            {
                if (message is "replace")
                {
                    p.Context.Stop(p.Context.Child("child"));
                }

                try
                {
                    p.Context.ActorOf(new Probe.Script().Props, "child");
                    errors.Add(null);
                }
                catch (InvalidActorNameException taken)
                {
                    errors.Add(taken);
                }

                return true;
            },
        });
        Run();
        Tell(parent, "replace");

        Assert.That(errors[0], Is.TypeOf<InvalidActorNameException>().With.Message.Contains("not unique"));
        Assert.That(errors[1], Is.Null, "after Terminated the name is free");
    }

    [Test]
    public void Reference_WhenTheNameHasANewOwner_StaysThatOfTheDeadOne()
    {
        (IActorRef former, List<object> formerLog) = Recorder("name");
        System.Stop(former);
        Run();
        (IActorRef latter, List<object> latterLog) = Recorder("name");
        Tell(former, "x");

        Assert.That(former, Is.Not.EqualTo(latter));
        Assert.That((formerLog.Count, latterLog.Count), Is.EqualTo((0, 0)));
        Assert.That(PublishedOf<DeadLetter>().Single().Recipient, Is.SameAs(former));
    }

    [Test]
    public void Stop_WhenTheActorHasFailedAndWaitsForARestart_StopsIt()
    {
        var script = new Probe.Script
        {
            OnReceive = (_, _) => throw new InvalidOperationException("bad"),
            OnPostStop = _ => _log.Add("PostStop"),
        };
        IActorRef? child = null;
        Spawn(new Probe.Script
        {
            Strategy = new OneForOneStrategy(_ => Directive.Restart)
            {
                RestartBackoff = new ExponentialBackoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), 0),
            },
            OnPreStart = p => child = p.Context.ActorOf(script.Props),
        });
        Run();
        Tell(child!, "boom");
        System.Stop(child!);
        AdvanceSeconds(5);

        Assert.That(_log, Is.EqualTo(new[] { "PostStop" }));
        Assert.That(script.Instances, Is.EqualTo(1));
    }

    [Test]
    public void Creation_WhenTheFactoryReturnsTheSameInstance_FailsAtTheRestart()
    {
        Probe? only = null;
        var script = new Probe.Script { OnReceive = (_, _) => throw new InvalidOperationException("bad") };
        IActorRef actor = System.ActorOf(Props.Create(() => only ??= new Probe(script)));
        Tell(actor, "boom", "x");

        Assert.That(PublishedOf<DeadLetter>().Single().Message, Is.EqualTo("x"), "it was stopped");
    }

    [Test]
    public void Identify_WhenTheActorHasStopped_IsAnsweredWithNobody()
    {
        (IActorRef actor, _) = Recorder();
        (IActorRef asker, List<object> answers) = Recorder();
        System.Stop(actor);
        Run();
        actor.Tell(new Identify(7), asker);
        Run();

        Assert.That(answers, Is.EqualTo(new[] { new ActorIdentity(7, null) }));
    }

    private IActorRef Parent(Probe.Script child, Directive directive)
    {
        IActorRef parent = Spawn(new Probe.Script
        {
            Strategy = new OneForOneStrategy(_ => directive),
            OnPreStart = p => p.Context.ActorOf(child.Props, "child"),
            OnReceive = (p, message) =>
            {
                p.Context.Child("child").Tell(message is "kill" ? Kill.Instance : message);
                return true;
            },
        });
        Run();
        return parent;
    }

    private Probe.Script Logging(string name) => new()
    {
        OnConstruct = _ => _log.Add($"{name} new"),
        OnPreStart = _ => _log.Add($"{name} PreStart"),
        OnPostStop = _ => _log.Add($"{name} PostStop"),
        OnReceive = (_, message) =>
        {
            _log.Add($"{name} got {message}");
            return true;
        },
    };

    private void Tell(IActorRef actor, params object[] messages)
    {
        foreach (object message in messages)
        {
            actor.Tell(message);
        }

        Run();
    }

    private sealed class Counter : ReceiveActor
    {
        private int _count;

        public Counter()
        {
            Receive<string>(_ => _count++, text => text == "add");
            Receive<string>(_ => Sender.Tell(_count), text => text == "get");
            Receive<string>(_ => throw new InvalidOperationException("bad"));
        }
    }

    private sealed class WithoutPreStartAtRestart(List<string> log) : UntypedActor
    {
        protected override void PreStart() => log.Add("PreStart");

        protected override void PostRestart(Exception reason) => log.Add("PostRestart");

        protected override void OnReceive(object message) => throw new InvalidOperationException("bad");
    }
}
