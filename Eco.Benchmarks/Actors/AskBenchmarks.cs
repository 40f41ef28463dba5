using BenchmarkDotNet.Attributes;
using Eco.Runtime.Actors;

namespace Eco.Benchmarks.Actors;

/// <summary>Sequential round trips, and one pair of actors that answer each other, against a work item that queues itself again.</summary>
[MemoryDiagnoser]
public class AskBenchmarks
{
    private const int Rounds = 100_000;

    private readonly object _message = new();
    private ActorSystem _system = null!;
    private IActorRef _echo = null!;

    [GlobalSetup]
    public void Start()
    {
        _system = ActorSystem.Create("bench");
        _echo = _system.ActorOf(Props.Create(() => new Echo()));
    }

    [GlobalCleanup]
    public void End() => _system.Terminate().Wait();

    [Benchmark(Baseline = true, OperationsPerInvoke = Rounds)]
    public Task Hop()
    {
        var hop = new HopItem(Rounds);
        ThreadPool.UnsafeQueueUserWorkItem(hop, preferLocal: false);
        return hop.Done;
    }

    [Benchmark(OperationsPerInvoke = Rounds)]
    public async Task Ask()
    {
        for (int i = 0; i < Rounds; i++)
        {
            await _echo.Ask<object>(_message, TimeSpan.FromSeconds(5)).ConfigureAwait(false);
        }
    }

    [Benchmark(OperationsPerInvoke = Rounds)]
    public async Task PingPong()
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        IActorRef a = _system.ActorOf(Props.Create(() => new Rally(Rounds / 2, done)));
        IActorRef b = _system.ActorOf(Props.Create(() => new Rally(Rounds / 2, done)));
        a.Tell(_message, b);
        await done.Task;
        _system.Stop(a);
        _system.Stop(b);
    }

    private sealed class HopItem(int rounds) : IThreadPoolWorkItem
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _left = rounds;

        public Task Done => _done.Task;

        public void Execute()
        {
            if (--_left == 0)
            {
                _done.SetResult();
            }
            else
            {
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
            }
        }
    }

    private sealed class Echo : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(message, Self);
    }

    private sealed class Rally(int rounds, TaskCompletionSource done) : UntypedActor
    {
        private int _left = rounds;

        protected override void OnReceive(object message)
        {
            if (--_left == 0)
            {
                done.TrySetResult();
            }
            else
            {
                Sender.Tell(message, Self);
            }
        }
    }
}
