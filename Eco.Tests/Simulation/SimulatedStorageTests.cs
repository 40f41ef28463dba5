using System.Collections.Immutable;
using System.Text;
using Eco.Runtime.Persistence;
using Eco.Runtime.Simulation;
using Eco.Tests.Persistence.Contracts;
using NUnit.Framework;

namespace Eco.Tests.Simulation;

/// <summary>What crashes and broken disks leave; the rest is in the contract suites.</summary>
public sealed class SimulatedStorageTests
{
    private static readonly Ownership Owner = new(0, 1, "w");

    [Test]
    public void Crash_WhenAppendsAreUnderWay_KeepsTheAcknowledgedAndAPrefixOfTheOthers()
    {
        var survivors = new SortedSet<int>();
        foreach (ulong seed in Enumerable.Range(0, 60).Select(i => (ulong)i))
        {
            (SimulatedWorld world, SimulatedHost host) = Start(seed);
            using (world)
            {
                var answers = new RecordingRef();
                host.Journal.Append(Append(1), answers);
                world.RunUntil(() => answers.Messages.Count == 1, TimeSpan.FromSeconds(1));
                foreach (long n in (long[])[2, 3, 4])
                {
                    host.Journal.Append(Append(n), answers);
                }

                world.RunFor(TimeSpan.FromMilliseconds(1));
                host.Restart();
                world.RunFor(TimeSpan.FromSeconds(1));

                Assert.That(answers.Messages, Has.Count.EqualTo(1), "a dead host hears nothing");
                Assert.That(host.JournalStorage.Events.Select(e => e.Event.SequenceNr), Is.EqualTo(Enumerable.Range(1, host.JournalStorage.Events.Count).Select(n => (long)n)));
                survivors.Add(host.JournalStorage.Events.Count);
            }
        }

        // The first of the three went into a commit of its own; the two behind it were still in memory.
        Assert.That(survivors, Is.EqualTo(new[] { 1, 2 }));
    }

    [Test]
    public void Crash_WhenACommitIsShared_KeepsAPrefixByTheSeed()
    {
        var survivors = new SortedSet<int>();
        foreach (ulong seed in Enumerable.Range(0, 100).Select(i => (ulong)i))
        {
            (SimulatedWorld world, SimulatedHost host) = Start(seed);
            using (world)
            {
                var answers = new RecordingRef();
                foreach (long n in (long[])[1, 2, 3, 4])
                {
                    host.Journal.Append(Append(n), answers);
                }

                world.RunUntil(() => answers.Messages.Count == 1, TimeSpan.FromSeconds(1));
                host.Crash();
                survivors.Add(host.JournalStorage.Events.Count);
            }
        }

        Assert.That(survivors, Is.EqualTo(new[] { 1, 2, 3, 4 }));
    }

    [TestCase("journal.beforeCommit", 1)]
    [TestCase("journal.afterCommit", 2)]
    public void CrashPoint_WhenArmed_CrashesAtTheVeryPlaceAndRestartsInTime(string point, int stored)
    {
        (SimulatedWorld world, SimulatedHost host) = Start(4);
        using (world)
        {
            world.CrashPoints.Arm("host", point, "test.", occurrence: 2, restartAfter: TimeSpan.FromSeconds(3));
            var answers = new RecordingRef();
            host.Journal.Append(Append(1), answers);
            world.RunFor(TimeSpan.FromSeconds(1));
            host.Journal.Append(Append(2), answers);
            world.RunFor(TimeSpan.FromSeconds(1));

            Assert.That(host.IsUp, Is.False);
            Assert.That(() => host.Journal, Throws.InvalidOperationException.With.Message.Contains("'host' is down"));
            world.RunFor(TimeSpan.FromSeconds(3));
            Assert.That((host.IsUp, host.Incarnation), Is.EqualTo((true, 2)));
            Assert.That(host.JournalStorage.Events, Has.Count.EqualTo(stored));
            Assert.That(answers.Messages, Has.Count.EqualTo(1));
            Assert.That(world.CrashPoints.Reached[("host", point, "test.happened/1")], Is.EqualTo(2));
        }
    }

    [TestCase(DiskFault.Full)]
    [TestCase(DiskFault.InputOutputError)]
    public void Append_WhenTheDiskFails_IsAFaultUntilTheHostStartsAnew(DiskFault fault)
    {
        (SimulatedWorld world, SimulatedHost host) = Start(4);
        using (world)
        {
            host.Disk.Fault = fault;
            Assert.That(Ask(world, host, 1), Is.InstanceOf<AppendFailed>().With.Property("Reason").EqualTo(AppendFailureReason.StorageFault));
            host.Disk.Fault = DiskFault.None;
            Assert.That(Ask(world, host, 1), Is.InstanceOf<AppendFailed>().With.Property("Reason").EqualTo(AppendFailureReason.StorageFault));
            var reader = new RecordingRef();
            host.Journal.Recover(new RecoverRequest(9, "p"), reader);
            world.RunFor(TimeSpan.FromSeconds(1));
            Assert.That(reader.Messages.Single(), Is.InstanceOf<RecoveryFailed>());

            host.Restart();

            Assert.That(Ask(world, host, 1), Is.InstanceOf<AppendCommitted>());
        }
    }

