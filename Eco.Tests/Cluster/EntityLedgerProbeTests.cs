using Eco.Runtime.Cluster;
using Eco.Runtime.Persistence;
using NUnit.Framework;

namespace Eco.Tests.Cluster;

[TestFixture]
public sealed class EntityLedgerProbeTests
{
    private const string Peer = "agent/edge-1/1";
    private EntityLedger _ledger = null!;

    [SetUp]
    public void BookThree()
    {
        _ledger = new EntityLedger(window: 64);
        Send(3);
        _ledger.TakeSendable(Peer, everything: false);
    }

    [Test]
    public void IsStuck_WhenTheTransportHasAMessageThatNobodyAcknowledges_IsSoAtTheSecondLook()
    {
        Confirm(1, 2, 3);

        Assert.That(_ledger.IsStuck(Peer), Is.False);
        Assert.That(_ledger.IsStuck(Peer), Is.True);
        Assert.That(_ledger.Probe(Peer)?.SequenceNr, Is.EqualTo(1));
    }

    [Test]
    public void IsStuck_WhenAcknowledgementsGoOn_IsNot()
    {
        Confirm(1, 2, 3);
        _ledger.IsStuck(Peer);
        _ledger.Acknowledge(Peer, 1);

        Assert.That(_ledger.IsStuck(Peer), Is.False);
    }

    [Test]
    public void IsStuck_WhenTheTransportDoesNotHaveIt_LeavesItToTheResendTimer()
    {
        _ledger.IsStuck(Peer);

        Assert.That(_ledger.IsStuck(Peer), Is.False);
        Assert.That(_ledger.Unconfirmed(Peer), Is.True);
    }

    [Test]
    public void Acknowledge_WhenAProbeBroughtIt_SendsAllAfterItAgain()
    {
        Confirm(1, 2, 3);
        _ledger.Probe(Peer);

        _ledger.Acknowledge(Peer, 1);

        Assert.That(_ledger.TakeSendable(Peer, everything: false).Select(row => row.SequenceNr), Is.EqualTo(new long[] { 2, 3 }));
    }

    [Test]
    public void Acknowledge_WhenItComesByItself_SendsNothingTwice()
    {
        Confirm(1, 2, 3);

        _ledger.Acknowledge(Peer, 1);

        Assert.That(_ledger.TakeSendable(Peer, everything: false), Is.Empty);
    }

    [Test]
    public void Rewind_WhenTheRequestWasOvertaken_AsksForNothing()
    {
        _ledger.Acknowledge(Peer, 2);

        Assert.That(_ledger.Rewind(Peer, 2), Is.False);
        Assert.That(_ledger.Rewind(Peer, 3), Is.True);
        Assert.That(_ledger.TakeSendable(Peer, everything: true).Select(row => row.SequenceNr), Is.EqualTo(new long[] { 3 }));
    }

    [Test]
    public void AsksForGap_WhenTheSameNumberIsMissing_AsksOnce()
    {
        Assert.That(_ledger.AsksForGap(Peer), Is.True);
        Assert.That(_ledger.AsksForGap(Peer), Is.False);
        _ledger.Book(new InboxRow(Peer, 1, 1));
        Assert.That(_ledger.AsksForGap(Peer), Is.True);
    }

    private static OutboxRow Row(EntityLedger ledger) => new(Peer, ledger.NextNumber(Peer), "test/1", [], default);

    private void Send(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _ledger.Book([Row(_ledger)]);
        }
    }

    private void Confirm(params long[] numbers) => Array.ForEach(numbers, number => _ledger.Confirm(Peer, number));
}
