using Eco.Runtime.Actors;
using Eco.Runtime.Dispatch;
using NUnit.Framework;

namespace Eco.Tests.Actors;

internal sealed class ActorSystemTests : ActorFixture
{
    [Test]
    public void Terminate_WhenThereAreActors_StopsUserChildrenFirstThenSystem()
    {
        var log = new List<string>();
        Probe.Script Logging(string name) => new() { OnPostStop = _ => log.Add(name) };
        System.SystemActorOf(Logging("system").Props, "s");
        Spawn(new Probe.Script { OnPreStart = p => p.Context.ActorOf(Logging("child").Props), OnPostStop = _ => log.Add("parent") });
        Run();
        Task ended = System.Terminate();
        Assert.That(ended.IsCompleted, Is.False);
        Run();

        Assert.That(log, Is.EqualTo(new[] { "child", "parent", "system" }));
        Assert.That(ended.IsCompletedSuccessfully);
        Assert.That(() => System.ActorOf(new Probe.Script().Props), Throws.TypeOf<IllegalActorStateException>());
    }

    [Test]
    public void Terminate_WhileItLasts_NoTopLevelActorIsCreated()
    {
        System.Terminate();
        Run();

        Assert.That(() => System.ActorOf(new Probe.Script().Props, "late"), Throws.TypeOf<IllegalActorStateException>());
    }

    [Test]
    public void Abort_WhenCalled_EndsEverythingWithoutHooks()
    {
        var log = new List<object>();
        IActorRef actor = Spawn(new Probe.Script
        {
            OnPreStart = p => p.Timers.StartPeriodicTimer("k", "tick", TimeSpan.FromSeconds(1)),
            OnPostStop = _ => log.Add("PostStop"),
            OnReceive = (_, message) =>
            {
                log.Add(message);
                return true;
            },
        });
        Run();
        actor.Tell("waiting");
        System.Abort();
        actor.Tell("later");
        AdvanceSeconds(5);

        Assert.That(log, Is.Empty);
        Assert.That(Clock.ActiveTimers, Is.Zero);
        Assert.That(Dispatcher.Waiting, Is.Zero);
        Assert.That(System.WhenTerminated.IsCompleted);
        Assert.That(() => System.ActorOf(new Probe.Script().Props), Throws.TypeOf<IllegalActorStateException>());
    }

    [Test]
    public void Abort_InTheMiddleOfAHandler_NothingElseRuns()
    {
        var log = new List<object>();
        IActorRef actor = Spawn(new Probe.Script
        {
            OnReceive = (_, message) =>
            {
                log.Add(message);
                System.Abort();
                throw new InvalidOperationException("the host has crashed");
            },
        });
        actor.Tell(1);
        actor.Tell(2);
        Run();

        Assert.That(log, Is.EqualTo(new object[] { 1 }));
        Assert.That(System.Metrics.Failures, Is.Zero);
        Assert.That(Published, Is.Empty);
    }

    [Test]
    public void Abort_WhenAnAskIsOpen_ItTimesOut()
    {
        (IActorRef actor, _) = Recorder();
        Task<string> answer = actor.Ask<string>("x", TimeSpan.FromSeconds(1));
        System.Abort();
        AdvanceSeconds(1);

        Assert.That(answer.IsFaulted);
    }

    [Test]
    public void Systems_WhenManyShareOneProcess_NumberTheirActorsAlone()
    {
        ActorSystem other = ActorSystem.Create("test", new ActorSystemSettings { Dispatcher = Dispatcher, TimeProvider = Clock });
        ActorSystem third = ActorSystem.Create("test", new ActorSystemSettings { Dispatcher = Dispatcher, TimeProvider = Clock });
        for (int i = 0; i < 3; i++)
        {
            other.ActorOf(new Probe.Script().Props);
        }

        Assert.That(
            third.ActorOf(new Probe.Script().Props).Path,
            Is.EqualTo(new ActorPath("eco://test/user/$a", 1)));
    }