    [Test]
    public void Append_WhenTheDiskIsTooSmall_FailsAtTheFirstThatDoesNotFit()
    {
        using var world = new SimulatedWorld(1);
        SimulatedHost host = world.AddHost("host", new SimulatedHostOptions { DiskCapacityBytes = 2_000 }, _ => { });
        host.Journal.Claim(ClaimPartitions.All(0, 1, "w"), new RecordingRef());
        world.RunFor(TimeSpan.FromSeconds(1));
        object last = new object();
        int stored = 0;
        while (stored < 100 && (last = Ask(world, host, stored + 1)) is AppendCommitted)
        {
            stored++;
        }

        Assert.That(last, Is.InstanceOf<AppendFailed>().With.Property("Message").Contains("the disk is full"));
        Assert.That(stored, Is.GreaterThan(0));
        Assert.That(host.Disk.UsedBytes, Is.LessThanOrEqualTo(2_000));
    }

    [Test]
    public void Append_WhenItsOutcomeIsLost_IsUnknownAndStoredOrNotByTheSeed()
    {
        var stored = new HashSet<int>();
        foreach (ulong seed in Enumerable.Range(0, 20).Select(i => (ulong)i))
        {
            (SimulatedWorld world, SimulatedHost host) = Start(seed);
            using (world)
            {
                host.Disk.LosesNextOutcome = true;
                Assert.That(Ask(world, host, 1), Is.InstanceOf<AppendFailed>().With.Property("Reason").EqualTo(AppendFailureReason.Unknown));
                stored.Add(host.JournalStorage.Events.Count);
            }
        }

        Assert.That(stored, Is.EquivalentTo(new[] { 0, 1 }));
    }

    [Test]
    public void Append_WhenManyWait_SharesCommits()
    {
        (SimulatedWorld world, SimulatedHost host) = Start(4);
        using (world)
        {
            var answers = new RecordingRef();
            foreach (int i in Enumerable.Range(0, 100))
            {
                host.Journal.Append(Append(1, $"p{i}"), answers);
            }

            TimeSpan before = world.Clock.Elapsed;
            world.RunUntil(() => answers.Messages.Count == 100, TimeSpan.FromSeconds(1));
            Assert.That(world.Clock.Elapsed - before, Is.LessThan(TimeSpan.FromMilliseconds(10)));
        }
    }

    [Test]
    public void Artifact_WhenTheDiskDamagedIt_IsNotHandedOut()
    {
        (SimulatedWorld world, SimulatedHost host) = Start(4);
        using (world)
        {
            var answers = new RecordingRef();
            host.Artifacts.Put(new PutArtifact(1, [1, 2, 3]), answers);
            world.RunUntil(() => answers.Messages.Count == 1, TimeSpan.FromSeconds(1));
            string hash = ((ArtifactStored)answers.Messages[0]).Hash;
            host.Restart();
            host.Artifacts.Get(new GetArtifact(2, hash), answers);
            world.RunUntil(() => answers.Messages.Count == 2, TimeSpan.FromSeconds(1));
            host.ArtifactStorage.Corrupt(hash);
            host.Artifacts.Get(new GetArtifact(3, hash), answers);
            host.Artifacts.Get(new GetArtifact(4, new string('0', 64)), answers);
            world.RunUntil(() => answers.Messages.Count == 4, TimeSpan.FromSeconds(1));

            Assert.That(((ArtifactLoaded)answers.Messages[1]).Content, Is.EqualTo(new byte[] { 1, 2, 3 }));
            Assert.That(answers.Messages.OfType<ArtifactFailed>().Select(f => f.Reason), Has.Some.Contains("damaged").And.Some.Contains("not stored"));
        }
    }

    private static (SimulatedWorld World, SimulatedHost Host) Start(ulong seed)
    {
        var world = new SimulatedWorld(seed);
        SimulatedHost host = world.AddHost("host", new SimulatedHostOptions(), _ => { });
        host.Journal.Claim(ClaimPartitions.All(0, 1, "w"), new RecordingRef());
        world.RunFor(TimeSpan.FromSeconds(1));
        return (world, host);
    }

    private static object Ask(SimulatedWorld world, SimulatedHost host, long sequenceNr)
    {
        var answers = new RecordingRef();
        host.Journal.Append(Append(sequenceNr), answers);
        world.RunUntil(() => answers.Messages.Count == 1, TimeSpan.FromSeconds(1));
        return answers.Messages[0];
    }

    private static AppendRequest Append(long sequenceNr, string persistenceId = "p") => new(
        sequenceNr,
        persistenceId,
        Owner,
        [new JournalEvent(sequenceNr, "test.happened/1", Encoding.UTF8.GetBytes("{}"), new HybridTimestamp(sequenceNr, 0, "host"))],
        ImmutableArray<OutboxRow>.Empty,
        [],
        null);
}
