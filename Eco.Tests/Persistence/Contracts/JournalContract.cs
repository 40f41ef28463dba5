using System.Collections.Immutable;
using System.Text;
using Eco.Runtime.Persistence;
using NUnit.Framework;
using static Eco.Tests.Persistence.Contracts.JournalProbe;

namespace Eco.Tests.Persistence.Contracts;

/// <summary>What every implementation of <see cref="IJournal"/> keeps: appends, fences and recovery.</summary>
public abstract partial class JournalContract
{
    private StorageHarness<IJournal> _harness = null!;
    private JournalProbe _journal = null!;
    private ImmutableArray<Ownership> _owned;

    /// <summary>An empty journal of its own.</summary>
    protected abstract StorageHarness<IJournal> CreateHarness();

    [SetUp]
    public async Task OpenAndClaim()
    {
        _harness = CreateHarness();
        _journal = new JournalProbe(_harness);
        _owned = await _journal.ClaimAsync();
    }

    [TearDown]
    public async Task Close() => await _harness.DisposeAsync();

    [Test]
    public async Task Recover_WhenNothingWasStored_GivesOneEmptyLastPage()
    {
        Recovered nothing = await _journal.RecoverAsync("ion-1");

        Assert.Multiple(() =>
        {
            Assert.That(nothing.Start.Snapshot, Is.Null);
            Assert.That(nothing.Start.Outbox, Is.Empty);
            Assert.That(nothing.Start.Positions, Is.Empty);
            Assert.That(nothing.Start.Inbox, Is.Empty);
            Assert.That(nothing.Events, Is.Empty);
            Assert.That(nothing.Pages, Is.EqualTo(1));
        });
    }

    [Test]
    public async Task Append_WhenCommitted_IsRecoveredUnchangedAfterAReopening()
    {
        AppendRequest request = _journal.Request(
            "ion-ü-1",
            _owned[1],
            [Event(1, "ä"), Event(2, "b", "test.other/3")],
            [Message("agent-1", 1), Message("agent-2", 1), Message("agent-1", 2)],
            inbox: new InboxRow("proxy-1", 4, 7));
        await _journal.CommitAsync(request);

        await _harness.ReopenAsync();
        Recovered recovered = await _journal.RecoverAsync("ion-ü-1");

        Assert.Multiple(() =>
        {
            AssertSame(recovered.Events, request.Events);
            Assert.That(recovered.Start.Outbox.Select(m => (m.Receiver, m.SequenceNr)), Is.EqualTo(new[] { ("agent-1", 1L), ("agent-1", 2L), ("agent-2", 1L) }));
            OutboxRow message = recovered.Start.Outbox[1];
            Assert.That((message.Manifest, message.Timestamp, Encoding.UTF8.GetString(message.Payload)), Is.EqualTo(("test.told/1", At(2_002), "{\"m\":2}")));
            Assert.That(recovered.Start.Positions, Is.EqualTo(new[] { new OutboxPosition("agent-1", 2, 0), new OutboxPosition("agent-2", 1, 0) }));
            Assert.That(recovered.Start.Inbox, Is.EqualTo(new[] { new InboxRow("proxy-1", 4, 7) }));
        });
    }

    [Test]
    public async Task Append_WhenItsInboxRowIsRefused_StoresNeitherEventsNorMessages()
    {
        await _journal.CommitAsync(_journal.Request("ion-1", _owned[0], [Event(1)], inbox: new InboxRow("proxy-1", 5, 1)));

        await _journal.RefusedAsync(
            _journal.Request("ion-1", _owned[0], [Event(2)], [Message("agent-1", 1)], inbox: new InboxRow("proxy-1", 5, 1)),
            AppendFailureReason.Rejected);

        Recovered recovered = await _journal.RecoverAsync("ion-1");
        Assert.Multiple(() =>
        {
            Assert.That(recovered.Events, Has.Length.EqualTo(1));
            Assert.That(recovered.Start.Outbox, Is.Empty);
            Assert.That(recovered.Start.Positions, Is.Empty);
            Assert.That(recovered.Start.Inbox, Is.EqualTo(new[] { new InboxRow("proxy-1", 5, 1) }));
        });
    }

    [Test]
    public async Task Append_WhenItsSecondEventIsRefused_StoresNotEvenTheFirst()
    {
        await _journal.RefusedAsync(_journal.Request("ion-1", _owned[0], [Event(1), Event(3)]), AppendFailureReason.Rejected);

        Assert.That((await _journal.RecoverAsync("ion-1")).Events, Is.Empty);
    }

    [Test]
    public async Task Append_WhenAnotherClaimRaisedTheEpoch_IsFenced()
    {
        await _journal.CommitAsync(_journal.Request("ion-1", _owned[0], [Event(1)]));
        ImmutableArray<Ownership> later = await _journal.ClaimAsync(writer: "writer-2");

        await _journal.RefusedAsync(_journal.Request("ion-1", _owned[0], [Event(2)]), AppendFailureReason.Fenced);
        await _journal.RefusedAsync(_journal.Request("ion-1", _owned[0], acknowledged: []), AppendFailureReason.Fenced);
        await _journal.CommitAsync(_journal.Request("ion-1", later[0], [Event(2)]));
    }

