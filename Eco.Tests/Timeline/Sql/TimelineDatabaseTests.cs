using Dapper;
using Eco.Actors.Console;
using Eco.Actors.Timeline;
using Eco.Actors.Timeline.Sql;
using Eco.Runtime.Persistence;
using Microsoft.Data.Sqlite;
using NUnit.Framework;
using static Eco.Tests.Timeline.Sql.TimelineFixture;

namespace Eco.Tests.Timeline.Sql;

[TestFixture(Sqlite)]
[TestFixture(Postgres, Category = "Slow")]
public sealed class TimelineDatabaseTests(string kind)
{
    private TimelineFixture _timeline = null!;

    [SetUp]
    public void Open() => _timeline = new TimelineFixture(kind);

    [TearDown]
    public void Close() => _timeline.Dispose();

    [Test]
    public void Apply_WhenAnotherHasMovedTheOffset_ChangesNothing()
    {
        _timeline.Apply(At(1, 10, new EventNoted("a", "ion", null, null, "first")));
        PartitionPosition at = _timeline.Database.Offsets().Single();
        ProjectedEvent next = At(2, 11, new EventNoted("b", "ion", null, null, "second"), new ApprovalRecorded("ion", "m", 1, "approve", "eve", ""));

        bool first = _timeline.Database.Apply([next], [at], [at with { Ordering = 2 }]);
        bool second = _timeline.Database.Apply([next], [at], [at with { Ordering = 2 }]);
        bool other = _timeline.Database.Apply([next], [new PartitionPosition(7, 0), at], [new PartitionPosition(7, 5), at with { Ordering = 2 }]);
        bool begin = _timeline.Database.Apply([next], [at with { Ordering = 0 }], [at with { Ordering = 2 }]);

        Assert.That((first, second, other, begin), Is.EqualTo((true, false, false, false)));
        Assert.That(Kinds(), Is.EqualTo(new[] { "a", "b" }));
        Assert.That(_timeline.Database.Offsets(), Is.EqualTo(new[] { new PartitionPosition(0, 2) }));
    }

    [Test]
    public void Apply_WhenPartitionsAdvanceApart_KeepsAnOffsetForEach()
    {
        var other = new ProjectedEvent(5, new HybridTimestamp(9, 0, "server"), [new EventNoted("late", null, null, null, "")]);
        _timeline.Apply(At(9, 1, new EventNoted("early", null, null, null, "")));

        _timeline.Apply(3, other);

        Assert.That(Kinds(), Is.EqualTo(new[] { "late", "early" }));
        Assert.That(_timeline.Database.Offsets(), Is.EqualTo(new[] { new PartitionPosition(0, 9), new PartitionPosition(3, 5) }));
    }

    [Test]
    public void Apply_WhenAChangeHasNoTable_LeavesNothingOfTheBatch()
    {
        ProjectedEvent good = At(1, 1, new EventNoted("good", null, null, null, ""));

        Assert.That(() => _timeline.Apply(good, At(2, 2, new UnknownChange())), Throws.InvalidOperationException);

        Assert.That(Kinds(), Is.Empty);
        Assert.That(_timeline.Database.Offsets(), Is.Empty);
    }

    [Test]
    public void Apply_WhenVersionIsZero_KeepsVersionTitleAndSource()
    {
        _timeline.Apply(At(1, 1, new IonChanged("ion", 2, "running", "Title", "source")), At(2, 2, new IonChanged("ion", 0, "paused", "", "")));

        (IonView view, string source) = _timeline.Reader.FindIon("ion")!.Value;

        Assert.That(view, Is.EqualTo(new IonView("ion", 2, "paused", "Title", Second(2))));
        Assert.That(source, Is.EqualTo("source"));
    }

    [Test]
    public void Apply_WhenModelIsReplaced_EndsTheUseBefore()
    {
        _timeline.Apply(
            At(1, 1, new ModelChanged("ion", "m", 1, HashA, "kmeans", "candidate", 64)),
            At(2, 2, new ModelDeployedTo("ion", "edge", "e1", "m", 1, HashA)),
            At(3, 3, new ModelDeployedTo("ion", "edge", "e1", "m", 1, HashA)),
            At(4, 4, new ModelDeployedTo("ion", "edge", "e1", "m", 2, HashB)));

        WhoHasView who = _timeline.Read(ConsoleJson.Default.WhoHasView, ConsoleVerbs.WhoHas, ("model", HashA));

        Assert.That(who.Holders, Is.EqualTo(new[] { new HolderView("ion", "edge", "e1", 1, Second(2), Second(4)) }));
    }

    [TestCase("e1")]
    [TestCase("*")]
    public void Apply_WhenInstanceIsRemoved_EndsItsUses(string agent)
    {
        _timeline.Apply(
            At(1, 1, new ModelChanged("ion", "m", 1, HashA, "kmeans", "candidate", 64), new InstanceChanged("ion", "edge", "e1", "running", "")),
            At(2, 2, new ModelDeployedTo("ion", "edge", "e1", "m", 1, HashA)),
            At(3, 3, new InstanceChanged("ion", "edge", agent, "removed", "")));

        WhoHasView who = _timeline.Read(ConsoleJson.Default.WhoHasView, ConsoleVerbs.WhoHas, ("model", HashA));

        Assert.That(who.Holders.Single().Until, Is.EqualTo(Second(3)));
    }

    [Test]
    public void Apply_WhenLaterStateOfARoundCountsNothing_KeepsItsCounts()
    {
        _timeline.Apply(
            At(1, 1, new IonChanged("ion", 1, "running", "", "x"), new RoundChanged("ion", "merge", 4, "open", 3, 0, null)),
            At(2, 2, new RoundChanged("ion", "merge", 4, "merging", 0, 2, null)),
            At(3, 3, new RoundChanged("ion", "merge", 4, "void", 0, 0, null)));

        IonDetailView detail = _timeline.Read(ConsoleJson.Default.IonDetailView, ConsoleVerbs.IonShow, ("ion", "ion"));

        Assert.That(detail.Rounds, Is.EqualTo(new[] { new RoundView("ion", "merge", 4, "void", 3, 2, null, Second(3)) }));
    }

    [Test]
    public void Clear_WhenFilled_StartsAgain()
    {
        ProjectedEvent projected = At(1, 1, new EventNoted("a", null, null, null, ""), new IonChanged("ion", 1, "running", "", "x"));
        _timeline.Apply(projected);

        _timeline.Database.Clear();

        Assert.That(_timeline.Database.Offsets(), Is.Empty);
        Assert.That(Kinds(), Is.Empty);
        Assert.That(_timeline.Apply(projected), Is.True);
        Assert.That(Kinds(), Is.EqualTo(new[] { "a" }));
    }

    [Test]
    public void Open_WhenSchemaIsOfAnotherVersion_StartsEmpty()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("eco-timeline-").FullName, "timeline.db");
        using (TimelineDatabase first = TimelineDatabase.Open(path))
        {
            first.Apply([At(1, 1, new EventNoted("a", null, null, null, ""))], [new PartitionPosition(0, 0)], [new PartitionPosition(0, 1)]);
        }

        using (var raw = new SqliteConnection($"Data Source={path};Pooling=False"))
        {
            raw.Execute("PRAGMA user_version = 999");
        }

        using TimelineDatabase second = TimelineDatabase.Open(path);

        Assert.That(second.Offsets(), Is.Empty);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    private IEnumerable<string> Kinds() =>
        _timeline.Read(ConsoleJson.Default.ImmutableArrayEventView, ConsoleVerbs.Timeline).Select(entry => entry.Kind);

    private sealed record UnknownChange : TimelineChange;
}
