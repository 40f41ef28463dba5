using Eco.Runtime.Actors;
using NUnit.Framework;

namespace Eco.Tests.Actors;

/// <summary>Rules of Akka.NET's pages on sending, asking, dead letters and death watch.</summary>
internal sealed class MessageRuleTests : ActorFixture
{
    [Test]
    public void Sender_WhenThereIsNone_IsTheDeadLetters()
    {
        IActorRef? sender = null;
        IActorRef actor = Spawn(new Probe.Script
        {
            OnReceive = (p, _) =>
            {
                sender = p.Sender;
                p.Sender.Tell("answer");
                return true;
            },
        });
        actor.Tell("question", ActorRefs.NoSender);
        Run();

        Assert.That(sender, Is.SameAs(System.DeadLetters));
        Assert.That(PublishedOf<DeadLetter>().Single().Message, Is.EqualTo("answer"));
    }

    [Test]
    public void Tell_WhenToOneself_ComesAfterWhatWaits()
    {
        var log = new List<object>();
        IActorRef actor = Spawn(new Probe.Script
        {
            OnReceive = (p, message) =>
            {
                log.Add(message);
                if (message is 1)
                {
                    p.Self.Tell("own");
                }

                return true;
            },
        });
        actor.Tell(1);
        actor.Tell(2);
        Run();

        Assert.That(log, Is.EqualTo(new object[] { 1, 2, "own" }));
    }

    [Test]
    public void Ask_WhenAnsweredTwice_TheSecondAnswerIsADeadLetter()
    {
        IActorRef actor = Spawn(new Probe.Script
        {
            OnReceive = (p, _) =>
            {
                p.Sender.Tell("first");
                p.Sender.Tell("second");
                return true;
            },
        });
        Task<string> answer = actor.Ask<string>("question", TimeSpan.FromSeconds(1));
        Run();

        Assert.That(answer.Result, Is.EqualTo("first"));
        Assert.That(PublishedOf<DeadLetter>().Single().Message, Is.EqualTo("second"));
    }

    [Test]
    public void Ask_WhenTheActorFails_IsNotAnsweredByTheRuntime()
    {
        IActorRef actor = Spawn(new Probe.Script { OnReceive = (_, _) => throw new InvalidOperationException("bad") });
        Task<string> answer = actor.Ask<string>("question", TimeSpan.FromSeconds(1));
        Run();
        Assert.That(answer.IsCompleted, Is.False);

        AdvanceSeconds(1);
        Assert.That(answer.Exception?.InnerException, Is.TypeOf<AskTimeoutException>());
    }

    [Test]
    public void DeadLetter_WhenPublished_NamesMessageSenderAndRecipient()
    {
        (IActorRef sender, _) = Recorder();
        (IActorRef recipient, _) = Recorder();
        System.Stop(recipient);
        Run();
        recipient.Tell("x", sender);
        Run();

        Assert.That(PublishedOf<DeadLetter>().Single(), Is.EqualTo(new DeadLetter("x", sender, recipient)));
    }

    [Test]
    public void DeadLetter_WhenSentToADeadActor_MakesNoOther()
    {
        (IActorRef dead, _) = Recorder();
        System.Stop(dead);
        Run();
        dead.Tell(new DeadLetter("inner", null, dead));
        Run();

        Assert.That(PublishedOf<AllDeadLetters>(), Is.Empty);
        Assert.That(System.Metrics.DeadLetters, Is.EqualTo(1), "it is counted all the same");
    }

    [Test]
    public void DeadLetter_WhenTheMessageAsksForSilence_IsSuppressed()
    {
        (IActorRef dead, _) = Recorder();
        System.Stop(dead);
        Run();
        dead.Tell(new Quiet());
        System.DeadLetters.Tell(new Quiet());
        Run();

        Assert.That(PublishedOf<DeadLetter>(), Is.Empty);
        Assert.That(PublishedOf<SuppressedDeadLetter>().Select(letter => letter.Message), Is.EqualTo(new[] { new Quiet(), new Quiet() }));
    }

