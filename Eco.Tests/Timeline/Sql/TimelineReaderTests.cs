using System.Collections.Immutable;
using Eco.Actors.Console;
using Eco.Actors.Timeline;
using Eco.Actors.Timeline.Sql;
using Eco.Host.Composition;
using Eco.Runtime.Persistence;
using Microsoft.Data.Sqlite;
using NUnit.Framework;
using static Eco.Tests.Timeline.Sql.TimelineFixture;

namespace Eco.Tests.Timeline.Sql;

[TestFixture(Sqlite)]
[TestFixture(Postgres, Category = "Slow")]
public sealed class TimelineReaderTests(string kind)
{
    private TimelineFixture _timeline = null!;

    [SetUp]
    public void Open()
    {
        _timeline = new TimelineFixture(kind);
        _timeline.Apply(
            At(1, 1, new IonChanged("ion", 1, "running", "Moving clusters", "ion {}")),
            At(2, 2, new ModelChanged("ion", "merge.global", 1, HashA, "kmeans/1", "candidate", 64), new LineageAdded(HashA, HashB, "merge")),
            At(3, 3, new ModelChanged("ion", "merge.global", 2, HashB, "kmeans/1", "candidate", 65)),
            At(4, 4, new ApprovalRecorded("ion", "merge.global", 1, "approve", "eve", "looks good")));
    }

    [TearDown]
    public void Close() => _timeline.Dispose();

    [Test]
    public void Answer_WhenHashIsABeginning_FindsTheModel()
    {
        WhoHasView who = _timeline.Read(ConsoleJson.Default.WhoHasView, ConsoleVerbs.WhoHas, ("model", "AAAA1111"));

        Assert.That(who.Model.Version, Is.EqualTo(1));
        Assert.That(who.Parents, Is.EqualTo(new[] { HashB }));
        Assert.That(who.Approvals.Single(), Is.EqualTo(new ApprovalView("ion", "merge.global", 1, "approve", "eve", "looks good", Second(4))));
    }

    [Test]
    public void Answer_WhenBeginningFitsTwoHashes_NamesThem()
    {
        ConsoleError error = _timeline.Answer(ConsoleVerbs.WhoHas, ("model", "aaaa")).Error!;

        Assert.That(error.Code, Is.EqualTo(ConsoleErrorCodes.Usage));
        Assert.That(error.Cause, Does.Contain(HashA[..16]).And.Contains(HashB[..16]));
    }

    [TestCase("ion/merge.global", 2)]
    [TestCase("ion/merge.global@1", 1)]
    public void Answer_WhenModelIsNamed_FindsItsVersion(string name, int version) =>
        Assert.That(_timeline.Read(ConsoleJson.Default.WhoHasView, ConsoleVerbs.WhoHas, ("model", name)).Model.Version, Is.EqualTo(version));

    [TestCase("ion/merge.global@3", ConsoleErrorCodes.NotFound)]
    [TestCase("ffff", ConsoleErrorCodes.NotFound)]
    [TestCase("aaa", ConsoleErrorCodes.Usage)]
    [TestCase("nothex", ConsoleErrorCodes.Usage)]
    [TestCase("ion/", ConsoleErrorCodes.Usage)]
    [TestCase("/m", ConsoleErrorCodes.Usage)]
    [TestCase("ion/m@x", ConsoleErrorCodes.Usage)]
    public void Answer_WhenModelCannotBeFound_SaysWhy(string name, string code) =>
        Assert.That(_timeline.Answer(ConsoleVerbs.WhoHas, ("model", name)).Error!.Code, Is.EqualTo(code));

    [Test]
    public void Answer_WhenLimited_GivesTheNewestFromOldToNew()
    {
        _timeline.Apply(
            [.. Enumerable.Range(5, 10).Select(n => At(n, n, new EventNoted($"k{n}", "ion", "edge", n % 2 == 0 ? "even" : "odd", "t")))]);

        var events = _timeline.Read(ConsoleJson.Default.ImmutableArrayEventView, ConsoleVerbs.Timeline, ("limit", "3"));
        var odd = _timeline.Read(ConsoleJson.Default.ImmutableArrayEventView, ConsoleVerbs.Timeline, ("agent", "odd"), ("since", "1970-01-01T00:00:10Z"));

        Assert.That(events.Select(entry => entry.Kind), Is.EqualTo(new[] { "k12", "k13", "k14" }));
        Assert.That(odd.Select(entry => entry.Kind), Is.EqualTo(new[] { "k11", "k13" }));
    }

