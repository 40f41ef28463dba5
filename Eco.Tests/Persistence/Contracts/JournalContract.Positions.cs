using System.Collections.Immutable;
using System.Text;
using Eco.Runtime.Persistence;
using NUnit.Framework;
using static Eco.Tests.Persistence.Contracts.JournalProbe;

namespace Eco.Tests.Persistence.Contracts;

/// <summary>Outbox, inbox, snapshots, claims and reading.</summary>
public abstract partial class JournalContract
{
    [Test]
    public async Task Acknowledge_WhenRowsAreRemoved_KeepsTheNumbersGivenOut()
    {
        await _journal.CommitAsync(_journal.Request("ion-1", _owned[0], outbox: [Message("agent-1", 1), Message("agent-1", 2), Message("agent-1", 3)]));
        await _journal.CommitAsync(_journal.Request("ion-1", _owned[0], acknowledged: [("agent-1", 2)]));
        await _journal.CommitAsync(_journal.Request("ion-1", _owned[0], acknowledged: [("agent-1", 1)]));

        await _harness.ReopenAsync();
        Recovered part = await _journal.RecoverAsync("ion-1");
        Assert.That(part.Start.Outbox.Select(m => m.SequenceNr), Is.EqualTo(new[] { 3L }));
        Assert.That(part.Start.Positions, Is.EqualTo(new[] { new OutboxPosition("agent-1", 3, 2) }));

        await _journal.CommitAsync(_journal.Request("ion-1", _owned[0], acknowledged: [("agent-1", 3)]));
        await _harness.ReopenAsync();
        Recovered all = await _journal.RecoverAsync("ion-1");
        Assert.That(all.Start.Outbox, Is.Empty);
        Assert.That(all.Start.Positions, Is.EqualTo(new[] { new OutboxPosition("agent-1", 3, 3) }));
        await _journal.RefusedAsync(_journal.Request("ion-1", _owned[0], outbox: [Message("agent-1", 3)]), AppendFailureReason.Fenced);
        await _journal.CommitAsync(_journal.Request("ion-1", _owned[0], outbox: [Message("agent-1", 4)]));
    }

    [Test]
    public async Task Acknowledge_WhenTheNumberWasNeverSent_IsRejected()
    {
        await _journal.CommitAsync(_journal.Request("ion-1", _owned[0], outbox: [Message("agent-1", 1)]));

        await _journal.RefusedAsync(_journal.Request("ion-1", _owned[0], acknowledged: [("agent-1", 2)]), AppendFailureReason.Rejected);
        await _journal.RefusedAsync(_journal.Request("ion-1", _owned[0], acknowledged: [("agent-2", 1)]), AppendFailureReason.Rejected);

        Assert.That((await _journal.RecoverAsync("ion-1")).Start.Outbox, Has.Length.EqualTo(1));
    }

    [Test]
    public async Task Outbox_WhenANumberLeavesAGap_IsRejectedWithItsEvents()
    {
        await _journal.RefusedAsync(_journal.Request("ion-1", _owned[0], [Event(1)], [Message("agent-1", 2)]), AppendFailureReason.Rejected);

        Assert.That((await _journal.RecoverAsync("ion-1")).Events, Is.Empty);
    }

    [Test]
    public async Task Inbox_WhenItAdvances_KeepsTheNewestPositionPerSender()
    {
        await _journal.CommitAsync(_journal.Request("ion-1", _owned[0], inbox: new InboxRow("a", 1, 1)));
        await _journal.CommitAsync(_journal.Request("ion-1", _owned[0], inbox: new InboxRow("b", 9, 4)));
        await _journal.CommitAsync(_journal.Request("ion-1", _owned[0], inbox: new InboxRow("a", 2, 1)));
        await _journal.CommitAsync(_journal.Request("ion-1", _owned[0], inbox: new InboxRow("a", 2, 3)));
        await _journal.CommitAsync(_journal.Request("ion-2", _owned[1], inbox: new InboxRow("a", 5, 5)));

        Assert.That((await _journal.RecoverAsync("ion-1")).Start.Inbox, Is.EqualTo(new[] { new InboxRow("a", 2, 3), new InboxRow("b", 9, 4) }));
    }

    [TestCase(2, 3, Description = "the same message again")]
    [TestCase(1, 3, Description = "an older message")]
    [TestCase(3, 2, Description = "an older owner epoch")]
    public async Task Inbox_WhenItDoesNotAdvance_IsRejected(long sequenceNr, long ownerEpoch)
    {
        await _journal.CommitAsync(_journal.Request("ion-1", _owned[0], inbox: new InboxRow("a", 2, 3)));

        await _journal.RefusedAsync(_journal.Request("ion-1", _owned[0], [Event(1)], inbox: new InboxRow("a", sequenceNr, ownerEpoch)), AppendFailureReason.Rejected);

        Assert.That((await _journal.RecoverAsync("ion-1")).Events, Is.Empty);
    }