    [Test]
    public void DeadLetters_WhenAnActorStopsWithAFullMailbox_KeepTheirOrder()
    {
        (IActorRef actor, _) = Recorder();
        for (int i = 0; i < 100; i++)
        {
            actor.Tell(i);
        }

        System.Stop(actor);
        Run();

        Assert.That(PublishedOf<DeadLetter>().Select(letter => letter.Message), Is.EqualTo(Enumerable.Range(0, 100)));
    }

    [Test]
    public void Watch_WhenCalledTwice_GivesOneTerminated()
    {
        (IActorRef subject, _) = Recorder();
        var script = new Probe.Script
        {
            OnPreStart = p =>
            {
                p.Context.Watch(subject);
                p.Context.Watch(subject);
            },
        };
        Spawn(script);
        Run();
        System.Stop(subject);
        Run();

        Assert.That(script.Log, Is.EqualTo(new[] { new Terminated(subject, true) }));
    }

    [Test]
    public void Watch_OfItself_IsIgnored()
    {
        var script = new Probe.Script { OnPreStart = p => p.Context.Watch(p.Self) };
        IActorRef actor = Spawn(script);
        Run();
        System.Stop(actor);
        Run();

        Assert.That(script.Log, Is.Empty);
        Assert.That(PublishedOf<AllDeadLetters>(), Is.Empty);
    }

    [Test]
    public void Watch_WhenTheWatcherRestarts_Stays()
    {
        (IActorRef subject, _) = Recorder();
        var log = new List<object>();
        bool isWatching = false;
        IActorRef watcher = Spawn(new Probe.Script
        {
            OnPreStart = p =>
            {
                if (!isWatching)
                {
                    isWatching = true;
                    p.Context.Watch(subject);
                }
            },
            OnReceive = (_, message) =>
            {
                log.Add(message);
                return message is "boom" ? throw new InvalidOperationException("bad") : true;
            },
        });
        watcher.Tell("boom");
        Run();
        System.Stop(subject);
        Run();

        Assert.That(log, Is.EqualTo(new object[] { "boom", new Terminated(subject, true) }));
    }

    [Test]
    public void Watch_WhenTakenBackAndAskedAgain_GivesOneTerminated()
    {
        (IActorRef subject, _) = Recorder();
        var script = new Probe.Script
        {
            OnPreStart = p =>
            {
                p.Context.Watch(subject);
                p.Context.Unwatch(subject);
                p.Context.Watch(subject);
            },
        };
        Spawn(script);
        Run();
        System.Stop(subject);
        Run();

        Assert.That(script.Log, Has.Count.EqualTo(1));
    }

    [Test]
    public void Watch_WhenTheActorIsAnothersChild_WorksForStrangers()
    {
        IActorRef? child = null;
        Spawn(new Probe.Script { OnPreStart = p => child = p.Context.ActorOf(new Probe.Script().Props, "child") }, "parent");
        Run();
        var script = new Probe.Script { OnPreStart = p => p.Context.Watch(child!) };
        Spawn(script);
        Run();
        System.Stop(child!);
        Run();

        Assert.That(script.Log, Is.EqualTo(new[] { new Terminated(child!, true) }));
    }

    [Test]
    public void Parent_WhenItDoesNotWatch_GetsNoTerminated()
    {
        var parent = new Probe.Script { OnPreStart = p => p.Context.ActorOf(new Probe.Script().Props, "child").Tell(PoisonPill.Instance) };
        Spawn(parent);
        Run();

        Assert.That(parent.Log, Is.Empty);
    }

    [Test]
    public void Timer_WhenStartedInPreRestart_DiesWithTheOldInstance()
    {
        var log = new List<object>();
        IActorRef actor = Spawn(new Probe.Script
        {
            OnReceive = (_, message) =>
            {
                log.Add(message);
                return message is "boom" ? throw new InvalidOperationException("bad") : true;
            },
            OnPreRestart = (p, _, _) => p.Timers.StartSingleTimer("t", "stale", TimeSpan.FromSeconds(1)),
        });
        actor.Tell("boom");
        AdvanceSeconds(5);

        Assert.That(log, Is.EqualTo(new[] { "boom" }));
        Assert.That(Clock.ActiveTimers, Is.Zero);
    }

    private sealed record Quiet : IDeadLetterSuppression;
}
