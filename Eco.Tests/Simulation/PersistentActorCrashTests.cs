using System.Text.Json.Serialization;
using Eco.Runtime.Actors;
using Eco.Runtime.Persistence;
using Eco.Runtime.Simulation;
using NUnit.Framework;

namespace Eco.Tests.Simulation;

/// <summary>A number that a ledger has taken.</summary>
public sealed record Taken(int Number);

/// <summary>A ledger's snapshot.</summary>
public sealed record LedgerState(int[] Numbers);

[JsonSerializable(typeof(Taken))]
[JsonSerializable(typeof(LedgerState))]
internal sealed partial class LedgerJson : JsonSerializerContext;

/// <summary>Persistent actors on a host that crashes at any time and place: what was answered stays, what is recovered was journalled.</summary>
public sealed class PersistentActorCrashTests
{
    private const int Numbers = 60;

    private static readonly MessageRegistry Registry = new MessageRegistry.Builder()
        .Add("ledger.taken/1", LedgerJson.Default.Taken)
        .Add("ledger.state/1", LedgerJson.Default.LedgerState)
        .Build();

    [Test]
    public void Ledger_WhenItsHostCrashesAnywhere_LosesNothingItAnsweredAndRecoversWhatItJournalled()
    {
        int restarts = 0;
        int unanswered = 0;
        foreach (ulong seed in Enumerable.Range(0, 150).Select(i => (ulong)i))
        {
            using var world = new SimulatedWorld(seed);
            var answered = new List<int>();
            int[] recovered = [];
            SimulatedHost host = world.AddHost("server", new SimulatedHostOptions(), booting => Boot(booting, answered, numbers => recovered = numbers));
            PlanFaults(world);
            foreach (int number in Enumerable.Range(1, Numbers))
            {
                world.Schedule(TimeSpan.FromMilliseconds(number * 5), "tell", () =>
                {
                    if (host.IsUp)
                    {
                        host.System.EventStream.Publish(number);
                    }
                });
            }

            world.RunFor(TimeSpan.FromSeconds(5));
            restarts += host.Incarnation - 1;
            host.Restart();
            world.RunFor(TimeSpan.FromSeconds(1));

            int[] journalled = [.. host.JournalStorage.Events.Select(e => ((Taken)Registry.Decode(e.Event.Manifest, e.Event.Payload)).Number)];
            string because = $"seed {seed}";
            Assert.That(recovered, Is.EqualTo(journalled), because);
            Assert.That(journalled, Is.Ordered.Ascending.And.Unique, because);
            Assert.That(answered, Is.SubsetOf(journalled), because);
            unanswered += journalled.Length - answered.Count;
        }

        // Else the campaign would have stopped testing crashes unnoticed.
        Assert.That(restarts, Is.GreaterThan(300));
        Assert.That(unanswered, Is.GreaterThan(30), "some commits survive without their answer");
    }

    private static void PlanFaults(SimulatedWorld world)
    {
        Random random = world.Random.Stream("faults");
        string[] points = ["journal.beforeCommit", "journal.afterCommit"];
        string[] details = ["ledger.taken", "snapshot", ""];
        for (int i = 0; i < 3; i++)
        {
            string point = points[random.Next(2)];
            string detail = details[random.Next(3)];
            int occurrence = random.Next(1, 6);
            world.Schedule(TimeSpan.FromMilliseconds(random.Next(250)), "arm", () =>
                world.CrashPoints.Arm("server", point, detail, occurrence, TimeSpan.FromMilliseconds(5)));
        }

        world.Schedule(TimeSpan.FromTicks(random.NextInt64(TimeSpan.TicksPerMillisecond * 300)), "power cut", () =>
        {
            if (world.Hosts["server"].IsUp)
            {
                world.Hosts["server"].Restart();
            }
        });
    }

    private static void Boot(SimulatedHost host, List<int> answered, Action<int[]> recovered) =>
        host.System.ActorOf(Props.Create(() => new Activation(host, answered, recovered)), "activation");

    /// <summary>Claims the partition, and only then lets the ledger recover.</summary>
    private sealed class Activation : ReceiveActor
    {
        private readonly SimulatedHost _host;

        public Activation(SimulatedHost host, List<int> answered, Action<int[]> recovered)
        {
            _host = host;
            Receive<PartitionsClaimed>(claimed =>
            {
                var clock = new HybridClock(host.TimeProvider, host.Id);
                host.System.RegisterExtension(new PersistenceExtension(host.Journal, Registry, clock, _ => claimed.Owned[0], host.CrashPoints));
                IActorRef ledger = Context.ActorOf(Props.Create(() => new Ledger(answered, recovered)), "ledger");
                host.System.EventStream.Subscribe(ledger, typeof(int));
            });
        }

        protected override void PreStart() => _host.Journal.Claim(ClaimPartitions.All(1, 1, $"start-{_host.Incarnation}"), Self);
    }

    private sealed class Ledger : ReceivePersistentActor
    {
        private readonly List<int> _numbers = [];

        public Ledger(List<int> answered, Action<int[]> recovered)
        {
            Recover<SnapshotOffer>(offer => _numbers.AddRange(((LedgerState)offer.Snapshot).Numbers));
            Recover<Taken>(e => _numbers.Add(e.Number));
            Recover<RecoveryCompleted>(_ => recovered([.. _numbers]));
            Command<int>(number => Persist(new Taken(number), e =>
            {
                _numbers.Add(e.Number);
                answered.Add(e.Number);
                if (_numbers.Count % 7 == 0)
                {
                    SaveSnapshot(new LedgerState([.. _numbers]));
                }
            }));
        }

        public override string PersistenceId => "ledger";
    }
}
