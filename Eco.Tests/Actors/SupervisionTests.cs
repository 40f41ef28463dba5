using Eco.Runtime.Actors;
using NUnit.Framework;

namespace Eco.Tests.Actors;

internal sealed class SupervisionTests : ActorFixture
{
    protected override ActorSystemSettings Configure(ActorSystemSettings settings) => settings with
    {
        GuardianStrategy = new OneForOneStrategy(cause => cause switch
        {
            NotSupportedException => Directive.Escalate,
            _ => SupervisorStrategy.DefaultDecider(cause),
        }),
    };

    [Test]
    public void Resume_WhenDecided_KeepsTheInstanceAndLosesTheMessage()
    {
        (IActorRef parent, Probe.Script child) = Family(_ => Directive.Resume);
        Tell(parent, 1, "boom", 2);

        Assert.That(child.Instances, Is.EqualTo(1));
        Assert.That(child.Log, Is.EqualTo(new object[] { 1, 2 }));
    }

    [Test]
    public void Stop_WhenDecided_TheRestIsDead()
    {
        (IActorRef parent, Probe.Script child) = Family(_ => Directive.Stop);
        Tell(parent, 1, "boom", 2);

        Assert.That(child.Log, Is.EqualTo(new object[] { 1 }));
        Assert.That(PublishedOf<DeadLetter>().Single().Message, Is.EqualTo(2));
    }

    [Test]
    public void Failure_WhileTheSupervisorDecides_SuspendsTheGrandchildren()
    {
        var grandchild = new Probe.Script();
        IActorRef? grandchildRef = null;
        var log = grandchild.Log;
        IActorRef parent = Spawn(new Probe.Script
        {
            Strategy = new OneForOneStrategy(_ => Directive.Resume),
            OnPreStart = p => p.Context.ActorOf(
                new Probe.Script
                {
                    OnPreStart = c => grandchildRef = c.Context.ActorOf(grandchild.Props, "grandchild"),
                    OnReceive = (_, message) => message is "boom" ? throw new InvalidOperationException("bad") : true,
                }.Props,
                "child"),
            OnReceive = (p, message) =>
            {
                p.Context.Child("child").Tell(message);
                return true;
            },
        });
        Run();
        parent.Tell("boom");
        Dispatcher.RunOne();
        Dispatcher.RunOne();
        grandchildRef!.Tell("while suspended");
        Dispatcher.RunOne();
        Assert.That(log, Is.Empty);

        Run();
        Assert.That(log, Is.EqualTo(new[] { "while suspended" }));
    }

    [Test]
    public void Escalate_WhenDecided_TheSupervisorFailsWithTheSameCause()
    {
        Exception? atTop = null;
        (Probe.Script middle, Probe.Script child, IActorRef top) = ThreeLevels(cause =>
        {
            atTop = cause;
            return Directive.Restart;
        });
        Tell(top, "boom");
        Tell(top, "x");

        Assert.That(atTop, Is.TypeOf<InvalidOperationException>());
        Assert.That(middle.Instances, Is.EqualTo(2));
        Assert.That(child.Instances, Is.EqualTo(2), "stopped with its parent's restart and made again");
        Assert.That(child.Log, Is.EqualTo(new[] { "x" }));
        Assert.That(System.Metrics.Escalations, Is.EqualTo(1));
    }

    [Test]
    public void Escalate_WhenTheTopResumes_AllGoOnWithTheirState()
    {
        (Probe.Script middle, Probe.Script child, IActorRef top) = ThreeLevels(_ => Directive.Resume);
        top.Tell("boom");
        top.Tell("x");
        Run();

        Assert.That((middle.Instances, child.Instances), Is.EqualTo((1, 1)));
        Assert.That(child.Log, Is.EqualTo(new[] { "x" }));
    }

