using Eco.Runtime.Actors;
using NUnit.Framework;

namespace Eco.Tests.Actors;

internal sealed class LifeCycleTests : ActorFixture
{
    [Test]
    public void Restart_WhenAMessageFails_CallsTheHooksInOrderOnOldAndNewInstance()
    {
        var log = new List<string>();
        IActorRef actor = Spawn(Hooks(log));
        actor.Tell("boom");
        actor.Tell("next");
        Run();

        Assert.That(log, Is.EqualTo(new[]
        {
            "new 1", "PreStart", "got boom", "PreRestart bad: boom", "PostStop", "new 2", "PostRestart bad", "PreStart", "got next",
        }));
        Assert.That(System.Metrics, Has.Property("Failures").EqualTo(1).And.Property("Restarts").EqualTo(1));
    }

    [Test]
    public void Restart_WhenDone_TheReferenceAndTheMailboxStay()
    {
        (var script, IActorRef actor) = Failing();
        actor.Tell("boom");
        for (int i = 0; i < 3; i++)
        {
            actor.Tell(i);
        }

        Run();

        Assert.That(script.Log, Is.EqualTo(new object[] { 0, 1, 2 }));
        Assert.That(script.Instances, Is.EqualTo(2));
    }

    [Test]
    public void Restart_WhenBehaviourHadChanged_StartsWithTheFirstBehaviour()
    {
        var log = new List<object>();
        IActorRef actor = System.ActorOf(Props.Create(() => new Switching(log)));
        actor.Tell("switch");
        actor.Tell("a");
        actor.Tell("boom");
        actor.Tell("b");
        Run();

        Assert.That(log, Is.EqualTo(new[] { "second a", "first b" }));
    }

    [Test]
    public void Restart_ByDefault_StopsTheChildrenFirst()
    {
        var log = new List<string>();
        var child = new Probe.Script { OnPostStop = _ => log.Add("child stopped") };
        IActorRef parent = Spawn(new Probe.Script
        {
            OnConstruct = _ => log.Add("new"),
            OnReceive = (probe, message) => message switch
            {
                "boom" => throw new InvalidOperationException("bad"),
                "list" => Add(log, $"{probe.Context.GetChildren().Count} children"),
                _ => probe.Context.ActorOf(child.Props, "child") is not null,
            },
        });
        parent.Tell("make");
        parent.Tell("boom");
        parent.Tell("list");
        parent.Tell("make");
        Run();

        Assert.That(log, Is.EqualTo(new[] { "new", "child stopped", "new", "0 children" }));
        Assert.That(child.Instances, Is.EqualTo(2), "the name is free again");
    }

    [Test]
    public void Restart_WhenPreRestartKeepsChildren_TheyAreRestartedToo()
    {
        var child = new Probe.Script();
        IActorRef parent = Spawn(new Probe.Script
        {
            KeepChildren = true,
            OnReceive = (probe, message) => message switch
            {
                "boom" => throw new InvalidOperationException("bad"),
                "make" => probe.Context.ActorOf(child.Props, "child") is not null,
                _ => Forward(probe.Context.Child("child"), message),
            },
        });
        parent.Tell("make");
        parent.Tell("boom");
        parent.Tell("hello");
        Run();

        Assert.That(child.Instances, Is.EqualTo(2));
        Assert.That(child.Log, Is.EqualTo(new[] { "hello" }));
    }

    [Test]
    public void Restart_WhenPreRestartThrows_IsReportedAndGoesOn()
    {
        (var script, IActorRef actor) = Failing(new Probe.Script
        {
            OnReceive = Boom,
            OnPreRestart = (_, _, _) => throw new InvalidOperationException("PreRestart too"),
        });
        actor.Tell("boom");
        Run();

        Assert.That(script.Instances, Is.EqualTo(2));
        Assert.That(PublishedOf<Eco.Runtime.Dispatch.BackgroundFailure>().Single().Cause, Is.TypeOf<PreRestartException>());
    }