    [Test]
    public async Task Snapshot_WhenSaved_ReplacesTheOlderOneAndStandsForItsEvents()
    {
        await _journal.CommitAsync(_journal.Request("ion-1", _owned[0], Events(1, 5)));
        Assert.That(await _journal.SaveSnapshotAsync("ion-1", _owned[0], 2, "old"), Is.InstanceOf<SnapshotSaved>());
        Assert.That(await _journal.SaveSnapshotAsync("ion-1", _owned[0], 4, "new"), Is.InstanceOf<SnapshotSaved>());

        await _harness.ReopenAsync();
        Recovered recovered = await _journal.RecoverAsync("ion-1");

        Assert.That(recovered.Start.Snapshot, Is.Not.Null);
        StoredSnapshot snapshot = recovered.Start.Snapshot!;
        Assert.That((snapshot.SequenceNr, snapshot.Manifest, Encoding.UTF8.GetString(snapshot.Payload), snapshot.Timestamp), Is.EqualTo((4L, "test.state/1", "new", At(4))));
        AssertSame(recovered.Events, [Event(5)]);
        await _journal.CommitAsync(_journal.Request("ion-1", _owned[0], [Event(6)]));
    }

    [TestCase(2, Description = "older than the stored one")]
    [TestCase(6, Description = "ahead of the last event")]
    public async Task Snapshot_WhenItsNumberCannotBe_FailsAndKeepsTheStoredOne(long sequenceNr)
    {
        await _journal.CommitAsync(_journal.Request("ion-1", _owned[0], Events(1, 5)));
        await _journal.SaveSnapshotAsync("ion-1", _owned[0], 3, "kept");

        object answer = await _journal.SaveSnapshotAsync("ion-1", _owned[0], sequenceNr, "refused");

        Assert.That(answer, Is.InstanceOf<SnapshotFailed>());
        Assert.That(((SnapshotFailed)answer).SequenceNr, Is.EqualTo(sequenceNr));
        Assert.That((await _journal.RecoverAsync("ion-1")).Start.Snapshot!.Payload, Is.EqualTo(Encoding.UTF8.GetBytes("kept")));
    }

    [Test]
    public async Task Snapshot_WhenTheWriterIsFenced_Fails()
    {
        await _journal.CommitAsync(_journal.Request("ion-1", _owned[0], Events(1, 2)));
        await _journal.ClaimAsync(writer: "writer-2");

        Assert.That(await _journal.SaveSnapshotAsync("ion-1", _owned[0], 2), Is.InstanceOf<SnapshotFailed>());
        Assert.That((await _journal.RecoverAsync("ion-1")).Start.Snapshot, Is.Null);
    }

    [Test]
    public async Task Claim_WhenMadeAgain_RaisesEachEpochAlsoAfterAReopening()
    {
        ImmutableArray<Ownership> second = await _journal.ClaimAsync(writer: "writer-2");
        await _harness.ReopenAsync();
        ImmutableArray<Ownership> third = await _journal.ClaimAsync(writer: "writer-2");

        Assert.Multiple(() =>
        {
            Assert.That(_owned.Select(o => (o.Partition, o.WriterId)), Is.EqualTo(new[] { (0, "writer-1"), (1, "writer-1") }));
            Assert.That(second.Zip(_owned), Is.All.Matches<(Ownership New, Ownership Old)>(p => p.New.OwnerEpoch > p.Old.OwnerEpoch));
            Assert.That(third.Zip(second), Is.All.Matches<(Ownership New, Ownership Old)>(p => p.New.OwnerEpoch > p.Old.OwnerEpoch));
        });
    }

    [Test]
    public async Task Claim_WhenThePartitionCountDiffers_FailsAndLeavesTheOwner()
    {
        await _harness.ReopenAsync();

        object answer = await _harness.AskAsync((journal, me) => journal.Claim(ClaimPartitions.All(77, 3, "writer-2"), me));

        Assert.That(answer, Is.InstanceOf<ClaimFailed>());
        Assert.That(((ClaimFailed)answer).CorrelationId, Is.EqualTo(77));
        await _journal.CommitAsync(_journal.Request("ion-1", _owned[0], [Event(1)]));
    }

