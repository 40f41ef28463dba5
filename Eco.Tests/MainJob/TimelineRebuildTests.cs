using Eco.Actors.Console;
using Eco.Actors.Ions.Rounds;
using NUnit.Framework;

namespace Eco.Tests.MainJob;

/// <summary>The timeline after the main job: rebuilt, and asked who has what.</summary>
[TestFixture]
public sealed class TimelineRebuildTests
{
    [Test]
    public void Rebuild_WhenTheRunIsOver_GivesTheSameTables()
    {
        using MainJobRun run = MainJobRun.Start(61).Complete();
        run.World.RunFor(TimeSpan.FromMinutes(2));
        string[] before = Tables(run);

        RebuildView rebuilt = IonLifeCycleTests.Data<RebuildView>(run.Cluster.Ask(ConsoleVerbs.TimelineRebuild));

        Assert.That(rebuilt.Events, Is.GreaterThan(100));
        Assert.That(Tables(run), Is.EqualTo(before));
    }

    [Test]
    public void Rebuild_WhenItIsAskedInTheMiddleOfTheRun_EndsAndTheStoryGoesOn()
    {
        using MainJobRun run = MainJobRun.Start(62);
        for (int i = 0; i < 5; i++)
        {
            run.World.RunFor(TimeSpan.FromMilliseconds(333));
            Assert.That(run.Cluster.Ask(ConsoleVerbs.TimelineRebuild).Error, Is.Null);
        }

        run.Complete();
        Assert.That(run.Cluster.Detail("job")!.MergedRounds, Is.EqualTo(run.MergeEvents.Count(e => e is RoundMerged)));
    }

    [Test]
    public void WhoHas_WhenAModelWasMerged_NamesItsHoldersAndItsParents()
    {
        using MainJobRun run = MainJobRun.Start(63).Complete();
        run.World.RunFor(TimeSpan.FromMinutes(1));
        ModelView model = run.Cluster.Detail("job")!.Models.Single(view => view.Version == 3);

        WhoHasView who = IonLifeCycleTests.Data<WhoHasView>(run.Cluster.Ask(ConsoleVerbs.WhoHas, ("model", "job/merge.combine@3")));

        Assert.That(who.Model.Hash, Is.EqualTo(model.Hash));
        Assert.That(who.Parents, Is.EquivalentTo(run.MergeEvents.OfType<RoundMerged>().ElementAt(2).Parents));
        Assert.That(who.Holders.Select(holder => holder.Agent), Is.EquivalentTo(run.Edges));
        Assert.That(who.Holders.Select(holder => holder.Until), Is.All.Not.Null, "newer versions have replaced it");
    }

    private static string[] Tables(MainJobRun run) =>
    [
        .. new (string Verb, (string, string)[] Arguments)[]
        {
            (ConsoleVerbs.IonList, []),
            (ConsoleVerbs.IonShow, [("ion", "job")]),
            (ConsoleVerbs.Agents, []),
            (ConsoleVerbs.Models, []),
            (ConsoleVerbs.Timeline, [("limit", "1000")]),
            (ConsoleVerbs.WhoHas, [("model", "job/merge.combine@2")]),
        }.Select(query => run.Cluster.Ask(query.Verb, query.Arguments).Data!.Value.GetRawText()),
    ];
}