    [Test]
    public async Task Append_WhenEpochOrWriterOrPartitionIsNotTheOwners_IsFenced()
    {
        Ownership mine = _owned[0];

        await _journal.RefusedAsync(_journal.Request("ion-1", mine with { OwnerEpoch = mine.OwnerEpoch + 1 }, [Event(1)]), AppendFailureReason.Fenced);
        await _journal.RefusedAsync(_journal.Request("ion-1", mine with { WriterId = "somebody" }, [Event(1)]), AppendFailureReason.Fenced);
        await _journal.RefusedAsync(_journal.Request("ion-1", mine with { Partition = 99 }, [Event(1)]), AppendFailureReason.Fenced);
        Assert.That((await _journal.RecoverAsync("ion-1")).Events, Is.Empty);
    }

    [Test]
    public async Task Append_WhenTheSequenceNumberIsTaken_IsFenced()
    {
        await _journal.CommitAsync(_journal.Request("ion-1", _owned[0], [Event(1, "first")]));

        await _journal.RefusedAsync(_journal.Request("ion-1", _owned[0], [Event(1, "second")]), AppendFailureReason.Fenced);

        AssertSame((await _journal.RecoverAsync("ion-1")).Events, [Event(1, "first")]);
    }

    [Test]
    public async Task Append_WhenTheSequenceNumberLeavesAGap_IsRejected()
    {
        await _journal.RefusedAsync(_journal.Request("ion-1", _owned[0], [Event(2)]), AppendFailureReason.Rejected);
        await _journal.CommitAsync(_journal.Request("ion-1", _owned[0], [Event(1)]));
        await _journal.RefusedAsync(_journal.Request("ion-1", _owned[0], [Event(3)]), AppendFailureReason.Rejected);
    }

    [Test]
    public async Task Append_WhenAPayloadIsGreaterThanOneMebibyte_IsRejected()
    {
        JournalEvent allowed = Event(1) with { Payload = new byte[1 << 20] };
        JournalEvent tooBig = Event(2) with { Payload = new byte[(1 << 20) + 1] };

        await _journal.CommitAsync(_journal.Request("ion-1", _owned[0], [allowed]));
        await _journal.RefusedAsync(_journal.Request("ion-1", _owned[0], [tooBig]), AppendFailureReason.Rejected);
        await _journal.RefusedAsync(
            _journal.Request("ion-1", _owned[0], [], [Message("agent-1", 1) with { Payload = tooBig.Payload }]),
            AppendFailureReason.Rejected);
    }

    [Test]
    public async Task Append_WhenManyWait_CommitsThoseOfOneEntityInOrderAndTheWrongOnesAlone()
    {
        const int Entities = 20;
        const int Each = 10;
        List<AppendRequest> good = [];
        List<AppendRequest> bad = [];
        IReadOnlyList<object> answers = await _harness.AskAsync(
            (journal, me) =>
            {
                for (int n = 1; n <= Each; n++)
                {
                    for (int entity = 0; entity < Entities; entity++)
                    {
                        good.Add(_journal.Request($"ion-{entity}", _owned[entity % 2], [Event(n)], [Message("agent", n)]));
                        journal.Append(good[^1], me);
                        bad.Add(_journal.Request($"ion-{entity}", _owned[entity % 2] with { OwnerEpoch = 0 }, [Event(n + 1)], [Message("agent", n + 1)]));
                        journal.Append(bad[^1], me);
                    }
                }
            },
            all => all.Count == Entities * Each * 2);

        Assert.That(answers.OfType<AppendCommitted>().Select(a => a.CorrelationId), Is.EquivalentTo(good.Select(r => r.CorrelationId)));
        Assert.That(answers.OfType<AppendFailed>().Select(a => a.CorrelationId), Is.EquivalentTo(bad.Select(r => r.CorrelationId)));
        Assert.That(answers.OfType<AppendFailed>().Select(a => a.Reason), Is.All.EqualTo(AppendFailureReason.Fenced));
        for (int entity = 0; entity < Entities; entity++)
        {
            Recovered recovered = await _journal.RecoverAsync($"ion-{entity}");
            AssertSame(recovered.Events, Events(1, Each));
            Assert.That(recovered.Start.Outbox.Select(m => m.SequenceNr), Is.EqualTo(Enumerable.Range(1, Each).Select(n => (long)n)));
        }
    }

    [TestCase(999, 1)]
    [TestCase(1_000, 1)]
    [TestCase(1_001, 2)]
    [TestCase(2_500, 3)]
    public async Task Recover_WhenThereAreManyEvents_GivesPagesOfOneThousand(int count, int pages)
    {
        await _journal.CommitAsync(_journal.Request("ion-1", _owned[0], Events(1, count)));

        Recovered recovered = await _journal.RecoverAsync("ion-1");

        Assert.That(recovered.Pages, Is.EqualTo(pages));
        AssertSame(recovered.Events, Events(1, count));
    }

    private static void AssertSame(ImmutableArray<JournalEvent> actual, ImmutableArray<JournalEvent> expected)
    {
        static (long, string, string, HybridTimestamp) Parts(JournalEvent e) => (e.SequenceNr, e.Manifest, Encoding.UTF8.GetString(e.Payload), e.Timestamp);
        Assert.That(actual.Select(Parts), Is.EqualTo(expected.Select(Parts)));
    }
}
