using Eco.Runtime.Actors;
using Eco.Runtime.Simulation;
using NUnit.Framework;

namespace Eco.Tests.Actors;

internal sealed class AllForOneTests : ActorFixture
{
    private readonly Dictionary<string, Probe.Script> _children = [];
    private readonly List<string> _hooks = [];

    [SetUp]
    public void Forget()
    {
        _children.Clear();
        _hooks.Clear();
    }

    [Test]
    public void Restart_WhenOneChildFails_RestartsAllWithTheirMailboxes()
    {
        IActorRef parent = Family(new AllForOneStrategy(_ => Directive.Restart));
        parent.Tell("a boom");
        parent.Tell("b after");
        parent.Tell("a after");
        Run();

        Assert.That(Instances(), Is.EqualTo(new[] { 2, 2, 2 }));
        Assert.That(_hooks, Is.EquivalentTo(new[] { "a lost a boom", "b lost nothing", "c lost nothing" }));
        Assert.That(_children["b"].Log, Is.EqualTo(new[] { "b after" }));
        Assert.That(_children["a"].Log, Is.EqualTo(new[] { "a after" }));
    }

    [Test]
    public void Siblings_WhileTheyWaitForTheirRestart_HandleNothing()
    {
        IActorRef parent = Family(new AllForOneStrategy(_ => Directive.Restart)
        {
            RestartBackoff = new ExponentialBackoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(8), 0),
        });
        parent.Tell("a boom");
        Run();
        parent.Tell("b meanwhile");
        AdvanceSeconds(0.9);
        Assert.That((Instances(), _children["b"].Log), Is.EqualTo((new[] { 1, 1, 1 }, new List<object>())));