    [Test]
    public void Restart_WhenPostRestartThrows_TheActorStops()
    {
        (var script, IActorRef actor) = Failing(new Probe.Script
        {
            OnReceive = Boom,
            OnPostRestart = (_, _) => throw new InvalidOperationException("again"),
        });
        actor.Tell("boom");
        actor.Tell("after");
        Run();

        Assert.That(script.Instances, Is.EqualTo(2));
        Assert.That(PublishedOf<DeadLetter>().Single().Message, Is.EqualTo("after"));
    }

    [Test]
    public void Creation_WhenTheConstructorThrows_TheActorStopsAndIsNotTriedAgain()
    {
        var script = new Probe.Script { OnConstruct = _ => throw new InvalidOperationException("cannot") };
        IActorRef actor = Spawn(script);
        actor.Tell("x");
        Run();

        Assert.That(script.Instances, Is.EqualTo(1));
        Assert.That(PublishedOf<DeadLetter>().Single().Message, Is.EqualTo("x"));
    }

    [Test]
    public void Creation_WhenPreStartThrows_TheCauseIsAnInitializationException()
    {
        Exception? seen = null;
        IActorRef parent = Spawn(new Probe.Script
        {
            Strategy = new OneForOneStrategy(cause =>
            {
                seen = cause;
                return Directive.Stop;
            }),
            OnPreStart = probe => probe.Context.ActorOf(new Probe.Script { OnPreStart = _ => throw new InvalidOperationException("no") }.Props, "c"),
        });
        Run();

        Assert.That(seen, Is.TypeOf<ActorInitializationException>().With.InnerException.Message.EqualTo("no"));
        Assert.That(parent, Is.Not.Null);
    }

    [Test]
    public void Creation_WhenRestartedAfterAFailedPreStart_IsTriedAgain()
    {
        int attempts = 0;
        var child = new Probe.Script
        {
            OnPreStart = _ =>
            {
                if (++attempts < 3)
                {
                    throw new InvalidOperationException("not yet");
                }
            },
        };
        IActorRef parent = Spawn(new Probe.Script
        {
            Strategy = new OneForOneStrategy(_ => Directive.Restart),
            OnPreStart = probe => probe.Context.ActorOf(child.Props, "c").Tell("kept"),
        });
        Run();

        Assert.That(child.Log, Is.EqualTo(new[] { "kept" }));
        Assert.That(parent.Path.Uid, Is.GreaterThan(0));
    }

    [Test]
    public void Actor_WhenMadeWithNew_IsRefused() =>
        Assert.That(() => new Probe(new Probe.Script()), Throws.TypeOf<ActorInitializationException>().With.Message.Contains("ActorOf"));

    [Test]
    public void Stop_WhenCalled_EndsAfterTheCurrentMessageAndTheRestIsDead()
    {
        var log = new List<object>();
        IActorRef actor = Spawn(Script(log.Add));
        actor.Tell(1);
        actor.Tell(2);
        System.Stop(actor);
        actor.Tell(3);
        Run();

        Assert.That(log, Is.Empty, "system messages go first");
        Assert.That(PublishedOf<DeadLetter>().Select(d => d.Message), Is.EqualTo(new object[] { 1, 2, 3 }));
    }

    [Test]
    public void Stop_WhenCalledByTheActor_NoFurtherMessageIsHandled()
    {
        var log = new List<object>();
        IActorRef actor = Spawn(new Probe.Script
        {
            OnReceive = (probe, message) =>
            {
                log.Add(message);
                probe.Context.Stop(probe.Self);
                return true;
            },
        });
        actor.Tell(1);
        actor.Tell(2);
        Run();

        Assert.That(log, Is.EqualTo(new object[] { 1 }));
    }

    [Test]
    public void PoisonPill_WhenItsTurnComes_StopsAfterWhatWasSentBefore()
    {
        (IActorRef actor, List<object> log) = Recorder();
        actor.Tell(1);
        actor.Tell(PoisonPill.Instance);
        actor.Tell(2);
        Run();

        Assert.That(log, Is.EqualTo(new object[] { 1 }));
        Assert.That(PublishedOf<DeadLetter>().Single().Message, Is.EqualTo(2));
    }

    [Test]
    public void Kill_ByDefault_StopsWithPostStop()
    {
        bool stopped = false;
        var script = new Probe.Script { OnPostStop = _ => stopped = true };
        IActorRef actor = Spawn(script);
        actor.Tell(Kill.Instance);
        Run();

        Assert.That(stopped);
        Assert.That(script.Instances, Is.EqualTo(1));
    }