    [Test]
    public void Escalate_WhenItReachesTheGuardian_TheGuardianDecides()
    {
        (IActorRef parent, Probe.Script child) = Family(_ => Directive.Escalate);
        Tell(parent, "boom", 1);

        Assert.That(child.Instances, Is.EqualTo(2), "the guardian restarted the top-level actor");
        Assert.That(System.WhenTerminated.IsCompleted, Is.False);
    }

    [Test]
    public void Escalate_WhenTheGuardianEscalatesToo_TheSystemEnds()
    {
        IActorRef top = Spawn(new Probe.Script { OnReceive = (_, _) => throw new NotSupportedException("fatal") });
        top.Tell(1);
        Run();

        Assert.That(System.WhenTerminated.IsCompletedSuccessfully);
    }

    [Test]
    public void Decider_WhenItThrows_TheSupervisorFailsItself()
    {
        (IActorRef parent, Probe.Script child) = Family(_ => throw new InvalidOperationException("undecided"));
        Tell(parent, "boom", 1);

        Assert.That(child.Instances, Is.EqualTo(2));
        Assert.That(System.Metrics.Failures, Is.EqualTo(2));
    }

    [Test]
    public void Retries_WhenPastTheLimit_StopTheChild()
    {
        (IActorRef parent, Probe.Script child) = Family(new OneForOneStrategy(2, null, _ => Directive.Restart));
        Tell(parent, "boom", "boom", "boom", 1);

        Assert.That(child.Instances, Is.EqualTo(3));
        Assert.That(PublishedOf<DeadLetter>().Single().Message, Is.EqualTo(1));
    }

    [Test]
    public void Retries_WhenZero_StopAtTheFirstFailure()
    {
        (IActorRef parent, Probe.Script child) = Family(new OneForOneStrategy(0, null, _ => Directive.Restart));
        Tell(parent, "boom");

        Assert.That(child.Instances, Is.EqualTo(1));
    }

    [Test]
    public void Retries_WhenTheWindowHasPassed_CountAgainFromOne()
    {
        (IActorRef parent, Probe.Script child) = Family(new OneForOneStrategy(2, TimeSpan.FromSeconds(10), _ => Directive.Restart));
        Tell(parent, "boom", "boom");
        AdvanceSeconds(11);
        Tell(parent, "boom", "boom");
        Assert.That(child.Instances, Is.EqualTo(5));

        Tell(parent, "boom", 1);
        Assert.That(child.Instances, Is.EqualTo(5));
        Assert.That(PublishedOf<DeadLetter>().Single().Message, Is.EqualTo(1));
    }

    [Test]
    public void Siblings_WhenOneFails_GoOn()
    {
        var script = new Probe.Script();
        IActorRef parent = Spawn(new Probe.Script
        {
            Strategy = new OneForOneStrategy(_ => Directive.Stop),
            OnPreStart = p =>
            {
                p.Context.ActorOf(Failing(new Probe.Script()).Props, "a");
                p.Context.ActorOf(script.Props, "b");
            },
            OnReceive = (p, message) =>
            {
                p.Context.Child("a").Tell("boom");
                p.Context.Child("b").Tell(message);
                return true;
            },
        });
        Tell(parent, 1, 2);

        Assert.That(script.Log, Is.EqualTo(new object[] { 1, 2 }));
    }