    [Test]
    public async Task Read_WhenManyEntitiesWrote_GivesCommitOrderInPagesAndTheEnd()
    {
        await _journal.CommitAsync(_journal.Request("ion-2", _owned[1], Events(1, 2)));
        await _journal.CommitAsync(_journal.Request("ion-1", _owned[0], Events(1, 1)));
        await _journal.RefusedAsync(_journal.Request("ion-2", _owned[1], Events(9, 1)), AppendFailureReason.Rejected);
        await _journal.CommitAsync(_journal.Request("ion-2", _owned[1], Events(3, 1)));

        EventsRead first = await _journal.ReadAsync(FromBegin, 3);
        EventsRead rest = await _journal.ReadAsync(first.Positions, 3);
        EventsRead none = await _journal.ReadAsync(rest.Positions, 3);

        OrderedEvent[] all = [.. first.Events, .. rest.Events];
        Assert.Multiple(() =>
        {
            Assert.That(first.Events, Has.Length.EqualTo(3));
            Assert.That(all.Select(e => (e.PersistenceId, e.Event.SequenceNr)), Is.EqualTo(new[] { ("ion-2", 1L), ("ion-2", 2L), ("ion-1", 1L), ("ion-2", 3L) }));
            Assert.That(all.Select(e => e.Ordering), Is.Ordered.Ascending);
            Assert.That(all.Select(e => e.Ordering), Is.Unique);
            Assert.That(all.Select(e => e.Partition), Is.EqualTo(new[] { 1, 1, 0, 1 }));
            Assert.That(first.Positions, Is.Not.EqualTo(first.Ends));
            Assert.That(rest.Positions, Is.EqualTo(rest.Ends));
            Assert.That(none.Positions, Is.EqualTo(rest.Ends));
            Assert.That(none.Events, Is.Empty);
        });
    }

    [Test]
    public async Task Read_WhenPartitionsStandApart_GivesEachItsOwnEventsAlone()
    {
        await _journal.CommitAsync(_journal.Request("ion-1", _owned[0], Events(1, 2)));
        await _journal.CommitAsync(_journal.Request("ion-2", _owned[1], Events(1, 3)));
        EventsRead all = await _journal.ReadAsync(FromBegin, 10);
        long third = all.Events[2].Ordering;

        EventsRead apart = await _journal.ReadAsync([new PartitionPosition(1, third), new PartitionPosition(0, 0)], 10);
        EventsRead one = await _journal.ReadAsync([new PartitionPosition(0, 0)], 10);
        await _journal.CommitAsync(_journal.Request("ion-1", _owned[0], Events(3, 1)));
        EventsRead more = await _journal.ReadAsync(apart.Positions, 10);

        Assert.Multiple(() =>
        {
            Assert.That(Numbers(apart), Is.EqualTo(new[] { ("ion-1", 1L), ("ion-1", 2L), ("ion-2", 2L), ("ion-2", 3L) }));
            Assert.That(apart.Positions.Select(position => position.Partition), Is.EqualTo(new[] { 1, 0 }), "in the request's order");
            Assert.That(apart.Positions, Is.EqualTo(apart.Ends));
            Assert.That(Numbers(one), Is.EqualTo(new[] { ("ion-1", 1L), ("ion-1", 2L) }));
            Assert.That(Numbers(more), Is.EqualTo(new[] { ("ion-1", 3L) }));
        });
    }

    [Test]
    public async Task Read_WhenThePositionIsBeyondTheEnd_SaysWhereTheEndIs()
    {
        await _journal.CommitAsync(_journal.Request("ion-1", _owned[0], Events(1, 2)));

        EventsRead read = await _journal.ReadAsync([new PartitionPosition(0, 1_000)], 10);

        Assert.That(read.Events, Is.Empty);
        Assert.That(read.Ends.Single().Ordering, Is.LessThan(1_000));
    }

    [Test]
    public async Task Read_WhenNoOrOnePartitionTwiceIsNamed_Fails()
    {
        Assert.That(await _harness.AskAsync((journal, me) => journal.Read(new ReadEvents(5, [], 10), me)), Is.InstanceOf<ReadFailed>());
        Assert.That(
            await _harness.AskAsync((journal, me) => journal.Read(new ReadEvents(5, [.. FromBegin, .. FromBegin], 10), me)), Is.InstanceOf<ReadFailed>());
    }

    private static IEnumerable<(string, long)> Numbers(EventsRead read) => read.Events.Select(e => (e.PersistenceId, e.Event.SequenceNr));

    [TestCase(0)]
    [TestCase(10_001)]
    public async Task Read_WhenTheLimitIsOutOfRange_Fails(int limit)
    {
        object answer = await _harness.AskAsync((journal, me) => journal.Read(new ReadEvents(5, FromBegin, limit), me));

        Assert.That(answer, Is.InstanceOf<ReadFailed>());
    }

    [Test]
    public async Task List_WhenEntitiesLeftSomething_NamesThemInOrdinalOrder()
    {
        await _journal.CommitAsync(_journal.Request("b", _owned[0], [Event(1)]));
        await _journal.CommitAsync(_journal.Request("only-outbox", _owned[0], outbox: [Message("x", 1)]));
        await _journal.CommitAsync(_journal.Request("B", _owned[0], [Event(1)]));
        await _journal.RefusedAsync(_journal.Request("never", _owned[0], [Event(2)]), AppendFailureReason.Rejected);

        var listed = (EntitiesListed)await _harness.AskAsync((journal, me) => journal.List(new ListEntities(1), me));

        Assert.That(listed.PersistenceIds, Is.EqualTo(new[] { "B", "b", "only-outbox" }));
    }
}
