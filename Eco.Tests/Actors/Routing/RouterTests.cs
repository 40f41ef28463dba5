using System.Globalization;
using Eco.Runtime.Actors;
using Eco.Runtime.Actors.Routing;
using Eco.Runtime.Simulation;
using NUnit.Framework;

namespace Eco.Tests.Actors.Routing;

internal sealed class RouterTests : RouterFixture
{
    [SetUp]
    public void Forget()
    {
        Log.Clear();
        Born.Clear();
        Senders.Clear();
    }

    [Test]
    public void RoundRobinPool_WhenMessagesCome_GivesThemToOneRouteeAfterTheOther()
    {
        IActorRef router = NewRouter(Worker.WithRouter(new RoundRobinPool(3)));
        Send(router, 1, 2, 3, 4);

        Assert.That(Log.Order(), Is.EqualTo(new[] { "$a:1", "$a:4", "$b:2", "$c:3" }));
    }

    [Test]
    public void RoundRobinGroup_WhenMessagesCome_GivesThemToOneRouteeAfterTheOther()
    {
        IActorRef router = NewRouter(Props.Empty.WithRouter(new RoundRobinGroup(Workers("x", "y"))));
        Send(router, 1, 2, 3);

        Assert.That(Log.Order(), Is.EqualTo(new[] { "x:1", "x:3", "y:2" }));
    }

    [Test]
    public void BroadcastPool_WhenAMessageComes_GivesItToAll()
    {
        IActorRef router = NewRouter(new BroadcastPool(3).Props(Worker));
        Send(router, 1);

        Assert.That(Log, Is.EqualTo(new[] { "$a:1", "$b:1", "$c:1" }));
    }

    [Test]
    public void BroadcastGroup_WhenAMessageComes_GivesItToAll()
    {
        IActorRef router = NewRouter(new BroadcastGroup(Workers("x", "y")).Props());
        Send(router, 1);

        Assert.That(Log, Is.EqualTo(new[] { "x:1", "y:1" }));
    }

    [Test]
    public void Broadcast_WhenSentToARouterOfAnotherKind_ReachesAllRoutees()
    {
        IActorRef router = NewRouter(Worker.WithRouter(new RoundRobinPool(2)));
        Send(router, new Broadcast("all"), "one");

        Assert.That(Log.Order(), Is.EqualTo(new[] { "$a:all", "$a:one", "$b:all" }));
    }

    [Test]
    public void Routee_WhenItAnswers_SeesTheFirstSenderAndTheRouterAsItsParent()
    {
        IActorRef? parent = null;
        IActorRef router = NewRouter(Props.Create(() => new Probe(new Probe.Script
        {
            OnReceive = (p, message) =>
            {
                parent = p.Context.Parent;
                p.Sender.Tell($"answer to {message}", p.Self);
                return true;
            },
        })).WithRouter(new RoundRobinPool(1)));
        Task<string> answer = router.Ask<string>("question", TimeSpan.FromSeconds(1));
        Run();

        Assert.That(answer.Result, Is.EqualTo("answer to question"));
        Assert.That(parent, Is.SameAs(router));
    }

    [Test]
    public void Router_WhenOnePairSends_KeepsTheOrderForEachRoutee()
    {
        IActorRef router = NewRouter(Worker.WithRouter(new RoundRobinPool(2)));
        Send(router, [.. Enumerable.Range(0, 100).Cast<object>()]);

        foreach (string routee in new[] { "$a", "$b" })
        {
            int[] got = [.. Log.Where(line => line.StartsWith(routee, StringComparison.Ordinal)).Select(line => int.Parse(line[3..], CultureInfo.InvariantCulture))];
            Assert.That(got, Has.Length.EqualTo(50).And.Ordered);
        }
    }

    [Test]
    public void Failure_WhenThePoolHasNoStrategy_EscalatesAndTheRoutersSupervisorRestartsAllRouteesWithTheirMailboxes()
    {
        IActorRef router = NewRouter(Worker.WithRouter(new RoundRobinPool(2)));
        Send(router, "boom", 1, 2, 3);

        Assert.That(Born, Is.EqualTo(new[] { "$a", "$b", "$a", "$b" }), "restarted, not stopped and made anew under other names");
        Assert.That(Log.Order(), Is.EqualTo(new[] { "$a:2", "$b:1", "$b:3" }));
        Assert.That(System.Metrics.Escalations, Is.EqualTo(1));
        Assert.That(RouteesOf(router), Has.Count.EqualTo(2));
    }