    [Test]
    public void RestartBackoff_WhenFailuresRepeat_WaitsLongerAndKeepsTheMailbox()
    {
        var strategy = new OneForOneStrategy(_ => Directive.Restart)
        {
            RestartBackoff = new ExponentialBackoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3), 0),
        };
        (IActorRef parent, Probe.Script child) = Family(strategy);
        double[] waits = [1, 2, 3, 3];
        for (int i = 0; i < waits.Length; i++)
        {
            Tell(parent, "boom", i);
            AdvanceSeconds(waits[i] - 0.001);
            Assert.That(child.Instances, Is.EqualTo(i + 1), $"too early in round {i}");
            AdvanceSeconds(0.001);
            Assert.That(child.Instances, Is.EqualTo(i + 2), $"too late in round {i}");
        }

        Assert.That(child.Log, Is.EqualTo(new object[] { 0, 1, 2, 3 }));
        AdvanceSeconds(7);
        Tell(parent, "boom");
        AdvanceSeconds(1);
        Assert.That(child.Instances, Is.EqualTo(6), "quiet for more than twice the longest wait: from the start again");
    }

    [Test]
    public void PropsStrategy_WhenGiven_TakesTheClassesPlace()
    {
        var child = new Probe.Script();
        var script = new Probe.Script
        {
            Strategy = new OneForOneStrategy(_ => Directive.Stop),
            OnPreStart = p => p.Context.ActorOf(Failing(child).Props, "child"),
            OnReceive = (p, message) =>
            {
                p.Context.Child("child").Tell(message);
                return true;
            },
        };
        IActorRef parent = System.ActorOf(script.Props.WithSupervisorStrategy(new OneForOneStrategy(_ => Directive.Restart)));
        Tell(parent, "boom");

        Assert.That(child.Instances, Is.EqualTo(2));
    }

    [Test]
    public void DefaultDecider_ForEachCause_IsAkkas()
    {
        (IActorRef actor, _) = Recorder();
        Assert.That(SupervisorStrategy.DefaultDecider(new ActorInitializationException(actor, "x")), Is.EqualTo(Directive.Stop));
        Assert.That(SupervisorStrategy.DefaultDecider(new ActorKilledException("x")), Is.EqualTo(Directive.Stop));
        Assert.That(SupervisorStrategy.DefaultDecider(new DeathPactException(actor)), Is.EqualTo(Directive.Stop));
        Assert.That(SupervisorStrategy.DefaultDecider(new InvalidOperationException()), Is.EqualTo(Directive.Restart));
    }

    /// <summary>Gives the probe's log the messages that are not "boom", and fails for those that are.</summary>
    private static Probe.Script Failing(Probe.Script counted) => new()
    {
        OnConstruct = _ => counted.Instances++,
        OnReceive = (_, message) =>
        {
            if (message is "boom")
            {
                throw new InvalidOperationException("bad");
            }

            counted.Log.Add(message);
            return true;
        },
    };

    private (IActorRef Parent, Probe.Script Child) Family(Func<Exception, Directive> decider) => Family(new OneForOneStrategy(decider));

    private (IActorRef Parent, Probe.Script Child) Family(SupervisorStrategy strategy)
    {
        var child = new Probe.Script();
        IActorRef parent = Spawn(new Probe.Script
        {
            Strategy = strategy,
            OnPreStart = p => p.Context.ActorOf(Failing(child).Props, "child"),
            OnReceive = (p, message) =>
            {
                p.Context.Child("child").Forward(message);
                return true;
            },
        });
        Run();
        return (parent, child);
    }

    private (Probe.Script Middle, Probe.Script Child, IActorRef Top) ThreeLevels(Func<Exception, Directive> atTop)
    {
        var child = new Probe.Script();
        var middle = new Probe.Script
        {
            Strategy = new OneForOneStrategy(_ => Directive.Escalate),
            OnPreStart = p => p.Context.ActorOf(Failing(child).Props, "child"),
            OnReceive = (p, message) =>
            {
                p.Context.Child("child").Tell(message);
                return true;
            },
        };
        IActorRef top = Spawn(new Probe.Script
        {
            Strategy = new OneForOneStrategy(atTop),
            OnPreStart = p => p.Context.ActorOf(middle.Props, "middle"),
            OnReceive = (p, message) =>
            {
                p.Context.Child("middle").Tell(message);
                return true;
            },
        });
        Run();
        return (middle, child, top);
    }

    private void Tell(IActorRef parent, params object[] messages)
    {
        foreach (object message in messages)
        {
            parent.Tell(message);
        }

        Run();
    }
}
