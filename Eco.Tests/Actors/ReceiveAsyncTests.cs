using Eco.Runtime.Actors;
using NUnit.Framework;

namespace Eco.Tests.Actors;

internal sealed class ReceiveAsyncTests : ActorFixture
{
    private TaskCompletionSource<string> _source = null!;
    private List<object> _log = null!;

    [SetUp]
    public void SetUp()
    {
        _source = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        _log = [];
    }

    [Test]
    public void Handler_WhenItAwaits_MessagesWaitAndItResumesOnTheActor()
    {
        IActorRef actor = Start();
        (IActorRef sender, List<object> answers) = Recorder();
        actor.Tell("work", sender);
        actor.Tell("next");
        Run();
        Assert.That(_log, Is.EqualTo(new[] { "started" }));

        _source.SetResult("result");
        Run();
        Assert.That(_log, Is.EqualTo(new[] { "started", "resumed result on eco://test/user/async", "next" }));
        Assert.That(answers, Is.EqualTo(new[] { "answer" }), "Sender is kept");
    }

    [Test]
    public void Handler_WhenItEndsAtOnce_NothingWaits()
    {
        _source.SetResult("now");
        IActorRef actor = Start();
        actor.Tell("work");
        actor.Tell("next");
        Run();

        Assert.That(_log, Has.Count.EqualTo(3));
    }

    [Test]
    public void Handler_WhenItFailsAfterAnAwait_TheActorRestarts()
    {
        IActorRef actor = Start();
        actor.Tell("work");
        actor.Tell("next");
        Run();
        _source.SetException(new FormatException("bad"));
        Run();

        Assert.That(System.Metrics, Has.Property("Failures").EqualTo(1).And.Property("Restarts").EqualTo(1));
        Assert.That(_log, Is.EqualTo(new[] { "started", "PreRestart work", "next" }));
    }

    [Test]
    public void Handler_WhenTheActorStopsMeanwhile_TheContinuationIsDropped()
    {
        IActorRef actor = Start();
        actor.Tell("work");
        Run();
        System.Stop(actor);
        Run();
        _source.SetResult("late");
        Run();

        Assert.That(_log, Is.EqualTo(new[] { "started", "stopped" }));
    }

    [Test]
    public void Handler_WhenManyAwaits_AllResumeOnTheActor()
    {
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var second = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        IActorRef actor = System.ActorOf(Props.Create(() => new Stepping(first.Task, second.Task, _log)));
        actor.Tell("go");
        Run();
        first.SetResult();
        Run();
        second.SetResult();
        Run();

        Assert.That(_log, Is.EqualTo(new[] { "0", "1", "2" }));
        Assert.That(SynchronizationContext.Current, Is.Null.Or.Not.TypeOf<ActorSynchronizationContext>(), "the test's thread is as before");
    }

    [Test]
    public void Handler_WhenItAsksAnotherActor_TheAnswerComesInTheDeterministicWorldToo()
    {
        IActorRef other = Spawn(new Probe.Script
        {
            OnReceive = (p, _) =>
            {
                p.Sender.Tell("pong");
                return true;
            },
        });
        IActorRef actor = System.ActorOf(Props.Create(() => new Asking(other, _log)));
        actor.Tell("ping");
        Run();

        Assert.That(_log, Is.EqualTo(new[] { "pong" }));
    }

    [Test]
    public void Handler_WhileItAwaits_SystemMessagesGoOn()
    {
        var child = new Probe.Script { OnReceive = (_, _) => throw new FormatException("bad") };
        IActorRef? childRef = null;
        IActorRef actor = System.ActorOf(Props.Create(() => new Working(_source.Task, _log, c => childRef = c.ActorOf(child.Props, "child"))), "async");
        actor.Tell("work");
        Run();
        childRef!.Tell("boom");
        Run();

        Assert.That(child.Instances, Is.EqualTo(2), "supervision does not wait");
    }

    private IActorRef Start()
    {
        IActorRef actor = System.ActorOf(Props.Create(() => new Working(_source.Task, _log, _ => { })), "async");
        Run();
        return actor;
    }

    private sealed class Working : ReceiveActor
    {
        private readonly List<object> _log;
        private readonly Action<IActorContext> _onStart;

        public Working(Task<string> task, List<object> log, Action<IActorContext> onStart)
        {
            _log = log;
            _onStart = onStart;
            ReceiveAsync<string>(
                async _ =>
                {
                    log.Add("started");
                    string result = await task;
                    log.Add($"resumed {result} on {ActorCell.Current}");
                    Sender.Tell("answer");
                },
                text => text == "work");
            Receive<string>(log.Add);
        }

        protected override void PreStart() => _onStart(Context);

        protected override void PreRestart(Exception reason, object? message)
        {
            _log.Add($"PreRestart {message}");
        }

        protected override void PostStop() => _log.Add("stopped");
    }

    private sealed class Stepping : ReceiveActor
    {
        public Stepping(Task first, Task second, List<object> log) => ReceiveAsync<string>(async _ =>
        {
            log.Add("0");
            await first;
            log.Add(ReferenceEquals(ActorCell.Current, Self) ? "1" : "elsewhere");
            await second;
            log.Add(ReferenceEquals(ActorCell.Current, Self) ? "2" : "elsewhere");
        });
    }

    private sealed class Asking : ReceiveActor
    {
        public Asking(IActorRef other, List<object> log) =>
            ReceiveAsync<string>(async text => log.Add(await other.Ask<string>(text, TimeSpan.FromSeconds(1))));
    }
}