    [Test]
    public void Failure_WhenThePoolHasAStrategy_IsDecidedByTheRouter()
    {
        IActorRef router = NewRouter(Worker.WithRouter(new RoundRobinPool(2)
        {
            SupervisorStrategy = new OneForOneStrategy(_ => Directive.Restart),
        }));
        Send(router, "boom", 1);

        Assert.That(Born, Is.EqualTo(new[] { "$a", "$b", "$a" }));
        Assert.That(System.Metrics.Escalations, Is.Zero);
    }

    [Test]
    public void Failure_OfAGroupsRoutee_IsItsOwnSupervisorsAffair()
    {
        IActorRef router = NewRouter(Props.Empty.WithRouter(new RoundRobinGroup(Workers("x", "y"))));
        Send(router, "boom", 1, 2);

        Assert.That(Born, Is.EqualTo(new[] { "x", "y", "x" }));
        Assert.That(Log.Order(), Is.EqualTo(new[] { "x:2", "y:1" }));
    }

    [Test]
    public void Pool_WhenARouteeStops_GoesOnWithTheOthers()
    {
        IActorRef router = NewRouter(Worker.WithRouter(new RoundRobinPool(3)));
        System.Stop(RouteeAt(router, 1));
        Run();
        Send(router, 1, 2, 3, 4);

        Assert.That(Log.Order(), Is.EqualTo(new[] { "$a:1", "$a:3", "$c:2", "$c:4" }));
        Assert.That(PublishedOf<DeadLetter>(), Is.Empty);
    }

    [Test]
    public void Pool_WhenTheLastRouteeStops_StopsItself()
    {
        IActorRef router = NewRouter(Worker.WithRouter(new RoundRobinPool(2)));
        bool gone = WatchFor(router);
        Send(router, new Broadcast(PoisonPill.Instance));

        Assert.That((gone, WatchedGone), Is.EqualTo((false, true)));
    }

    [Test]
    public void Group_WhenARouteeStops_GoesOnWithTheOthersAndEndsWithTheLast()
    {
        IActorRef[] workers = Workers("x", "y");
        IActorRef router = NewRouter(Props.Empty.WithRouter(new RoundRobinGroup(workers)));
        WatchFor(router);
        System.Stop(workers[0]);
        Run();
        Send(router, 1, 2);
        Assert.That(Log, Is.EqualTo(new[] { "y:1", "y:2" }));

        System.Stop(workers[1]);
        Run();
        Assert.That(WatchedGone);
    }

    [Test]
    public void Router_WhenItHasNoRoutees_MakesDeadLetters([Values] bool isBroadcast)
    {
        IActorRef router = NewRouter(Worker.WithRouter(isBroadcast ? new BroadcastPool(0) : new RoundRobinPool(0)));
        Send(router, 1, new Broadcast(2));

        Assert.That(PublishedOf<DeadLetter>().Select(letter => letter.Message), Is.EqualTo(new[] { 1, 2 }));
        Assert.That(PublishedOf<DeadLetter>().Select(letter => letter.Recipient), Is.All.SameAs(router));
    }

    [Test]
    public void PoisonPill_WhenSentToARouter_StopsTheRouterAndThePoolsRoutees()
    {
        IActorRef router = NewRouter(Worker.WithRouter(new RoundRobinPool(2)));
        IActorRef routee = RouteeAt(router, 0);
        WatchFor(routee);
        Send(router, PoisonPill.Instance);

        Assert.That(WatchedGone);
        Assert.That(Log, Is.Empty, "no routee got the pill as a message");
    }

    [Test]
    public void PoisonPill_WhenSentToAGroupsRouter_LeavesTheRoutees()
    {
        IActorRef[] workers = Workers("x");
        IActorRef router = NewRouter(Props.Empty.WithRouter(new RoundRobinGroup(workers)));
        Send(router, PoisonPill.Instance);
        Send(workers[0], 1);

        Assert.That(Log, Is.EqualTo(new[] { "x:1" }));
    }

    [Test]
    public void PoisonPill_WhenBroadcast_LetsEachRouteeFinishWhatItHas()
    {
        IActorRef router = NewRouter(Worker.WithRouter(new RoundRobinPool(2)));
        Send(router, 1, 2, 3, 4, new Broadcast(PoisonPill.Instance));

        Assert.That(Log.Order(), Is.EqualTo(new[] { "$a:1", "$a:3", "$b:2", "$b:4" }));
    }

    [Test]
    public void Kill_WhenSentToARouter_StopsIt()
    {
        IActorRef router = NewRouter(Worker.WithRouter(new RoundRobinPool(2)));
        WatchFor(router);
        Send(router, Kill.Instance);

        Assert.That(WatchedGone);
    }

    [Test]
    public void Identify_WhenSentToARouter_IsAnsweredByTheRouter()
    {
        IActorRef router = NewRouter(Worker.WithRouter(new RoundRobinPool(2)));
        Task<ActorIdentity> answer = router.Ask<ActorIdentity>(new Identify(7), TimeSpan.FromSeconds(1));
        Run();

        Assert.That(answer.Result, Is.EqualTo(new ActorIdentity(7, router)));
    }

