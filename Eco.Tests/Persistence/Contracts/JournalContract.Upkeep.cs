using Eco.Runtime.Persistence;
using NUnit.Framework;
using static Eco.Tests.Persistence.Contracts.JournalProbe;

namespace Eco.Tests.Persistence.Contracts;

/// <summary>Claims of single partitions, members, attempts, parked messages and compaction.</summary>
public abstract partial class JournalContract
{
    [Test]
    public async Task Claim_WhenItNamesOnePartition_LeavesTheOthersToTheirOwner()
    {
        object answer = await AskAsync((journal, me) => journal.Claim(new ClaimPartitions(7, 2, "writer-2", [1]), me));

        var claimed = (PartitionsClaimed)answer;
        Assert.That(claimed.Owned.Single(), Is.EqualTo(new Ownership(1, _owned[1].OwnerEpoch + 1, "writer-2")));
        await _journal.CommitAsync(_journal.Request("ion-1", _owned[0], [Event(1)]));
        await _journal.RefusedAsync(_journal.Request("ion-2", _owned[1], [Event(1)]), AppendFailureReason.Fenced);
        var read = (OwnershipsRead)await AskAsync((journal, me) => journal.ReadOwnership(new ReadOwnerships(8), me));
        Assert.That(read.Owners, Is.EqualTo(new[] { _owned[0], claimed.Owned[0] }));
    }

    [TestCase(new int[0])]
    [TestCase(new[] { 2 })]
    [TestCase(new[] { -1 })]
    [TestCase(new[] { 0, 0 })]
    public async Task Claim_WhenItNamesNoOrWrongPartitions_Fails(int[] partitions)
    {
        Assert.That(
            await AskAsync((journal, me) => journal.Claim(new ClaimPartitions(7, 2, "writer-2", [.. partitions]), me)),
            Is.InstanceOf<ClaimFailed>());
    }

    [Test]
    public async Task List_WhenAPartitionIsNamed_GivesItsEntitiesAlone()
    {
        string[] all = [.. Enumerable.Range(0, 20).Select(i => $"e{i}").Order(StringComparer.Ordinal)];
        foreach (string id in all)
        {
            await _journal.CommitAsync(_journal.Request(id, _owned[Partitioning.PartitionOf(id, 2)], [Event(1)]));
        }

        var first = (EntitiesListed)await AskAsync((journal, me) => journal.List(new ListEntities(1, 0), me));
        var second = (EntitiesListed)await AskAsync((journal, me) => journal.List(new ListEntities(1, 1), me));

        Assert.That(first.PersistenceIds, Is.EqualTo(all.Where(id => Partitioning.PartitionOf(id, 2) == 0)).And.Not.Empty);
        Assert.That(second.PersistenceIds, Is.EqualTo(all.Where(id => Partitioning.PartitionOf(id, 2) == 1)).And.Not.Empty);
    }

    [Test]
    public async Task Announce_WhenHostsComeAndLeave_ListsThoseThatAreThere()
    {
        await AskAsync((journal, me) => journal.Announce(new AnnounceMember(1, "s2"), me));
        var both = (MembersListed)await AskAsync((journal, me) => journal.Announce(new AnnounceMember(2, "s1"), me));
        var one = (MembersListed)await AskAsync((journal, me) => journal.Announce(new AnnounceMember(3, "s2", Leaves: true), me));

        Assert.That(both.Members.Select(member => member.Host), Is.EqualTo(new[] { "s1", "s2" }));
        Assert.That(both.Members.Select(member => member.Age), Is.All.InRange(TimeSpan.Zero, TimeSpan.FromHours(1)));
        Assert.That(one.Members.Select(member => member.Host), Is.EqualTo(new[] { "s1" }));
    }

    [Test]
    public async Task Append_WhenAttemptsAreNoted_RemembersTheLastUntilTheInboxAdvances()
    {
        await _journal.CommitAsync(_journal.Request("ion-1", _owned[0], inbox: new InboxRow("proxy", 1, 1)));
        await _journal.CommitAsync(_journal.Request("ion-1", _owned[0]) with { Attempt = new InboxAttempt("proxy", 2, 1, "it threw") });
        await _journal.CommitAsync(_journal.Request("ion-1", _owned[0]) with { Attempt = new InboxAttempt("proxy", 2, 2, "again") });

        await _harness.ReopenAsync();
        Recovered tried = await _journal.RecoverAsync("ion-1");
        await _journal.CommitAsync(_journal.Request("ion-1", _owned[0], inbox: new InboxRow("proxy", 2, 1)));
        Recovered applied = await _journal.RecoverAsync("ion-1");

        Assert.That(tried.Start.Attempts, Is.EqualTo(new[] { new InboxAttempt("proxy", 2, 2, "again") }));
        Assert.That(applied.Start.Attempts, Is.Empty);
    }

