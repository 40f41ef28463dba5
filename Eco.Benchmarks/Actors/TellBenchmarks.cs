using System.Threading.Channels;
using BenchmarkDotNet.Attributes;
using Eco.Runtime.Actors;

namespace Eco.Benchmarks.Actors;

/// <summary>One producer thread and one actor that counts, against a channel with one reader and one writer. Compare pinned: <c>taskset -c 0</c>.</summary>
[MemoryDiagnoser]
public class TellBenchmarks
{
    private const int Messages = 1_000_000;

    private readonly object _message = new();
    private ActorSystem _system = null!;
    private IActorRef _untyped = null!;
    private IActorRef _typed = null!;
    private Countdown _countdown = null!;

    [GlobalSetup]
    public void Start()
    {
        _system = ActorSystem.Create("bench", new ActorSystemSettings { MailboxCapacityPerLane = int.MaxValue });
        _countdown = new Countdown();
        _untyped = _system.ActorOf(Props.Create(() => new UntypedCounter(_countdown)));
        _typed = _system.ActorOf(Props.Create(() => new TypedCounter(_countdown)));
    }

    [GlobalCleanup]
    public void End() => _system.Terminate().Wait();

    [Benchmark(Baseline = true, OperationsPerInvoke = Messages)]
    public async Task Channel()
    {
        Channel<object> channel = System.Threading.Channels.Channel.CreateUnbounded<object>(
            new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        Task<int> reader = Task.Run(async () =>
        {
            int count = 0;
            while (await channel.Reader.WaitToReadAsync())
            {
                while (channel.Reader.TryRead(out _))
                {
                    count++;
                }
            }

            return count;
        });
        for (int i = 0; i < Messages; i++)
        {
            channel.Writer.TryWrite(_message);
        }

        channel.Writer.Complete();
        await reader;
    }

    [Benchmark(OperationsPerInvoke = Messages)]
    public Task TellUntyped() => Tell(_untyped);

    [Benchmark(OperationsPerInvoke = Messages)]
    public Task TellReceive() => Tell(_typed);

    private Task Tell(IActorRef actor)
    {
        Task done = _countdown.Start(Messages);
        for (int i = 0; i < Messages; i++)
        {
            actor.Tell(_message, ActorRefs.NoSender);
        }

        return done;
    }

    private sealed class Countdown
    {
        private int _left;
        private TaskCompletionSource _done = new();

        public Task Start(int count)
        {
            _left = count;
            _done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _done.Task;
        }

        public void Tick()
        {
            if (--_left == 0)
            {
                _done.SetResult();
            }
        }
    }

    private sealed class UntypedCounter(Countdown countdown) : UntypedActor
    {
        protected override void OnReceive(object message) => countdown.Tick();
    }

    private sealed class TypedCounter : ReceiveActor
    {
        public TypedCounter(Countdown countdown) => Receive<object>(_ => countdown.Tick());
    }
}