    [Test]
    public void Stop_WhenThereAreChildren_TheyStopFirstDepthFirst()
    {
        var log = new List<string>();
        IActorRef top = Spawn(Nested(log, 3));
        Run();
        System.Stop(top);
        Run();

        Assert.That(log, Is.EqualTo(new[] { "0 stopped", "1 stopped", "2 stopped", "3 stopped" }));
    }

    [Test]
    public void PostStop_WhenItThrows_IsReportedAndTheActorIsGone()
    {
        IActorRef actor = Spawn(new Probe.Script { OnPostStop = _ => throw new InvalidOperationException("late") });
        System.Stop(actor);
        Run();
        actor.Tell("x");
        Run();

        Assert.That(PublishedOf<Eco.Runtime.Dispatch.BackgroundFailure>().Single().Activity, Does.StartWith("PostStop of"));
        Assert.That(PublishedOf<DeadLetter>().Single().Message, Is.EqualTo("x"));
    }

    [Test]
    public void Identify_WhenAlive_IsAnswered()
    {
        (IActorRef actor, _) = Recorder();
        (IActorRef asker, List<object> answers) = Recorder();
        actor.Tell(new Identify(7), asker);
        Run();

        Assert.That(answers, Is.EqualTo(new[] { new ActorIdentity(7, actor) }));
    }

    [Test]
    public void Instance_WhenDisposable_IsDisposedAtRestartAndStop()
    {
        int disposed = 0;
        IActorRef actor = System.ActorOf(Props.Create(() => new DisposableActor(() => disposed++)));
        actor.Tell("boom");
        Run();
        Assert.That(disposed, Is.EqualTo(1));

        System.Stop(actor);
        Run();
        Assert.That(disposed, Is.EqualTo(2));
    }

    private static bool Boom(Probe probe, object message) =>
        message is "boom" ? throw new InvalidOperationException("bad") : true;

    private static bool Add(List<string> log, string line)
    {
        log.Add(line);
        return true;
    }

    private static bool Forward(IActorRef to, object message)
    {
        to.Forward(message);
        return true;
    }

    private static Probe.Script Nested(List<string> log, int depth) => new()
    {
        OnPreStart = probe =>
        {
            if (depth > 0)
            {
                probe.Context.ActorOf(Nested(log, depth - 1).Props, "below");
            }
        },
        OnPostStop = _ => log.Add($"{depth} stopped"),
    };

    private static Probe.Script Hooks(List<string> log)
    {
        int instances = 0;
        return new Probe.Script
        {
            OnConstruct = _ => log.Add($"new {++instances}"),
            OnPreStart = _ => log.Add("PreStart"),
            OnPostStop = _ => log.Add("PostStop"),
            OnPreRestart = (_, reason, message) => log.Add($"PreRestart {reason.Message}: {message}"),
            OnPostRestart = (_, reason) => log.Add($"PostRestart {reason.Message}"),
            OnReceive = (_, message) =>
            {
                log.Add($"got {message}");
                return message is "boom" ? throw new InvalidOperationException("bad") : true;
            },
        };
    }

    private (Probe.Script Script, IActorRef Actor) Failing(Probe.Script? script = null)
    {
        Probe.Script made = null!;
        made = script ?? new Probe.Script
        {
            OnReceive = (probe, message) =>
            {
                Boom(probe, message);
                made.Log.Add(message);
                return true;
            },
        };
        return (made, Spawn(made));
    }

    private sealed class Switching : ReceiveActor
    {
        public Switching(List<object> log)
        {
            Receive<string>(_ => Become(() =>
            {
                Receive<string>(_ => throw new InvalidOperationException("bad"), text => text == "boom");
                Receive<string>(text => log.Add("second " + text));
            }), text => text == "switch");
            Receive<string>(text => log.Add("first " + text));
        }
    }

    private sealed class DisposableActor(Action onDispose) : UntypedActor, IDisposable
    {
        public void Dispose() => onDispose();

        protected override void OnReceive(object message) => throw new InvalidOperationException("bad");
    }
}
