using System.Diagnostics;
using Eco.Runtime.Actors;

namespace Eco.Host.Benchmarks.Kernel;

/// <summary>Actors that answer: pairs that play ping-pong, and questions from outside.</summary>
internal sealed class ConversationWorkloads : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly object _message = new();
    private readonly ActorSystem _system = ActorSystem.Create("bench");
    private readonly IActorRef _echo;

    public ConversationWorkloads() => _echo = _system.ActorOf(Props.Create(() => new Echo()));

    /// <summary>Pairs that send one message to and fro, all pairs at once.</summary>
    /// <returns>Messages a second.</returns>
    public async Task<double> PingPongAsync(int pairs, int messagesOfPair)
    {
        var all = new Arrivals(pairs * 2);
        var players = new IActorRef[pairs * 2];
        for (int i = 0; i < players.Length; i++)
        {
            players[i] = _system.ActorOf(Props.Create(() => new Player(messagesOfPair / 2, all)));
        }

        await all.Started.ConfigureAwait(false);
        long start = Stopwatch.GetTimestamp();
        for (int pair = 0; pair < pairs; pair++)
        {
            players[2 * pair].Tell(_message, players[(2 * pair) + 1]);
        }

        await all.Finished.ConfigureAwait(false);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        foreach (IActorRef player in players)
        {
            _system.Stop(player);
        }

        return pairs * (double)(messagesOfPair / 2 * 2) / seconds;
    }

    /// <summary>Questions one after the other, each with a time-out.</summary>
    /// <returns>Round trips a second.</returns>
    public async Task<double> AskAsync(int count)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < count; i++)
        {
            await _echo.Ask<object>(_message, Patience).ConfigureAwait(false);
        }

        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>As <see cref="AskAsync"/>, each timed by itself.</summary>
    /// <returns>The median and the 99th percentile, in microseconds.</returns>
    public async Task<(double P50, double P99)> AskLatencyAsync(int count)
    {
        var ticks = new long[count];
        long before = Stopwatch.GetTimestamp();
        for (int i = 0; i < count; i++)
        {
            await _echo.Ask<object>(_message, Patience).ConfigureAwait(false);
            long now = Stopwatch.GetTimestamp();
            ticks[i] = now - before;
            before = now;
        }

        Array.Sort(ticks);
        return (Microseconds(ticks[count / 2]), Microseconds(ticks[(int)(count * 0.99)]));
    }

    public async ValueTask DisposeAsync() => await _system.Terminate().ConfigureAwait(false);

    private static double Microseconds(long ticks) => ticks * 1e6 / Stopwatch.Frequency;

    private sealed class Echo : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(message, Self);
    }

    private sealed class Player(int messages, Arrivals all) : UntypedActor
    {
        private int _left = messages;

        protected override void PreStart() => all.OneStarted();

        protected override void OnReceive(object message)
        {
            _left--;
            if (_left >= 0)
            {
                Sender.Tell(message, Self);
            }

            if (_left == 0)
            {
                all.OneFinished();
            }
        }
    }
}