    [Test]
    public void AdjustPoolSize_WhenPositiveAndNegative_AddsAndRemovesTheNewest()
    {
        IActorRef router = NewRouter(Worker.WithRouter(new RoundRobinPool(1)));
        Send(router, new AdjustPoolSize(2));
        Assert.That(RouteesOf(router), Has.Count.EqualTo(3));

        Send(router, new Broadcast("last words"), new AdjustPoolSize(-2), 1, 2);
        Assert.That(Log.Order(), Is.EqualTo(new[] { "$a:1", "$a:2", "$a:last words", "$b:last words", "$c:last words" }));
        Assert.That(PublishedOf<DeadLetter>(), Is.Empty);
    }

    [Test]
    public void AdjustPoolSize_WhenDownToNothing_StopsTheRouterAfterTheLastRoutee()
    {
        IActorRef router = NewRouter(Worker.WithRouter(new RoundRobinPool(2)));
        WatchFor(router);
        Send(router, 1, 2, new AdjustPoolSize(-5));

        Assert.That(Log.Order(), Is.EqualTo(new[] { "$a:1", "$b:2" }));
        Assert.That(WatchedGone);
    }

    [Test]
    public void AddRoutee_AndRemoveRoutee_ChangeAGroup()
    {
        IActorRef[] workers = Workers("x", "y");
        IActorRef router = NewRouter(Props.Empty.WithRouter(new RoundRobinGroup(workers[0])));
        Send(router, new AddRoutee(Routee.FromActorRef(workers[1])), 1, 2, new RemoveRoutee(Routee.FromActorRef(workers[0])), 3);

        Assert.That(Log.Order(), Is.EqualTo(new[] { "x:1", "y:2", "y:3" }));
        Send(workers[0], "alive");
        Assert.That(Log, Does.Contain("x:alive"));
    }

    [Test]
    public void Router_WhenItRestarts_KeepsItsRoutees()
    {
        IActorRef[] workers = Workers("x", "y");
        IActorRef parent = Spawn(new Probe.Script
        {
            Strategy = new OneForOneStrategy(_ => Directive.Restart),
            OnPreStart = p => p.Context.ActorOf(Props.Empty.WithRouter(new RoundRobinGroup(workers[0])), "router"),
            OnReceive = (p, message) =>
            {
                p.Context.Child("router").Tell(message is "kill" ? Kill.Instance : message);
                return true;
            },
        });
        Run();
        Send(parent, new AddRoutee(Routee.FromActorRef(workers[1])), "kill", 1, 2);

        Assert.That(System.Metrics.Restarts, Is.EqualTo(1));
        Assert.That(Log.Order(), Is.EqualTo(new[] { "x:1", "y:2" }));
    }

    [Test]
    public void SelfMadeRouter_WhenItsActorRoutes_FollowsTheLogic()
    {
        IActorRef[] workers = Workers("x", "y");
        var router = new Router(new RoundRobinRoutingLogic(), workers);
        IActorRef actor = Spawn(new Probe.Script
        {
            OnReceive = (p, message) =>
            {
                router.Route(message, p.Sender);
                return true;
            },
        });
        Send(actor, 1, 2, 3, new Broadcast(4));

        Assert.That(Log.Order(), Is.EqualTo(new[] { "x:1", "x:3", "x:4", "y:2", "y:4" }));
    }

    [Test]
    public void Router_InTheSimulatedWorld_RoutesAndSurvivesAFailure([Range(1, 5)] int seed)
    {
        using var world = new SimulatedWorld((ulong)seed);
        SimulatedHost host = world.AddHost("host", new SimulatedHostOptions(), _ => { });
        IActorRef router = host.System.ActorOf(Worker.WithRouter(new RoundRobinPool(3)), "router");
        foreach (object message in new object[] { 1, "boom", 3, 4, 5, 6 })
        {
            router.Tell(message, ActorRefs.NoSender);
        }

        world.RunToQuiescence(TimeSpan.FromMinutes(1));

        Assert.That(Log.Order(), Is.EqualTo(new[] { "$a:1", "$a:4", "$b:5", "$c:3", "$c:6" }));
        Assert.That(Born, Has.Count.EqualTo(6));
    }

    private bool WatchedGone { get; set; }

    private bool WatchFor(IActorRef actor)
    {
        WatchedGone = false;
        Spawn(new Probe.Script
        {
            OnPreStart = p => p.Context.Watch(actor),
            OnReceive = (_, message) => WatchedGone |= message is Terminated,
        });
        Run();
        return WatchedGone;
    }
}