    [Test]
    public void ActorOf_ForNames_FollowsAkkasRules()
    {
        Assert.That(System.ActorOf(new Probe.Script().Props).Path.Name, Is.EqualTo("$a"));
        Assert.That(System.ActorOf(new Probe.Script().Props).Path.Name, Is.EqualTo("$b"));
        Assert.That(System.ActorOf(new Probe.Script().Props, "edge-1").Path.Address, Is.EqualTo("eco://test/user/edge-1"));
        Assert.That(() => System.ActorOf(new Probe.Script().Props, "edge-1"), Throws.TypeOf<InvalidActorNameException>().With.Message.Contains("'edge-1' is not unique"));
        Assert.That(() => System.ActorOf(new Probe.Script().Props, "$x"), Throws.TypeOf<InvalidActorNameException>());
        Assert.That(() => System.ActorOf(new Probe.Script().Props, ""), Throws.TypeOf<InvalidActorNameException>());
        Assert.That(() => System.ActorOf(new Probe.Script().Props, "a/b"), Throws.TypeOf<InvalidActorNameException>().With.Message.Contains("'/'"));
    }

    [Test]
    public void ActorOf_WhenTheNameIsFreeAgain_MakesAnotherIncarnation()
    {
        IActorRef first = System.ActorOf(new Probe.Script().Props, "same");
        System.Stop(first);
        Run();
        IActorRef second = System.ActorOf(new Probe.Script().Props, "same");

        Assert.That(second.Path.Address, Is.EqualTo(first.Path.Address));
        Assert.That(second, Is.Not.EqualTo(first));
        Assert.That(second.CompareTo(first), Is.Positive);
    }

    [Test]
    public void Props_WhenWithArguments_CallsTheConstructor()
    {
        var log = new List<object>();
        IActorRef actor = System.ActorOf(Props.Create<Keeping>(log, "prefix"));
        actor.Tell("x");
        Run();

        Assert.That(log, Is.EqualTo(new[] { "prefix x" }));
    }

    [Test]
    public void Extension_WhenRegistered_IsFoundByType()
    {
        System.RegisterExtension(new List<int> { 7 });

        Assert.That(System.Extension<List<int>>(), Is.EqualTo(new[] { 7 }));
        Assert.That(System.TryExtension<List<string>>(), Is.Null);
        Assert.That(() => System.Extension<List<string>>(), Throws.InvalidOperationException);
        Assert.That(() => System.RegisterExtension(new List<int>()), Throws.InvalidOperationException);
    }

    [Test]
    public void Runner_WhenAnActivityFails_PublishesIt()
    {
        System.Runner.Run("a loop", () => throw new FormatException("bad"));
        Run();

        Assert.That(PublishedOf<BackgroundFailure>().Single(), Has.Property("Activity").EqualTo("a loop"));
        Assert.That(System.Metrics.RunnerFailures, Is.EqualTo(1));
    }

    [Test]
    public void Metrics_WhenActorsComeAndGo_CountAllMessages()
    {
        long before = System.Metrics.MessagesProcessed;
        for (int i = 0; i < 3; i++)
        {
            (IActorRef actor, _) = Recorder();
            actor.Tell(1);
            actor.Tell(2);
            Run();
            System.Stop(actor);
            Run();
        }

        Assert.That(System.Metrics.MessagesProcessed - before, Is.EqualTo(6));
    }

    [Test]
    public void Children_WhenListed_AreInOrderOfCreation()
    {
        string[] names = [];
        Spawn(new Probe.Script
        {
            OnPreStart = p =>
            {
                foreach (string name in new[] { "z", "a", "m" })
                {
                    p.Context.ActorOf(new Probe.Script().Props, name);
                }

                names = [.. p.Context.GetChildren().Select(c => c.Path.Name)];
                Assert.That(p.Context.Child("a").IsNobody(), Is.False);
                Assert.That(p.Context.Child("b").IsNobody(), Is.True);
            },
        });
        Run();

        Assert.That(names, Is.EqualTo(new[] { "z", "a", "m" }));
    }

    private sealed class Keeping(List<object> log, string prefix) : UntypedActor
    {
        protected override void OnReceive(object message) => log.Add($"{prefix} {message}");
    }
}
