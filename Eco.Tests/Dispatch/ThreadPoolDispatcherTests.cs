using System.Collections.Concurrent;
using Eco.Runtime.Actors;
using NUnit.Framework;

namespace Eco.Tests.Dispatch;

/// <summary>The real world: many threads on the thread pool.</summary>
[NonParallelizable]
internal sealed class ThreadPoolDispatcherTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private ActorSystem _system = null!;

    [SetUp]
    public void SetUp() =>
        _system = ActorSystem.Create("real", new ActorSystemSettings { MailboxCapacityPerLane = int.MaxValue, Throughput = 13 });

    [TearDown]
    public async Task TearDown() => await _system.Terminate().WaitAsync(Limit);

    [Test]
    public async Task Tell_WhenManyThreadsSend_EachKeepsItsOrderAndNothingIsLost()
    {
        const int Senders = 8;
        const int Each = 50_000;
        IActorRef counter = _system.ActorOf(Props.Create(() => new OrderCheck(Senders, Each)));
        Task<string> verdict = counter.Ask<string>(new OrderCheck.Begin(), Limit);
        await Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => Task.Factory.StartNew(
            () =>
            {
                for (int i = 0; i < Each; i++)
                {
                    counter.Tell(new OrderCheck.Numbered(sender, i), ActorRefs.NoSender);
                }
            },
            TaskCreationOptions.LongRunning)));

        Assert.That(await verdict, Is.EqualTo("in order"));
    }

    [Test]
    public async Task Tell_WhenTheActorGoesIdleAgainAndAgain_NoWakeUpIsLost()
    {
        IActorRef echo = _system.ActorOf(Props.Create(() => new Echo()));
        for (int i = 0; i < 50_000; i++)
        {
            Assert.That(await echo.Ask<object>(i, Limit), Is.EqualTo(i));
        }
    }

    [Test]
    public async Task PingPong_WhenManyPairsTalk_OthersStillRun()
    {
        int pairs = Environment.ProcessorCount * 4;
        for (int i = 0; i < pairs; i++)
        {
            IActorRef a = _system.ActorOf(Props.Create(() => new Rally()));
            IActorRef b = _system.ActorOf(Props.Create(() => new Rally()));
            a.Tell("ball", b);
        }

        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ThreadPool.UnsafeQueueUserWorkItem(static source => source.SetResult(), reached, preferLocal: false);
        await reached.Task.WaitAsync(Limit);
        IActorRef echo = _system.ActorOf(Props.Create(() => new Echo()));

        Assert.That(await echo.Ask<string>("still here", Limit), Is.EqualTo("still here"));
    }

    [Test]
    public async Task Stop_WhileManySend_EachMessageIsHandledOrADeadLetter()
    {
        const int Senders = 4;
        const int Each = 20_000;
        var dead = new ConcurrentQueue<object>();
        IActorRef collector = _system.ActorOf(Props.Create(() => new Collector(dead)));
        _system.EventStream.Subscribe(collector, typeof(DeadLetter));
        int handled = 0;
        IActorRef victim = _system.ActorOf(Props.Create(() => new Counting(() => handled++)));
        await Task.WhenAll(Enumerable.Range(0, Senders).Select(_ => Task.Factory.StartNew(
            () =>
            {
                for (int i = 0; i < Each; i++)
                {
                    victim.Tell(i, ActorRefs.NoSender);
                    if (i == Each / 2)
                    {
                        _system.Stop(victim);
                    }
                }
            },
            TaskCreationOptions.LongRunning)));
        await collector.Ask<object>(Collector.Flush, Limit);
        await Eventually(() => _system.Metrics.MessagesProcessed > 0 && handled + dead.Count == Senders * Each);

        Assert.That(handled + dead.Count, Is.EqualTo(Senders * Each));
    }

    [Test]
    public async Task Watch_WhileActorsStop_EachIsNotifiedOnce()
    {
        const int Actors = 2_000;
        var done = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        IActorRef[] subjects = [.. Enumerable.Range(0, Actors).Select(_ => _system.ActorOf(Props.Create(() => new Echo())))];
        _system.ActorOf(Props.Create(() => new Mourner(subjects, done)));
        Parallel.ForEach(subjects, subject => subject.Tell(PoisonPill.Instance, ActorRefs.NoSender));

        Assert.That(await done.Task.WaitAsync(Limit), Is.EqualTo(Actors));
    }

    [Test]
    public async Task ReceiveAsync_WhenContinuationsRunElsewhere_TheActorStaysAlone()
    {
        IActorRef actor = _system.ActorOf(Props.Create(() => new Yielding()));
        for (int i = 0; i < 1_000; i++)
        {
            actor.Tell(i, ActorRefs.NoSender);
        }

        Assert.That(await actor.Ask<int>("count", Limit), Is.EqualTo(1_000));
    }

    [Test]
    public async Task Restarts_WhenUnderLoad_LoseOnlyTheFailingMessages()
    {
        int good = 0;
        IActorRef actor = _system.ActorOf(Props.Create(() => new Fragile(() => good++)));
        for (int i = 0; i < 10_000; i++)
        {
            actor.Tell(i % 10 == 0 ? "boom" : "good", ActorRefs.NoSender);
        }

        await actor.Ask<object>("end", Limit);

        Assert.That(good, Is.EqualTo(9_000));
        Assert.That(_system.Metrics.Restarts, Is.EqualTo(1_000));
    }

    private static async Task Eventually(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!condition() && !limit.IsCancellationRequested)
        {
            await Task.Yield();
        }
    }

    private sealed class OrderCheck : ReceiveActor
    {
        public OrderCheck(int senders, int each)
        {
            int[] next = new int[senders];
            int left = senders * each;
            string verdict = "in order";
            IActorRef? asker = null;
            Receive<Begin>(_ => asker = Sender);
            Receive<Numbered>(n =>
            {
                if (next[n.Sender]++ != n.Number)
                {
                    verdict = $"{n.Number} of sender {n.Sender} came when {next[n.Sender] - 1} was due";
                }

                if (--left == 0)
                {
                    asker!.Tell(verdict);
                }
            });
        }

        public sealed record Begin;

        public sealed record Numbered(int Sender, int Number);
    }

    private sealed class Echo : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(message);
    }

    private sealed class Rally : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(message);
    }

    private sealed class Counting(Action onMessage) : UntypedActor
    {
        protected override void OnReceive(object message) => onMessage();
    }

    private sealed class Collector(ConcurrentQueue<object> seen) : UntypedActor
    {
        public const string Flush = "flush";

        protected override void OnReceive(object message)
        {
            if (message is DeadLetter letter)
            {
                seen.Enqueue(letter.Message);
            }
            else
            {
                Sender.Tell(message);
            }
        }
    }

    private sealed class Mourner : ReceiveActor
    {
        private readonly IActorRef[] _subjects;

        public Mourner(IActorRef[] subjects, TaskCompletionSource<int> done)
        {
            _subjects = subjects;
            int count = 0;
            Receive<Terminated>(_ =>
            {
                if (++count == subjects.Length)
                {
                    done.SetResult(count);
                }
            });
        }

        protected override void PreStart()
        {
            foreach (IActorRef subject in _subjects)
            {
                Context.Watch(subject);
            }
        }
    }

    private sealed class Yielding : ReceiveActor
    {
        private int _inside;
        private int _count;

        public Yielding()
        {
            ReceiveAsync<int>(async _ =>
            {
                Assert.That(Interlocked.Increment(ref _inside), Is.EqualTo(1));
                await Task.Yield();
                _count++;
                Interlocked.Decrement(ref _inside);
            });
            Receive<string>(_ => Sender.Tell(_count));
        }
    }

    private sealed class Fragile(Action onGood) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case "boom":
                    throw new InvalidOperationException("bad");
                case "good":
                    onGood();
                    break;
                default:
                    Sender.Tell(message);
                    break;
            }
        }
    }
}
