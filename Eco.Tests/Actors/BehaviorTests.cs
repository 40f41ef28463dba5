using Eco.Runtime.Actors;
using NUnit.Framework;

namespace Eco.Tests.Actors;

internal sealed class BehaviorTests : ActorFixture
{
    [Test]
    public void Receive_WhenManyFit_TheFirstDeclaredHandles()
    {
        List<object> log = Declared((actor, l) =>
        {
            actor.On<string>(s => l.Add("long " + s), s => s.Length > 3);
            actor.On<string>(s => l.Add("text " + s));
            actor.On<object>(o => l.Add("any " + o));
        });

        Assert.That(log, Is.EqualTo(new[] { "text abc", "long abcd", "any 7" }));

        List<object> Declared(Action<Open, List<object>> declare) => Tell(declare, "abc", "abcd", 7);
    }

    [Test]
    public void Receive_WhenTheFunctionReturnsFalse_TheNextHandlerGetsIt() =>
        Assert.That(
            Tell(
                (actor, log) =>
                {
                    actor.OnDecide<int>(i =>
                    {
                        log.Add($"tried {i}");
                        return i > 1;
                    });
                    actor.On<int>(i => log.Add($"second {i}"));
                },
                1,
                2),
            Is.EqualTo(new[] { "tried 1", "second 1", "tried 2" }));

    [Test]
    public void Receive_WhenTheTypeIsABaseOrInterface_Fits() =>
        Assert.That(
            Tell(
                (actor, log) =>
                {
                    actor.On<IComparable>(c => log.Add($"comparable {c}"));
                    actor.On<Exception>(e => log.Add($"exception {e.Message}"));
                },
                "a",
                new InvalidOperationException("b")),
            Is.EqualTo(new[] { "comparable a", "exception b" }));

    [Test]
    public void Unhandled_WhenNothingFits_IsPublished()
    {
        (IActorRef sender, _) = Recorder();
        IActorRef actor = System.ActorOf(Props.Create(() => new Open(a => a.On<string>(_ => { }))));
        actor.Tell(7, sender);
        Run();

        Assert.That(PublishedOf<UnhandledMessage>().Single(), Is.EqualTo(new UnhandledMessage(7, sender, actor)));
        Assert.That(System.Metrics.Unhandled, Is.EqualTo(1));
    }

    [Test]
    public void ReceiveAny_WhenNotLast_IsRefused()
    {
        Exception? seen = null;
        System.ActorOf(Props.Create(() => new Open(a =>
        {
            a.OnAny(_ => { });
            seen = Assert.Throws<IllegalActorStateException>(() => a.On<string>(_ => { }));
        })));
        Run();

        Assert.That(seen!.Message, Does.Contain("after ReceiveAny"));
    }

    [Test]
    public void Receive_WhenDeclaredLater_IsRefused()
    {
        Exception? seen = null;
        IActorRef actor = System.ActorOf(Props.Create(() => new Open(a => a.On<string>(_ =>
            seen = Assert.Throws<IllegalActorStateException>(() => a.On<int>(_ => { }))))));
        actor.Tell("now");
        Run();

        Assert.That(seen, Is.Not.Null);
    }

    [Test]
    public void Become_WhenStacked_UnbecomeGoesBackStepByStep()
    {
        List<object> log = Tell(
            (actor, l) => Level(actor, l, 0),
            "up",
            "where",
            "up",
            "where",
            "down",
            "where",
            "down",
            "where",
            "down",
            "where");

        Assert.That(log, Is.EqualTo(new object[] { 1, 2, 1, 0, 0 }), "the first behaviour stays");

        static void Level(Open actor, List<object> l, int level)
        {
            actor.On<string>(_ => actor.Push(() => Level(actor, l, level + 1)), s => s == "up");
            actor.On<string>(_ => actor.Pop(), s => s == "down");
            actor.On<string>(_ => l.Add(level));
        }
    }

    [Test]
    public void Become_WhenNotStacked_ReplacesTheBehaviour()
    {
        List<object> log = Tell(
            (actor, l) => actor.On<string>(_ => actor.Replace(() => actor.On<string>(s => l.Add(s)))),
            "first",
            "second");

        Assert.That(log, Is.EqualTo(new[] { "second" }));
    }

    [Test]
    public void Become_WhenOnAStack_ReplacesOnlyTheTop()
    {
        List<object> log = Tell(
            (actor, l) =>
            {
                actor.On<string>(_ => actor.Push(() => actor.On<string>(_ => actor.Replace(() =>
                {
                    actor.On<string>(_ => actor.Pop(), s => s == "pop");
                    actor.On<string>(s => l.Add("third " + s));
                }))), s => s == "push");
                actor.On<string>(s => l.Add("first " + s));
            },
            "push",
            "replace",
            "x",
            "pop",
            "x");

        Assert.That(log, Is.EqualTo(new[] { "third x", "first x" }));
    }

    [Test]
    public void Become_InAnUntypedActor_ReplacesTheBehaviour()
    {
        var log = new List<object>();
        IActorRef actor = System.ActorOf(Props.Create<Plain>(log));
        foreach (string message in new[] { "a", "become", "b", "unbecome", "c" })
        {
            actor.Tell(message);
        }

        Run();
        Assert.That(log, Is.EqualTo(new[] { "first a", "second b", "first c" }));
    }

    [Test]
    public void Handlers_WhenManyTypesAlternate_AreAllFound()
    {
        List<object> log = Tell(
            (actor, l) =>
            {
                actor.On<int>(i => l.Add(i));
                actor.On<string>(s => l.Add(s));
                actor.On<double>(d => l.Add(d));
            },
            1,
            "a",
            2.5,
            2,
            "b",
            3.5,
            'x');

        Assert.That(log, Is.EqualTo(new object[] { 1, "a", 2.5, 2, "b", 3.5 }));
    }

    private List<object> Tell(Action<Open, List<object>> declare, params object[] messages)
    {
        var log = new List<object>();
        IActorRef actor = System.ActorOf(Props.Create(() => new Open(a => declare(a, log))));
        foreach (object message in messages)
        {
            actor.Tell(message);
        }

        Run();
        return log;
    }

    private sealed class Open : ReceiveActor
    {
        public Open(Action<Open> declare) => declare(this);

        public void On<T>(Action<T> handler, Predicate<T>? should = null) => Receive(handler, should);

        public void OnDecide<T>(Func<T, bool> handler) => Receive(handler);

        public void OnAny(Action<object> handler) => ReceiveAny(handler);

        public void Replace(Action configure) => Become(configure);

        public void Push(Action configure) => BecomeStacked(configure);

        public void Pop() => UnbecomeStacked();
    }

    private sealed class Plain(List<object> log) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is "become")
            {
                BecomeStacked(Second);
            }
            else
            {
                log.Add("first " + message);
            }
        }

        private void Second(object message)
        {
            if (message is "unbecome")
            {
                UnbecomeStacked();
            }
            else
            {
                log.Add("second " + message);
            }
        }
    }
}