        AdvanceSeconds(0.1);
        Assert.That(Instances(), Is.EqualTo(new[] { 2, 2, 2 }));
        Assert.That(_children["b"].Log, Is.EqualTo(new[] { "b meanwhile" }));
    }

    [Test]
    public void RestartBackoff_WhenAChildStopsMeanwhile_TheOthersAreRestarted()
    {
        IActorRef parent = Family(new AllForOneStrategy(_ => Directive.Restart)
        {
            RestartBackoff = new ExponentialBackoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(8), 0),
        });
        parent.Tell("a boom");
        Run();
        parent.Tell("stop b");
        AdvanceSeconds(2);

        Assert.That(Instances(), Is.EqualTo(new[] { 2, 1, 2 }));
    }

    [Test]
    public void Stop_WhenDecided_StopsAll()
    {
        IActorRef parent = Family(new AllForOneStrategy(_ => Directive.Stop));
        parent.Tell("a boom");
        parent.Tell("count");
        Run();
        parent.Tell("count");
        Run();

        Assert.That(_hooks, Is.EqualTo(new[] { "3 children", "0 children" }));
    }

    [Test]
    public void Resume_WhenDecided_ConcernsTheFailedChildOnly()
    {
        IActorRef parent = Family(new AllForOneStrategy(_ => Directive.Resume));
        parent.Tell("a boom");
        parent.Tell("a after");
        Run();

        Assert.That(Instances(), Is.EqualTo(new[] { 1, 1, 1 }));
        Assert.That(_children["a"].Log, Is.EqualTo(new[] { "a after" }));
    }

    [Test]
    public void Escalate_WhenDecided_FailsTheSupervisor()
    {
        IActorRef parent = Family(new AllForOneStrategy(_ => Directive.Escalate));
        parent.Tell("a boom");
        Run();

        Assert.That(System.Metrics.Escalations, Is.EqualTo(1));
        Assert.That(Instances(), Is.EqualTo(new[] { 2, 2, 2 }), "the guardian restarted the parent, which made them again");
    }

    [Test]
    public void Retries_WhenPastTheLimitInTheWindow_StopAll()
    {
        IActorRef parent = Family(new AllForOneStrategy(2, TimeSpan.FromMinutes(1), _ => Directive.Restart));
        parent.Tell("a boom");
        Run();
        parent.Tell("b boom");
        Run();
        Assert.That(Instances(), Is.EqualTo(new[] { 3, 3, 3 }), "the limit is each child's, and every restart counts for all");

        parent.Tell("c boom");
        Run();
        parent.Tell("count");
        Run();
        Assert.That(_hooks[^1], Is.EqualTo("0 children"));
    }

    [Test]
    public void Retries_WhenTheWindowHasPassed_CountAgain()
    {
        IActorRef parent = Family(new AllForOneStrategy(1, TimeSpan.FromMinutes(1), _ => Directive.Restart));
        parent.Tell("a boom");
        AdvanceSeconds(61);
        parent.Tell("b boom");
        Run();

        Assert.That(Instances(), Is.EqualTo(new[] { 3, 3, 3 }));
    }

    [Test]
    public void Failures_WhenTwoChildrenFailAtOnce_AllGoOnAfterwards()
    {
        IActorRef parent = Family(new AllForOneStrategy(_ => Directive.Restart));
        parent.Tell("a boom");
        parent.Tell("b boom");
        parent.Tell("c after");
        parent.Tell("b after");
        Run();

        Assert.That(Instances(), Is.EqualTo(new[] { 3, 3, 3 }), "each failure restarts all");
        Assert.That((_children["b"].Log, _children["c"].Log), Is.EqualTo((new List<object> { "b after" }, new List<object> { "c after" })));
    }

    [Test]
    public void Restart_InTheSimulatedWorld_RestartsAll([Range(1, 5)] int seed)
    {
        using var world = new SimulatedWorld((ulong)seed);
        SimulatedHost host = world.AddHost("host", new SimulatedHostOptions(), _ => { });
        IActorRef parent = host.System.ActorOf(FamilyProps(new AllForOneStrategy(_ => Directive.Restart)
        {
            RestartBackoff = new ExponentialBackoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(8), 0.2),
        }));
        parent.Tell("a boom", ActorRefs.NoSender);
        world.RunFor(TimeSpan.FromSeconds(0.9));
        Assert.That(Instances(), Is.EqualTo(new[] { 1, 1, 1 }));

        world.RunFor(TimeSpan.FromSeconds(0.4));
        Assert.That(Instances(), Is.EqualTo(new[] { 2, 2, 2 }));
    }

    private int[] Instances() => [_children["a"].Instances, _children["b"].Instances, _children["c"].Instances];

    private IActorRef Family(AllForOneStrategy strategy)
    {
        IActorRef parent = System.ActorOf(FamilyProps(strategy), "parent");
        Run();
        return parent;
    }

    private Props FamilyProps(AllForOneStrategy strategy) => new Probe.Script
    {
        Strategy = strategy,
        OnPreStart = p =>
        {
            foreach (string name in new[] { "a", "b", "c" })
            {
                p.Context.ActorOf(ChildOf(name).Props, name);
            }
        },
        OnReceive = (p, message) =>
        {
            switch ((string)message)
            {
                case "count":
                    _hooks.Add($"{p.Context.GetChildren().Count} children");
                    break;
                case "stop b":
                    p.Context.Stop(p.Context.Child("b"));
                    break;
                case string text:
                    p.Context.Child(text[..1]).Tell(text);
                    break;
            }

            return true;
        },
    }.Props;

    private Probe.Script ChildOf(string name)
    {
        if (!_children.TryGetValue(name, out Probe.Script? script))
        {
            List<object> log = [];
            script = new Probe.Script
            {
                Log = log,
                OnReceive = (_, message) =>
                {
                    if (((string)message).EndsWith("boom", StringComparison.Ordinal))
                    {
                        throw new InvalidOperationException("bad");
                    }

                    log.Add(message);
                    return true;
                },
                OnPreRestart = (_, _, message) => _hooks.Add($"{name} lost {message ?? "nothing"}"),
            };
            _children.Add(name, script);
        }

        return script;
    }
}