    [Test]
    public void Answer_WhenClocksAreSkewed_OrdersByHybridTime()
    {
        _timeline.Apply(
            new ProjectedEvent(5, new HybridTimestamp(9_000, 2, "b"), [new EventNoted("effect", null, null, null, "")]),
            new ProjectedEvent(6, new HybridTimestamp(9_000, 1, "a"), [new EventNoted("cause", null, null, null, "")]));

        var events = _timeline.Read(ConsoleJson.Default.ImmutableArrayEventView, ConsoleVerbs.Timeline);

        Assert.That(events.Select(entry => entry.Kind), Is.EqualTo(new[] { "cause", "effect" }));
        Assert.That(events[0].Timestamp, Is.EqualTo("9000.1@a"));
    }

    [TestCase("limit", "0")]
    [TestCase("limit", "-1")]
    [TestCase("limit", "many")]
    [TestCase("since", "yesterday-ish")]
    public void Answer_WhenTimelineArgumentIsWrong_SaysWhichOne(string name, string value)
    {
        ConsoleError error = _timeline.Answer(ConsoleVerbs.Timeline, (name, value)).Error!;

        Assert.That(error.Code, Is.EqualTo(ConsoleErrorCodes.Usage));
        Assert.That(error.Cause, Does.Contain(name).And.Contains(value));
    }

    [TestCase(ConsoleVerbs.IonShow)]
    [TestCase(ConsoleVerbs.Models)]
    public void Answer_WhenIonIsUnknown_SaysSo(string verb) =>
        Assert.That(_timeline.Answer(verb, ("ion", "nope")).Error!.Code, Is.EqualTo(ConsoleErrorCodes.NotFound));

    [Test]
    public void Answer_WhenAgentsAreKnown_GivesTheirLastState()
    {
        var labels = ImmutableSortedDictionary<string, string>.Empty.Add("line", "3");
        _timeline.Apply(
            At(5, 5, new AgentChanged("edge-1", "plant", "edge", labels, ["online"], 2, Reachable: true)),
            At(6, 6, new AgentReachabilityChanged("edge-1", Reachable: false)));

        AgentView agent = _timeline.Read(ConsoleJson.Default.ImmutableArrayAgentView, ConsoleVerbs.Agents).Single();

        Assert.That(agent.Labels["line"], Is.EqualTo("3"));
        Assert.That(agent.Engines, Is.EqualTo(new[] { "online" }));
        Assert.That((agent.Reachable, agent.ChangedAt), Is.EqualTo((false, Second(6))));
    }

    [Test]
    public void Open_WhenFileIsMissing_Fails() =>
        Assert.That(() => TimelineReader.Open(Path.Combine(Path.GetTempPath(), "eco-no-such-file.db"), null, EngineCatalogue.Default.Descriptors), Throws.InstanceOf<SqliteException>());

    [Test]
    public void Open_WhenAnotherConnectionWrites_ReadsWhatIsCommitted()
    {
        string folder = Directory.CreateTempSubdirectory("eco-timeline-").FullName;
        string path = Path.Combine(folder, "timeline.db");
        using (TimelineDatabase writer = TimelineDatabase.Open(path))
        using (TimelineReader reader = TimelineReader.Open(path, null, EngineCatalogue.Default.Descriptors))
        {
            writer.Apply([At(1, 1, new IonChanged("late", 1, "running", "", "x"))], [new PartitionPosition(0, 0)], [new PartitionPosition(0, 1)]);

            Assert.That(reader.FindIon("late"), Is.Not.Null);
        }

        Directory.Delete(folder, recursive: true);
    }
}