    [Test]
    public async Task Append_WhenAMessageIsParked_KeepsItUntilItIsTakenOut()
    {
        var parked = new ParkedMessage("proxy", 1, "test.told/1", [1, 2, 3], At(5), 3, "it threw", "at X");
        await _journal.CommitAsync(_journal.Request("ion-1", _owned[0], inbox: new InboxRow("proxy", 1, 1)) with { Parked = parked });
        await _journal.CommitAsync(_journal.Request("ion-0", _owned[0]) with { Parked = parked with { Sender = "other" } });
        await _harness.ReopenAsync();

        ParkedRead all = await ParkedAsync(null);
        ParkedRead its = await ParkedAsync("ion-1");
        await _journal.RefusedAsync(_journal.Request("ion-1", _owned[0]) with { Parked = parked }, AppendFailureReason.Fenced);
        await _journal.RefusedAsync(_journal.Request("ion-1", _owned[0]) with { Unparked = ("proxy", 2) }, AppendFailureReason.Rejected);
        await _journal.CommitAsync(_journal.Request("ion-1", _owned[0]) with { Unparked = ("proxy", 1) });
        ParkedRead none = await ParkedAsync("ion-1");

        Assert.Multiple(() =>
        {
            Assert.That(all.Messages.Select(m => m.Receiver), Is.EqualTo(new[] { "ion-0", "ion-1" }));
            Assert.That(all.Total, Is.EqualTo(2));
            Assert.That(its.Messages.Single().Message, Is.EqualTo(parked).Using<ParkedMessage>(Same));
            Assert.That(its.Messages.Single().Message.Payload, Is.EqualTo(parked.Payload));
            Assert.That(none.Messages, Is.Empty);
            Assert.That(none.Total, Is.Zero);
        });
    }

    [Test]
    public async Task Compact_WhenASnapshotContainsThem_DeletesEventsAndGoesOn()
    {
        await _journal.CommitAsync(_journal.Request("ion-1", _owned[0], Events(1, 5)));
        Assert.That(await CompactAsync(1), Is.InstanceOf<CompactionFailed>(), "without a snapshot");
        await AskAsync((journal, me) => journal.SaveSnapshot(
            new SaveSnapshotRequest(9, "ion-1", _owned[0], new StoredSnapshot(3, "test.state/1", [123, 125], At(9))), me));
        Assert.That(await CompactAsync(4), Is.InstanceOf<CompactionFailed>(), "above the snapshot");

        Assert.That(await CompactAsync(3), Is.EqualTo(new Compacted(9, 3)));
        Assert.That(await CompactAsync(3), Is.EqualTo(new Compacted(9, 0)));
        await _journal.CommitAsync(_journal.Request("ion-1", _owned[0], [Event(6)]));
        await _harness.ReopenAsync();

        Recovered recovered = await _journal.RecoverAsync("ion-1");
        Assert.That(recovered.Start.Snapshot!.SequenceNr, Is.EqualTo(3));
        Assert.That(recovered.Events.Select(e => e.SequenceNr), Is.EqualTo(new long[] { 4, 5, 6 }));
        Assert.That((await _journal.ReadAsync(FromBegin, 10)).Events.Select(e => (e.Ordering, e.Event.SequenceNr)), Is.EqualTo(new[] { (4L, 4L), (5L, 5L), (6L, 6L) }));
    }

    private static bool Same(ParkedMessage left, ParkedMessage right) =>
        (left.Sender, left.SequenceNr, left.Manifest, left.Timestamp, left.Attempts, left.Reason, left.Detail)
        == (right.Sender, right.SequenceNr, right.Manifest, right.Timestamp, right.Attempts, right.Reason, right.Detail);

    private Task<object> AskAsync(Action<IJournal, Eco.Runtime.Actors.IActorRef> request) => _harness.AskAsync(request);

    private Task<object> CompactAsync(long upTo) =>
        AskAsync((journal, me) => journal.Compact(new CompactEvents(9, "ion-1", _owned[0], upTo), me));

    private async Task<ParkedRead> ParkedAsync(string? receiver) =>
        (ParkedRead)await AskAsync((journal, me) => journal.ReadParked(new ReadParkedMessages(3, receiver, 10), me));
}
