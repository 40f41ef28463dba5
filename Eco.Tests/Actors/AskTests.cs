using Eco.Runtime.Actors;
using NUnit.Framework;

namespace Eco.Tests.Actors;

internal sealed class AskTests : ActorFixture
{
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);

    protected override ActorSystemSettings Configure(ActorSystemSettings settings) => settings with { MailboxCapacityPerLane = 2 };

    [Test]
    public void Ask_WhenAnswered_GivesTheAnswer()
    {
        Task<string> answer = Answering("yes").Ask<string>("question", OneSecond);
        Run();

        Assert.That(answer.IsCompletedSuccessfully && answer.Result == "yes");
        Assert.That(Clock.ActiveTimers, Is.Zero, "the time-out is cancelled");
    }

    [Test]
    public void Ask_WhenNotAnsweredInTime_FailsWithTheTimeOut()
    {
        (IActorRef actor, _) = Recorder("silent");
        Task<string> answer = actor.Ask<string>("question", OneSecond);
        Advance(TimeSpan.FromMilliseconds(999));
        Assert.That(answer.IsCompleted, Is.False);
        Advance(TimeSpan.FromMilliseconds(1));

        Assert.That(Cause(answer), Is.TypeOf<AskTimeoutException>().With.Message.EqualTo("eco://test/user/silent did not answer String within 1 s"));
    }

    [Test]
    public void Ask_WhenAnsweredLate_TheAnswerIsADeadLetter()
    {
        IActorRef? asker = null;
        IActorRef actor = Spawn(new Probe.Script
        {
            OnReceive = (p, _) =>
            {
                asker = p.Sender;
                return true;
            },
        });
        Task<string> answer = actor.Ask<string>("question", OneSecond);
        AdvanceSeconds(1);
        asker!.Tell("late");
        Run();

        Assert.That(answer.IsFaulted);
        Assert.That(PublishedOf<DeadLetter>().Single().Message, Is.EqualTo("late"));
    }

    [Test]
    public void Ask_WhenAnsweredWithAFailure_FailsWithItsCause()
    {
        Task<string> answer = Answering(new Status.Failure(new FormatException("bad question"))).Ask<string>("question", OneSecond);
        Run();

        Assert.That(Cause(answer), Is.TypeOf<FormatException>());
    }

    [Test]
    public void Ask_WhenTheAnswerHasAnotherType_Fails()
    {
        Task<string> answer = Answering(7).Ask<string>("question", OneSecond);
        Run();

        Assert.That(Cause(answer), Is.TypeOf<ArgumentException>().With.Message.Contains("expected String in answer to String, and got Int32"));
    }

    [Test]
    public void Ask_WhenForAStatus_GivesTheFailureItself()
    {
        Task<Status> answer = Answering(new Status.Failure(new FormatException("bad"))).Ask<Status>("question", OneSecond);
        Run();

        Assert.That(answer.Result, Is.TypeOf<Status.Failure>());
    }

    [Test]
    public void Ask_WhenTheMailboxIsFull_FailsAtOnce()
    {
        (IActorRef actor, _) = Recorder();
        Run();
        actor.Tell(1);
        actor.Tell(2);
        Task<string> answer = actor.Ask<string>("question", OneSecond);

        Assert.That(Cause(answer), Is.TypeOf<MailboxFullException>().With.Message.Contains("the Control lane of eco://test/user/$a is full with 2 messages"));
    }

    [Test]
    public void Ask_WhenTheActorHasStopped_TimesOut()
    {
        (IActorRef actor, _) = Recorder();
        System.Stop(actor);
        Run();
        Task<string> answer = actor.Ask<string>("question", OneSecond);
        AdvanceSeconds(1);

        Assert.That(Cause(answer), Is.TypeOf<AskTimeoutException>());
    }

    [Test]
    public void Ask_WhenTheAskerIsWatched_EndsWithTheAnswer()
    {
        var log = new List<object>();
        IActorRef actor = Spawn(new Probe.Script
        {
            OnReceive = (p, message) =>
            {
                if (message is "question")
                {
                    p.Context.Watch(p.Sender);
                    p.Sender.Tell("answer");
                }
                else
                {
                    log.Add(message);
                }

                return true;
            },
        });
        _ = actor.Ask<string>("question", OneSecond);
        Run();

        Assert.That(log.Single(), Is.TypeOf<Terminated>());
    }

    [Test]
    public void Ask_WhenNotAnActor_IsRefused() =>
        Assert.That(() => ActorRefs.Nobody.Ask<string>("question", OneSecond), Throws.ArgumentException);

    private static Exception? Cause(Task task) => task.Exception?.InnerException;

    private IActorRef Answering(object answer) => Spawn(new Probe.Script
    {
        OnReceive = (p, _) =>
        {
            p.Sender.Tell(answer);
            return true;
        },
    });
}
