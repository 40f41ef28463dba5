using Eco.Runtime.Persistence;
using Eco.Runtime.Simulation;
using Eco.Tests.Persistence.Contracts;
using NUnit.Framework;

namespace Eco.Tests.Simulation;

public sealed class SimulatedDatabaseTests
{
    private SimulatedWorld _world = null!;
    private SimulatedDatabase _database = null!;
    private SimulatedHost _a = null!;
    private SimulatedHost _b = null!;
    private RecordingRef _answers = null!;

    [SetUp]
    public void Open()
    {
        _world = new SimulatedWorld(4);
        _database = _world.AddDatabase("servers");
        _answers = new RecordingRef();
        _a = AddHost("a", TimeSpan.Zero);
        _b = AddHost("b", TimeSpan.FromMilliseconds(40));
    }

    [TearDown]
    public void Close() => _world.Dispose();

    [Test]
    public void Append_WhenAnotherHostHasClaimedThePartition_IsFencedAtTheDatabase()
    {
        Ownership first = Claim(_a, "a/1");
        Append(_a, first, 1);
        Ownership second = Claim(_b, "b/1");
        Append(_a, first, 2);
        Append(_b, second, 2);

        Assert.That(_answers.Messages[0], Is.TypeOf<AppendCommitted>());
        Assert.That(_answers.Messages[1], Is.TypeOf<AppendFailed>().With.Property(nameof(AppendFailed.Reason)).EqualTo(AppendFailureReason.Fenced));
        Assert.That(_answers.Messages[2], Is.TypeOf<AppendCommitted>());
        Assert.That(_database.Journal.Events.Select(e => e.Event.SequenceNr), Is.EqualTo(new[] { 1, 2 }));
        Assert.That(_a.JournalStorage, Is.SameAs(_b.JournalStorage));
        Assert.That(_database.Hosts, Is.EqualTo(new[] { _a, _b }));
    }

    [Test]
    public void Host_WhenItCrashesOrIsReinstalled_LeavesTheDatabaseToTheOther()
    {
        Append(_a, Claim(_a, "a/1"), 1);
        _a.Crash();
        _a.Reinstall();
        _b.Artifacts.Put(new PutArtifact(1, [1, 2, 3]), _answers);
        _world.RunFor(TimeSpan.FromSeconds(1));
        string hash = _answers.Messages.OfType<ArtifactStored>().Single().Hash;
        _a.Artifacts.Get(new GetArtifact(2, hash), _answers);
        _a.Journal.Recover(new RecoverRequest(3, "e"), _answers);
        _world.RunFor(TimeSpan.FromSeconds(1));

        Assert.That(_answers.Messages.OfType<ArtifactLoaded>().Single().Content, Is.EqualTo(new byte[] { 1, 2, 3 }));
        Assert.That(_answers.Messages.OfType<RecoveredEvents>().Single().Events, Has.Length.EqualTo(1));
    }

    [Test]
    public void Way_WhenItIsLongerOrBroken_ConcernsOneHostOnly()
    {
        Ownership owner = Claim(_b, "b/1");
        TimeSpan before = _world.Clock.Elapsed;
        _b.Journal.Append(Request(owner, 1), _answers);
        _world.RunUntil(() => _answers.Messages.Count == 1, TimeSpan.FromSeconds(1));
        Assert.That(_world.Clock.Elapsed - before, Is.GreaterThan(TimeSpan.FromMilliseconds(40)));

        _b.Disk.Fault = DiskFault.InputOutputError;
        Append(_b, owner, 2);
        Append(_a, owner, 2);
        _database.Disk.Fault = DiskFault.Full;
        Append(_a, owner, 3);

        Assert.That(
            _answers.Messages.Skip(1).Select(answer => (answer as AppendFailed)?.Reason),
            Is.EqualTo(new AppendFailureReason?[] { AppendFailureReason.StorageFault, null, AppendFailureReason.StorageFault }));
        Assert.That((_database.Disk.UsedBytes > 0, _a.Disk.UsedBytes, _b.Disk.UsedBytes), Is.EqualTo((true, 0, 0)));
    }

    [Test]
    public void AddHost_WhenTheDatabaseIsOfAnotherWorld_IsRefused()
    {
        using var other = new SimulatedWorld(4);

        Assert.That(
            () => other.AddHost("x", new SimulatedHostOptions { Database = _database }, _ => { }),
            Throws.ArgumentException.With.Message.Contains("'servers'"));
    }

    private static AppendRequest Request(Ownership owner, long number) => new(
        number, "e", owner, [new JournalEvent(number, "test.event/1", "{}"u8.ToArray(), new HybridTimestamp(1, 0, "x"))], [], [], null);

    private SimulatedHost AddHost(string id, TimeSpan latency) =>
        _world.AddHost(id, new SimulatedHostOptions { Database = _database, DatabaseLatency = latency }, _ => { });

    private Ownership Claim(SimulatedHost host, string writer)
    {
        var claimed = new RecordingRef();
        host.Journal.Claim(new ClaimPartitions(1, 1, writer, [0]), claimed);
        _world.RunFor(TimeSpan.FromSeconds(1));
        return ((PartitionsClaimed)claimed.Messages.Single()).Owned[0];
    }

    private void Append(SimulatedHost host, Ownership owner, long number)
    {
        host.Journal.Append(Request(owner, number), _answers);
        _world.RunFor(TimeSpan.FromSeconds(1));
    }
}
