using System.Diagnostics;
using Eco.Runtime.Actors;

namespace Eco.Host.Benchmarks.Kernel;

/// <summary>Actors that fail, actors that are made, and timers.</summary>
internal static class LifeCycleWorkloads
{
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);

    /// <summary>A child that throws on every message, and a supervisor that restarts it.</summary>
    /// <returns>Restarts a second.</returns>
    public static async Task<double> RestartAsync(int count)
    {
        ActorSystem system = ActorSystem.Create("bench", new ActorSystemSettings { MailboxCapacityPerLane = int.MaxValue });
        var countdown = new Countdown();
        Task done = countdown.Start(count + 1);
        IActorRef failing = system.ActorOf(Props.Create(() => new Failing(countdown)));
        object message = new();
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < count; i++)
        {
            failing.Tell(message, ActorRefs.NoSender);
        }

        await done.ConfigureAwait(false);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        await system.Terminate().ConfigureAwait(false);
        return count / seconds;
    }

    /// <summary>Actors made from one thread until all have started; then what they hold when nothing happens.</summary>
    /// <returns>Actors a second, and bytes of heap for each.</returns>
    public static async Task<(double PerSecond, double Bytes)> SpawnAsync(int count)
    {
        ActorSystem system = ActorSystem.Create("bench");
        var all = new Arrivals(count);
        Props props = Props.Create(() => new Idle(all));
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < count; i++)
        {
            system.ActorOf(props);
        }

        await all.Started.ConfigureAwait(false);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double bytes = GC.GetTotalMemory(forceFullCollection: true) - before;

        // Orderly stops of so many would take longer than the measurement.
        system.Abort();
        return (count / seconds, bytes / count);
    }

    /// <summary>One-shot timers of one second, all started in one handler.</summary>
    /// <returns>The 99th percentile of their lateness in milliseconds, and how many were early.</returns>
    public static async Task<(double LatenessP99, int Early)> TimersAsync(int count)
    {
        ActorSystem system = ActorSystem.Create("bench", new ActorSystemSettings { MailboxCapacityPerLane = int.MaxValue });
        var done = new TaskCompletionSource<double[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        system.ActorOf(Props.Create(() => new Alarms(count, done)));
        double[] lateness = await done.Task.ConfigureAwait(false);
        await system.Terminate().ConfigureAwait(false);
        Array.Sort(lateness);
        return (lateness[(int)(count * 0.99)], lateness.Count(late => late < 0));
    }

    private sealed class Failing(Countdown countdown) : UntypedActor
    {
        // The first start counts as well.
        protected override void PreStart() => countdown.Tick();

        protected override void OnReceive(object message) => throw new InvalidOperationException();
    }

    private sealed class Idle(Arrivals all) : UntypedActor
    {
        protected override void PreStart() => all.OneStarted();

        protected override void OnReceive(object message)
        {
        }
    }

    private sealed class Alarms(int count, TaskCompletionSource<double[]> done) : UntypedActor, IWithTimers
    {
        private readonly long[] _started = new long[count];
        private readonly double[] _lateness = new double[count];
        private int _fired;

        public ITimerScheduler Timers { get; set; } = null!;

        protected override void PreStart()
        {
            for (int i = 0; i < count; i++)
            {
                object number = i;
                _started[i] = Stopwatch.GetTimestamp();
                Timers.StartSingleTimer(number, number, Delay);
            }
        }

        protected override void OnReceive(object message)
        {
            int number = (int)message;
            _lateness[number] = (Stopwatch.GetElapsedTime(_started[number]) - Delay).TotalMilliseconds;
            if (++_fired == count)
            {
                done.SetResult(_lateness);
            }
        }
    }
}
