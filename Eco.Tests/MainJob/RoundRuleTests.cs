using Eco.Actors.Ions.Rounds;
using Eco.Engines.Data;
using Eco.Engines.Online.Experiments;
using Eco.Host.Demo;
using NUnit.Framework;

namespace Eco.Tests.MainJob;

/// <summary>Quorum, deadline and late updates, with an edge that is behind.</summary>
[TestFixture]
public sealed class RoundRuleTests
{
    private static readonly TimeSpan RestartAfter = TimeSpan.FromMilliseconds(500);

    [TestCase("fold")]
    [TestCase("discard")]
    public void LateUpdates_WhenAnEdgeWasCutOff_FollowThePolicy(string policy)
    {
        using MainJobRun run = Start("quorum = 2, deadline = 500ms, late = " + policy);
        run.World.RunFor(TimeSpan.FromSeconds(3));
        run.World.Network.Isolate("edge-1");
        run.World.RunFor(TimeSpan.FromSeconds(8));
        run.World.Network.HealAll();
        run.Complete();
        run.World.RunFor(TimeSpan.FromMinutes(3));

        UpdateLeftOut[] late = [.. run.MergeEvents.OfType<UpdateLeftOut>().Where(left => left.Reason.StartsWith("late", StringComparison.Ordinal))];
        RoundClosed[] rounds = [.. run.MergeEvents.OfType<RoundClosed>()];
        Assert.That(rounds.Count(round => !round.Participants.Contains("edge-1")), Is.GreaterThan(5));
        Assert.That(rounds.Last().Participants, Does.Contain("edge-1"), "it takes part again");
        Assert.That(late.Select(left => left.Agent).Distinct(), Is.EqualTo(policy == "discard" ? new[] { "edge-1" } : []));
    }

    [Test]
    public void Round_WhenTheQuorumIsNotThereAtTheDeadline_IsVoid()
    {
        using MainJobRun run = Start("quorum = 3, deadline = 500ms, late = fold");
        run.World.RunFor(TimeSpan.FromSeconds(3));
        run.World.Network.Isolate("edge-1");
        run.World.RunFor(TimeSpan.FromSeconds(8));

        RoundVoided[] voided = [.. run.MergeEvents.OfType<RoundVoided>()];
        Assert.That(voided, Has.Length.GreaterThan(5));
        Assert.That(voided[0].Reason, Does.Contain("2 of 3"));
        run.World.Network.HealAll();
        run.Complete();
    }

    [Test]
    public void Round_WhenTheServerDiesWhileItIsOpen_StillMeetsItsDeadline()
    {
        using MainJobRun run = Start("quorum = 2, deadline = 500ms, late = fold");
        run.World.Network.Isolate("edge-1");
        run.World.CrashPoints.Arm("server", "journal.afterCommit", "merge.round-opened/1", 3, RestartAfter);
        run.World.RunFor(TimeSpan.FromSeconds(10));

        Assert.That(run.World.CrashPoints.Armed, Is.Zero);
        Assert.That(run.MergeEvents.OfType<RoundMerged>().Count(), Is.GreaterThan(8));
        run.World.Network.HealAll();
        run.Complete();
    }

    private static MainJobRun Start(string rules)
    {
        var workload = new FederatedKMeansWorkload { Seed = 51, Batches = 200, WarmUp = 5, Clusters = new MovingClusters { Points = 20 } };
        var ion = new FederatedKMeansIon("job", workload, TimeSpan.FromMilliseconds(80), 4);
        return MainJobRun.Start(51, ion, rounds: rules);
    }
}
