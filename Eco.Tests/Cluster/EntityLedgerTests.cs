using Eco.Runtime.Cluster;
using Eco.Runtime.Persistence;
using NUnit.Framework;

namespace Eco.Tests.Cluster;

public sealed class EntityLedgerTests
{
    private const string To = "proxy/edge-1";
    private EntityLedger _ledger = new(3);

    [SetUp]
    public void Open() => _ledger = new EntityLedger(3);

    [Test]
    public void NextNumber_WhenAskedForTwoReceivers_CountsEachWithoutGaps()
    {
        long[] numbers = [_ledger.NextNumber(To), _ledger.NextNumber("x"), _ledger.NextNumber(To), _ledger.NextNumber(To), _ledger.NextNumber("x")];

        Assert.That(numbers, Is.EqualTo(new[] { 1, 1, 2, 3, 2 }));
    }

    [Test]
    public void TakeSendable_WhenMoreWaitThanTheWindowHolds_GivesTheFirstOnesOnce()
    {
        Book(_ledger, 5);

        Assert.That(Taken(_ledger, everything: false), Is.EqualTo(new[] { 1, 2, 3 }));
        Assert.That(Taken(_ledger, everything: false), Is.Empty, "they are on their way");
        Assert.That(_ledger.Acknowledge(To, 2), Is.True);
        Assert.That(Taken(_ledger, everything: false), Is.EqualTo(new[] { 4, 5 }));
        Assert.That(_ledger.Outstanding(To), Is.EqualTo(3));
    }

    [Test]
    public void TakeSendable_WhenEverythingIsAskedFor_LeavesOutWhatTheTransportHasConfirmed()
    {
        Book(_ledger, 3);
        Taken(_ledger, everything: false);

        _ledger.Confirm(To, 1);
        _ledger.Confirm(To, 3);

        Assert.That(Taken(_ledger, everything: true), Is.EqualTo(new[] { 2, 3 }), "2 is in doubt, and all after it with it");
        Assert.That(_ledger.Unconfirmed(To), Is.True);
        _ledger.Confirm(To, 2);
        _ledger.Confirm(To, 3);
        Assert.That(_ledger.Unconfirmed(To), Is.False);
        Assert.That(_ledger.HasPending, Is.True, "only an acknowledgement removes a row");
    }

    [Test]
    public void Rewind_WhenTheReceiverMissesANumber_SendsAllFromThereAgain()
    {
        Book(_ledger, 3);
        Taken(_ledger, everything: false);
        _ledger.Confirm(To, 1);
        _ledger.Confirm(To, 2);
        _ledger.Confirm(To, 3);

        _ledger.Rewind(To, 2);

        Assert.That(Taken(_ledger, everything: true), Is.EqualTo(new[] { 2, 3 }));
    }

    [Test]
    public void Probe_WhenAllIsConfirmedButNotAcknowledged_IsTheFirstMessage()
    {
        Book(_ledger, 3);
        Taken(_ledger, everything: false);
        _ledger.Acknowledge(To, 1);

        Assert.That(_ledger.Probe(To)?.SequenceNr, Is.EqualTo(2));
        _ledger.Acknowledge(To, 3);
        Assert.That(_ledger.Probe(To), Is.Null);
    }

    [TestCase(0, false)]
    [TestCase(2, true)]
    [TestCase(3, true)]
    [TestCase(4, false, Description = "never given out")]
    [TestCase(-1, false)]
    public void Acknowledge_WhenItIsNewsOrNot_SaysWhetherToJournalIt(long upTo, bool news)
    {
        Book(_ledger, 3);

        Assert.That(_ledger.Acknowledge(To, upTo), Is.EqualTo(news));
        Assert.That(_ledger.Acknowledge(To, upTo), Is.False, "the second time it is none");
        Assert.That(_ledger.Outstanding(To), Is.EqualTo(news ? 3 - upTo : 3));
    }

    [Test]
    public void Abandon_WhenMessagesWait_DropsThemAndGoesOnCounting()
    {
        Book(_ledger, 5);

        Assert.That(_ledger.Abandon(To), Is.EqualTo(5));
        Assert.That(_ledger.HasPending, Is.False);
        Assert.That(_ledger.NextNumber(To), Is.EqualTo(6));
        Assert.That(_ledger.Abandon("nobody"), Is.Zero);
    }

    [Test]
    public void Pending_WhenSeveralReceiversWait_IsInOrdinalOrderWithoutTheAcknowledged()
    {
        foreach (string receiver in new[] { "b", "a", "B", "c" })
        {
            _ledger.Book([Row(receiver, _ledger.NextNumber(receiver))]);
        }

        _ledger.Acknowledge("b", 1);

        Assert.That(_ledger.Pending, Is.EqualTo(new[] { "B", "a", "c" }));
    }

    [TestCase(5, 2, InboxVerdict.Duplicate)]
    [TestCase(1, 3, InboxVerdict.Duplicate)]
    [TestCase(0, 2, InboxVerdict.Duplicate)]
    [TestCase(6, 2, InboxVerdict.Apply)]
    [TestCase(6, 3, InboxVerdict.Apply)]
    [TestCase(7, 2, InboxVerdict.Gap)]
    [TestCase(6, 1, InboxVerdict.Stale)]
    [TestCase(5, 1, InboxVerdict.Stale)]
    public void Judge_WhenFiveOfEpochTwoAreApplied_Says(long number, long epoch, InboxVerdict expected)
    {
        _ledger.Book(new InboxRow("s", 5, 2));

        Assert.That(_ledger.Judge("s", number, epoch), Is.EqualTo(expected));
        Assert.That(_ledger.Applied("s"), Is.EqualTo(5), "judging moves nothing");
    }

    [Test]
    public void Judge_WhenTheSenderIsNew_WantsTheFirstNumber()
    {
        Assert.That(_ledger.Judge("new", 1, 1), Is.EqualTo(InboxVerdict.Apply));
        Assert.That(_ledger.Judge("new", 2, 1), Is.EqualTo(InboxVerdict.Gap));
        Assert.That(_ledger.Applied("new"), Is.Zero);
    }

    [Test]
    public void Restore_WhenTheJournalRemembersABook_GoesOnWithIt()
    {
        _ledger.Restore(new RecoveryStarted(
            1,
            null,
            [Row(To, 4), Row(To, 5)],
            [new OutboxPosition("done", 9, 9), new OutboxPosition(To, 5, 3)],
            [new InboxRow("s", 7, 2)], []));

        Assert.That(Taken(_ledger, everything: true), Is.EqualTo(new[] { 4, 5 }));
        Assert.That(_ledger.NextNumber(To), Is.EqualTo(6));
        Assert.That(_ledger.NextNumber("done"), Is.EqualTo(10));
        Assert.That(_ledger.Applied("s"), Is.EqualTo(7));
        Assert.That(_ledger.Acknowledge(To, 3), Is.False, "it was booked before the restart");
    }

    internal static OutboxRow Row(string receiver, long number) =>
        new(receiver, number, "test.said/1", [(byte)'0'], new HybridTimestamp(1, 0, "a"));

    private static void Book(EntityLedger ledger, int count, int from = 1) =>
        ledger.Book(Enumerable.Range(from, count).Select(_ => Row(To, ledger.NextNumber(To))).ToArray());

    private static long[] Taken(EntityLedger ledger, bool everything) =>
        [.. ledger.TakeSendable(To, everything).Select(row => row.SequenceNr)];
}
