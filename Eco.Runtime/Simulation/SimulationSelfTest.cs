using System.Buffers.Binary;
using Eco.Runtime.Actors;
using Eco.Runtime.Persistence;

namespace Eco.Runtime.Simulation;

/// <summary>
/// A small world with everything in it: two hosts hand a number to and fro over a bad network and a bad broker, each journals what it gets before it
/// answers, and both crash again and again. Its trace hash tells whether two processes simulate alike.
/// </summary>
public static class SimulationSelfTest
{
    private const long LastToken = 200;
    private const int Crashes = 12;

    /// <summary>Runs the world to its end.</summary>
    /// <returns>The trace hash: the same for the same seed, in every process.</returns>
    /// <exception cref="SimulationTimeoutException">The game did not end.</exception>
    /// <exception cref="InvalidOperationException">A number was lost or taken twice.</exception>
    public static ulong Run(ulong seed)
    {
        using SimulatedWorld world = Play(seed);
        return world.TraceHash;
    }

    /// <summary>As <see cref="Run"/>, and hands the finished world out.</summary>
    internal static SimulatedWorld Play(ulong seed)
    {
        var link = LinkOptions.Lan with
        {
            Jitter = TimeSpan.FromMilliseconds(2),
            Loss = 0.05,
            Duplication = 0.1,
            Reordering = 0.1,
        };
        var faults = new SimulatedBrokerFaults
        {
            ConfirmLoss = 0.05,
            PublishLoss = 0.05,
            Duplication = 0.05,
            SubscriptionLoss = 0.02,
            NoticeAtMost = TimeSpan.FromMilliseconds(200),
            DetectionAtLeast = TimeSpan.FromMilliseconds(100),
            DetectionAtMost = TimeSpan.FromMilliseconds(500),
            SilentCrash = 0.3,
            HandOverPause = TimeSpan.FromMilliseconds(1),
        };
        var world = new SimulatedWorld(seed, new SimulationOptions
        {
            Lan = link,
            Transport = new SimulatedTransportOptions { BrokerSite = new SimulatedHostOptions().Site, Faults = faults },
        });
        SimulatedHost left = world.AddHost("left", new SimulatedHostOptions(), host => Boot(host, "right", initialToken: 0));
        SimulatedHost right = world.AddHost("right", new SimulatedHostOptions { ClockSkew = TimeSpan.FromHours(3) }, host => Boot(host, "left", initialToken: -1));
        PlanFaults(world);
        world.RunUntil(() => Last(left) >= LastToken || Last(right) >= LastToken, TimeSpan.FromMinutes(30), () => $"left {Last(left)}, right {Last(right)}");
        Check(left, first: 2);
        Check(right, first: 1);
        return world;
    }

    private static void Boot(SimulatedHost host, string partner, long initialToken) =>
        host.System.ActorOf(Props.Create(() => new SelfTestPlayer(host, partner, initialToken)), "player");

    private static void PlanFaults(SimulatedWorld world)
    {
        Random random = world.Random.Stream("faults");
        string[] points = ["journal.beforeCommit", "journal.afterCommit"];
        for (int i = 0; i < Crashes; i++)
        {
            string host = random.Next(2) == 0 ? "left" : "right";
            string point = points[random.Next(points.Length)];
            world.Schedule(TimeSpan.FromMilliseconds(random.Next(1_500)), "arm", () =>
                world.CrashPoints.Arm(host, point, occurrence: 1, restartAfter: TimeSpan.FromMilliseconds(20)));
        }

        world.Schedule(TimeSpan.FromMilliseconds(700), "cut", () => world.Network.CutOneWay("left", SimulatedBroker.Node));
        world.Schedule(TimeSpan.FromMilliseconds(1_400), "heal", world.Network.HealAll);
        world.Schedule(TimeSpan.FromMilliseconds(1_500), "stop", () =>
        {
            if (world.Hosts["right"].IsUp)
            {
                world.Hosts["right"].Pause();
            }
        });
        world.Schedule(TimeSpan.FromMilliseconds(1_550), "go on", () => world.Hosts["right"].Resume());
        world.Schedule(TimeSpan.FromMilliseconds(1_600), "power cut", () =>
        {
            world.Hosts["left"].Restart();
            world.Hosts["right"].Restart();
        });
    }

    private static long Last(SimulatedHost host) =>
        host.JournalStorage.Events is { Count: > 0 } events ? BinaryPrimitives.ReadInt64LittleEndian(events[^1].Event.Payload) : 0;

    private static void Check(SimulatedHost host, long first)
    {
        foreach (OrderedEvent stored in host.JournalStorage.Events)
        {
            long token = BinaryPrimitives.ReadInt64LittleEndian(stored.Event.Payload);
            long expected = first + (2 * (stored.Ordering - 1));
            if (token != expected)
            {
                throw new InvalidOperationException($"self-test: host '{host.Id}' journalled {token} where {expected} was due");
            }
        }
    }
}
