using Eco.Runtime.Persistence;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace Eco.Tests.Persistence.Contracts;

/// <summary>Random histories, right and wrong requests mixed and committed in groups, end as the model in memory says.</summary>
public abstract class JournalModelContract
{
    private static readonly string[] Ids = ["ion-a", "ion-b", "agent-ü"];
    private static readonly string[] Peers = ["peer-1", "peer-2"];

    /// <summary>An empty journal of its own.</summary>
    protected abstract StorageHarness<IJournal> CreateHarness();

    /// <summary>One request, relative to the state that it meets. Offsets of 0 are right, others wrong.</summary>
    public sealed record Step(
        int Entity,
        int Peer,
        int Events,
        int EventOffset,
        int Messages,
        int MessageOffset,
        int AcknowledgeBack,
        int InboxForward,
        int EpochForward,
        bool Stale,
        bool Claim);

    private static Gen<int> MostlyZero => Gen.Frequency((12, Gen.Constant(0)), (1, Gen.Constant(-1)), (1, Gen.Constant(1)));

    private static Gen<Step> Steps =>
        from entity in Gen.Choose(0, Ids.Length - 1)
        from peer in Gen.Choose(0, Peers.Length - 1)
        from events in Gen.Choose(0, 3)
        from eventOffset in MostlyZero
        from messages in Gen.Choose(0, 2)
        from messageOffset in MostlyZero
        from acknowledgeBack in Gen.Choose(-1, 8)
        from inboxForward in Gen.Choose(-1, 3)
        from epochForward in MostlyZero
        from stale in Gen.Frequency((12, Gen.Constant(false)), (1, Gen.Constant(true)))
        from claim in Gen.Frequency((20, Gen.Constant(false)), (1, Gen.Constant(true)))
        select new Step(entity, peer, events, eventOffset, messages, messageOffset, acknowledgeBack, inboxForward, epochForward, stale, claim);

    [Test]
    public void Journal_WhenFedRandomHistories_AgreesWithTheModel()
    {
        Arbitrary<Step[]> histories = Steps.ArrayOf().ToArbitrary();
        int committed = 0;
        int refused = 0;
        Prop.ForAll(histories, history =>
        {
            (int good, int bad) = RunAsync(history).GetAwaiter().GetResult();
            committed += good;
            refused += bad;
        }).Check(Properties.Quiet.WithMaxTest(30).WithEndSize(60));

        // Else the test would have stopped testing one of its halves unnoticed.
        Assert.Multiple(() =>
        {
            Assert.That(committed, Is.GreaterThan(100));
            Assert.That(refused, Is.GreaterThan(100));
        });
    }

    private async Task<(int Committed, int Refused)> RunAsync(Step[] history)
    {
        await using StorageHarness<IJournal> harness = CreateHarness();
        var probe = new JournalProbe(harness);
        var model = new JournalModel();
        model.Claim("w0");
        Assert.That((await probe.ClaimAsync(1, "w0"))[0], Is.EqualTo(model.Owner));
        var expected = new Dictionary<long, object>();
        IReadOnlyList<object> answers = await harness.AskAsync(
            (journal, me) =>
            {
                foreach (Step step in history)
                {
                    if (step.Claim)
                    {
                        var claim = ClaimPartitions.All(probe.NextCorrelation(), 1, $"w{model.Owner.OwnerEpoch}");
                        model.Claim(claim.WriterId);
                        expected[claim.CorrelationId] = model.Owner;
                        journal.Claim(claim, me);
                    }

                    AppendRequest request = Request(probe, model, step);
                    AppendFailureReason? failure = model.Append(request);
                    expected[request.CorrelationId] = failure is { } reason ? reason : "committed";
                    journal.Append(request, me);
                }
            },
            all => all.Count == expected.Count);

        Assert.That(answers.Select(Outcome), Is.EquivalentTo(expected.Select(e => (e.Key, e.Value))));
        await harness.ReopenAsync();
        foreach (string id in Ids)
        {
            Assert.That(JournalModel.Entity.Describe(await probe.RecoverAsync(id)), Is.EqualTo(model.Of(id).Describe()), id);
        }

        return (expected.Values.Count(v => v is string), expected.Values.Count(v => v is AppendFailureReason));
    }

    private static (long, object) Outcome(object answer) => answer switch
    {
        AppendCommitted c => (c.CorrelationId, "committed"),
        AppendFailed f => (f.CorrelationId, f.Reason),
        PartitionsClaimed p => (p.CorrelationId, p.Owned[0]),
        _ => (0, answer),
    };

    private static AppendRequest Request(JournalProbe probe, JournalModel model, Step step)
    {
        JournalModel.Entity entity = model.Of(Ids[step.Entity]);
        string peer = Peers[step.Peer];
        OutboxPosition position = entity.PositionOf(peer);
        InboxRow inbox = entity.InboxOf(peer);
        long acknowledge = position.LastSequenceNr - step.AcknowledgeBack;
        return probe.Request(
            Ids[step.Entity],
            step.Stale ? model.Owner with { OwnerEpoch = model.Owner.OwnerEpoch - 1 } : model.Owner,
            JournalProbe.Events(entity.Last + 1 + step.EventOffset, step.Events),
            [.. Enumerable.Range(1, step.Messages).Select(i => JournalProbe.Message(peer, position.LastSequenceNr + i + step.MessageOffset))],
            acknowledge > 0 ? [(peer, acknowledge)] : [],
            step.InboxForward == 3 ? null : new InboxRow(peer, inbox.LastSequenceNr + step.InboxForward, inbox.OwnerEpoch + step.EpochForward));
    }
}
