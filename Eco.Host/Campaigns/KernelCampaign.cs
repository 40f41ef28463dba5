using System.Globalization;
using Eco.Runtime.Actors;
using Eco.Runtime.Simulation;

namespace Eco.Host.Campaigns;

/// <summary>
/// The kernel alone in the simulated world: actors that send to one another and set timers, no journal and no network. Says what a campaign could
/// reach at most.
/// </summary>
internal static class KernelCampaign
{
    private const int Actors = 200;

    /// <summary>Runs until so many events are handled, on the calling thread.</summary>
    /// <returns>How many were handled.</returns>
    public static long Run(ulong seed, long events)
    {
        using var world = new SimulatedWorld(seed);
        world.AddHost("host", new SimulatedHostOptions(), host =>
        {
            var players = new IActorRef[Actors];
            for (int i = 0; i < Actors; i++)
            {
                int number = i;
                players[i] = host.System.ActorOf(
                    Props.Create(() => new Player(players, number)), string.Create(CultureInfo.InvariantCulture, $"player-{i}"));
            }
        });
        world.TryRunUntil(() => world.EventsHandled >= events, TimeSpan.MaxValue);
        return world.EventsHandled;
    }

    // Of three messages two go straight on, the third waits for a timer: about what entities do.
    private sealed class Player : ReceiveActor, IWithTimers
    {
        private static readonly object Ball = new();
        private readonly IActorRef[] _players;
        private readonly Random _random;
        private int _handled;

        public Player(IActorRef[] players, int number)
        {
            _players = players;
            _random = Context.System.Random.Stream(Self.Path.Name);
            Receive<TimerDue>(_ => Pass());
            ReceiveAny(_ => OnBall());
            Timers = null!;
            _handled = number;
        }

        public ITimerScheduler Timers { get; set; }

        protected override void PreStart() => Timers.StartSingleTimer(TimerDue.Instance, TimerDue.Instance, Pause());

        private void OnBall()
        {
            if (++_handled % 3 == 0)
            {
                if (!Timers.IsTimerActive(TimerDue.Instance))
                {
                    Timers.StartSingleTimer(TimerDue.Instance, TimerDue.Instance, Pause());
                    return;
                }
            }

            Pass();
        }

        private void Pass() => _players[_random.Next(Actors)].Tell(Ball, Self);

        private TimeSpan Pause() => TimeSpan.FromTicks(_random.Next(1, 10_000));

        private sealed record TimerDue
        {
            public static TimerDue Instance { get; } = new();
        }
    }
}
