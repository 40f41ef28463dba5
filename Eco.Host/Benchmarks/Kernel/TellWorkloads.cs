using System.Diagnostics;
using Eco.Runtime.Actors;

namespace Eco.Host.Benchmarks.Kernel;

/// <summary>One producer thread, and one actor that counts; or one producer and many actors.</summary>
internal sealed class TellWorkloads : IAsyncDisposable
{
    private const int AllocationBurst = 50_000;

    private readonly Countdown _countdown = new();
    private readonly ActorSystem _system;
    private readonly IActorRef _counter;

    /// <summary>Lanes are as good as unbounded, as the mailboxes of the frameworks that the goals come from: the producer does not wait.</summary>
    public TellWorkloads()
    {
        _system = ActorSystem.Create("bench", new ActorSystemSettings { MailboxCapacityPerLane = int.MaxValue });
        _counter = _system.ActorOf(Props.Create(() => new Counter(_countdown)));
    }

    /// <summary>One and the same reference.</summary>
    /// <returns>Messages a second.</returns>
    public Task<double> TellAsync(int count)
    {
        object message = new();
        return MeasureAsync(count, () =>
        {
            for (int i = 0; i < count; i++)
            {
                _counter.Tell(message, ActorRefs.NoSender);
            }
        });
    }

    /// <summary>A number that is boxed for each message.</summary>
    /// <returns>Messages a second.</returns>
    public Task<double> TellBoxedAsync(int count) => MeasureAsync(count, () =>
    {
        for (int i = 0; i < count; i++)
        {
            _counter.Tell(i, ActorRefs.NoSender);
        }
    });

    /// <summary>
    /// What a tell of one and the same reference allocates, on all threads together. In bursts that a mailbox of the default capacity holds:
    /// what waits needs room, and only a lane without bounds can be asked for ever more of it.
    /// </summary>
    /// <returns>Bytes for each message.</returns>
    public async Task<double> AllocatedAsync(int count)
    {
        long before = GC.GetTotalAllocatedBytes(precise: true);
        for (int told = 0; told < count; told += AllocationBurst)
        {
            await TellAsync(Math.Min(AllocationBurst, count - told)).ConfigureAwait(false);
        }

        return (double)(GC.GetTotalAllocatedBytes(precise: true) - before) / count;
    }

    /// <summary>Many actors in turn, many times.</summary>
    /// <returns>Messages a second.</returns>
    public async Task<double> FanOutAsync(int actors, int times)
    {
        var all = new Arrivals(actors);
        var receivers = new IActorRef[actors];
        for (int i = 0; i < actors; i++)
        {
            receivers[i] = _system.ActorOf(Props.Create(() => new Receiver(times, all)));
        }

        await all.Started.ConfigureAwait(false);
        object message = new();
        long start = Stopwatch.GetTimestamp();
        var producer = new Thread(() =>
        {
            for (int time = 0; time < times; time++)
            {
                foreach (IActorRef receiver in receivers)
                {
                    receiver.Tell(message, ActorRefs.NoSender);
                }
            }
        });
        producer.Start();
        await all.Finished.ConfigureAwait(false);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        producer.Join();
        foreach (IActorRef receiver in receivers)
        {
            _system.Stop(receiver);
        }

        return actors * (double)times / seconds;
    }

    public async ValueTask DisposeAsync() => await _system.Terminate().ConfigureAwait(false);

    private async Task<double> MeasureAsync(int count, ThreadStart produce)
    {
        Task done = _countdown.Start(count);
        var producer = new Thread(produce);
        long start = Stopwatch.GetTimestamp();
        producer.Start();
        await done.ConfigureAwait(false);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        producer.Join();
        return count / seconds;
    }

    private sealed class Counter(Countdown countdown) : UntypedActor
    {
        protected override void OnReceive(object message) => countdown.Tick();
    }

    private sealed class Receiver(int times, Arrivals all) : UntypedActor
    {
        private int _left = times;

        protected override void PreStart() => all.OneStarted();

        protected override void OnReceive(object message)
        {
            if (--_left == 0)
            {
                all.OneFinished();
            }
        }
    }
}
