using Eco.Runtime.Actors;
using NUnit.Framework;

namespace Eco.Tests.Actors;

internal sealed class BackoffSupervisorTests : ActorFixture
{
    private static readonly ExponentialBackoff Doubling = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), 0);

    [Test]
    public void Child_WhenItStopsAgainAndAgain_StartsAfterDoublingWaitsUpToTheMaximum()
    {
        (IActorRef supervisor, Probe.Script child) = Start(new BackoffOptions(null!, "child", Doubling) { ResetAfter = Timeout.InfiniteTimeSpan });
        double[] waits = [1, 2, 4, 5, 5];
        for (int i = 0; i < waits.Length; i++)
        {
            Tell(supervisor, "stop");
            AdvanceSeconds(waits[i] - 0.001);
            Assert.That(child.Instances, Is.EqualTo(i + 1));
            AdvanceSeconds(0.001);
            Assert.That(child.Instances, Is.EqualTo(i + 2));
        }
    }

    [Test]
    public void Child_WhenItFails_StartsAgainAfterTheWait()
    {
        (IActorRef supervisor, Probe.Script child) = Start(new BackoffOptions(null!, "child", Doubling));
        Tell(supervisor, "boom");
        Assert.That(child.Instances, Is.EqualTo(1));
        AdvanceSeconds(1);
        Tell(supervisor, "hello");

        Assert.That(child.Instances, Is.EqualTo(2));
        Assert.That(child.Log, Is.EqualTo(new[] { "hello" }));
    }

    [Test]
    public void Child_WhenItsCreationFails_IsTriedAgain()
    {
        int attempts = 0;
        var child = new Probe.Script
        {
            OnPreStart = _ =>
            {
                if (++attempts == 1)
                {
                    throw new InvalidOperationException("not yet");
                }
            },
        };
        System.ActorOf(BackoffSupervisor.Props(new BackoffOptions(child.Props, "child", Doubling)));
        AdvanceSeconds(1);

        Assert.That(attempts, Is.EqualTo(2));
    }

    [Test]
    public void Messages_WhileTheChildIsAway_AreDeadLetters()
    {
        (IActorRef supervisor, _) = Start(new BackoffOptions(null!, "child", Doubling));
        Tell(supervisor, "stop");
        Tell(supervisor, "lost");

        Assert.That(PublishedOf<DeadLetter>().Single().Message, Is.EqualTo("lost"));
    }

    [Test]
    public void Count_WhenTheChildLivesLongEnough_StartsAgain()
    {
        (IActorRef supervisor, Probe.Script child) = Start(new BackoffOptions(null!, "child", Doubling) { ResetAfter = TimeSpan.FromSeconds(10) });
        Tell(supervisor, "stop");
        AdvanceSeconds(1);
        AdvanceSeconds(10);
        Assert.That(Count(supervisor), Is.Zero);
        Tell(supervisor, "stop");
        AdvanceSeconds(1);

        Assert.That(child.Instances, Is.EqualTo(3), "the first wait again");
    }

    [Test]
    public void Count_WhenPastTheLimit_TheSupervisorStops()
    {
        (IActorRef supervisor, Probe.Script child) = Start(
            new BackoffOptions(null!, "child", Doubling) { MaxRestarts = 1, ResetAfter = Timeout.InfiniteTimeSpan });
        Tell(supervisor, "stop");
        AdvanceSeconds(1);
        Tell(supervisor, "stop");
        AdvanceSeconds(60);
        Tell(supervisor, "lost");

        Assert.That(child.Instances, Is.EqualTo(2));
        Assert.That(PublishedOf<DeadLetter>().Single().Recipient, Is.SameAs(supervisor));
    }

    [Test]
    public void GetCurrentChild_WhenAliveAndWhenAway_IsAnswered()
    {
        (IActorRef supervisor, _) = Start(new BackoffOptions(null!, "child", Doubling));
        Assert.That(Ask<BackoffSupervisor.CurrentChild>(supervisor, new BackoffSupervisor.GetCurrentChild()).Ref!.Path.Name, Is.EqualTo("child"));
        Tell(supervisor, "stop");
        Assert.That(Ask<BackoffSupervisor.CurrentChild>(supervisor, new BackoffSupervisor.GetCurrentChild()).Ref, Is.Null);
        Assert.That(Count(supervisor), Is.EqualTo(1));
        Tell(supervisor, new BackoffSupervisor.Reset());
        Assert.That(Count(supervisor), Is.Zero);
    }

    [Test]
    public void Delay_WhenRandom_IsWithinItsFactorAndFromTheSeed()
    {
        var backoff = new ExponentialBackoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(8), 0.5);
        double[] once = [.. Enumerable.Range(0, 100).Select(i => backoff.Delay(i, System.Random.Stream($"x{i}")).TotalSeconds)];
        double[] again = [.. Enumerable.Range(0, 100).Select(i => backoff.Delay(i, System.Random.Stream($"x{i}")).TotalSeconds)];

        Assert.That(once, Is.EqualTo(again));
        Assert.That(once[..3].Zip([1.0, 2, 4]), Has.All.Matches<(double Delay, double Base)>(p => p.Delay >= p.Base && p.Delay <= p.Base * 1.5));
        Assert.That(once[3..], Has.All.InRange(8, 12));
        Assert.That(once[3..].Distinct().Count(), Is.GreaterThan(50));
    }

    [Test]
    public void Backoff_WhenWrong_IsRefused()
    {
        var wrong = new BackoffOptions(new Probe.Script().Props, "child", new ExponentialBackoff(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1), 0));

        Assert.That(() => BackoffSupervisor.Props(wrong), Throws.ArgumentException.With.Message.Contains("0 < min <= max"));
    }

    private (IActorRef Supervisor, Probe.Script Child) Start(BackoffOptions options)
    {
        Probe.Script child = null!;
        child = new Probe.Script
        {
            OnReceive = (p, message) =>
            {
                switch (message)
                {
                    case "stop":
                        p.Context.Stop(p.Self);
                        break;
                    case "boom":
                        throw new InvalidOperationException("bad");
                    default:
                        child.Log.Add(message);
                        break;
                }

                return true;
            },
        };
        IActorRef supervisor = System.ActorOf(BackoffSupervisor.Props(options with { ChildProps = child.Props }), "supervisor");
        Run();
        return (supervisor, child);
    }

    private void Tell(IActorRef actor, object message)
    {
        actor.Tell(message);
        Run();
    }

    private T Ask<T>(IActorRef actor, object message)
    {
        Task<T> answer = actor.Ask<T>(message, TimeSpan.FromSeconds(1));
        Run();
        return answer.Result;
    }

    private int Count(IActorRef supervisor) =>
        Ask<BackoffSupervisor.RestartCount>(supervisor, new BackoffSupervisor.GetRestartCount()).Count;
}
