using System.Collections.Immutable;
using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Statistics;
using NUnit.Framework;

namespace Eco.Tests.Persistence.Contracts;

/// <summary>What every implementation of <see cref="IStatisticsStore"/> keeps in the hands of a server.</summary>
public abstract class StatisticsServerContract
{
    private long _correlation;

    protected StorageHarness<IStatisticsStore> Harness { get; private set; } = null!;

    /// <summary>An empty store of its own whose buffer, if it has one, holds a number of rows.</summary>
    protected abstract StorageHarness<IStatisticsStore> CreateHarness(int bufferRows);

    [SetUp]
    public void Open() => Harness = CreateHarness(100);

    [TearDown]
    public async Task Close() => await Harness.DisposeAsync();

    [Test]
    public async Task Ingest_WhenRowsComeAgain_StoresEachOnceAndAnswersThePosition()
    {
        Assert.That((await IngestAsync("edge-1", 1, Row(1, 1, 1), Row(2, 2, 2))).UpTo, Is.EqualTo(2));
        Assert.That((await IngestAsync("edge-1", 1, Row(1, 91, 91), Row(2, 92, 92), Row(3, 3, 3))).UpTo, Is.EqualTo(3));
        Assert.That((await IngestAsync("edge-1", 1, Row(1, 91, 91))).UpTo, Is.EqualTo(3));

        await Harness.ReopenAsync();
        Assert.That((await IngestAsync("edge-1", 1, Row(2, 92, 92))).UpTo, Is.EqualTo(3));
        Assert.That(await LatestAsync(), Is.EqualTo(new[] { Row(3, 3, 3) }), "the repeated rows carried later values");
    }

    [Test]
    public async Task Ingest_WhenTheAgentDroppedRows_GoesOnAfterThem()
    {
        await IngestAsync("edge-1", 1, Row(1, 1, 1));

        Assert.That((await IngestAsync("edge-1", 1, Row(8, 8, 8), Row(9, 9, 9))).UpTo, Is.EqualTo(9));
    }

    [Test]
    public async Task Ingest_WhenTheIncarnationIsNew_StartsAtItsFirstNumber()
    {
        await IngestAsync("edge-1", 1, Row(1, 1, 1), Row(2, 2, 2));

        Assert.That((await IngestAsync("edge-1", 2, Row(1, 5, 5))).UpTo, Is.EqualTo(1));
        Assert.That((await IngestAsync("edge-1", 1, Row(3, 3, 3))).UpTo, Is.EqualTo(3));
        Assert.That(await LatestAsync(), Is.EqualTo(new[] { Row(1, 5, 5) }));
    }

    [Test]
    public async Task Latest_WhenAgentsAndStatisticsAreMany_GivesTheNewestOfTheAskedOnePerAgent()
    {
        await IngestAsync("edge-2", 1, Row(1, 20, 7, "edge-2"), Row(2, 21, 6, "edge-2"));
        await IngestAsync("edge-1", 1, Row(1, 10, 3), Row(2, 11, 4), Row(3, 99, 50) with { Name = "other" }, Row(4, 98, 51) with { Node = "elsewhere" }, Row(5, 97, 52) with { Ion = "another" });

        await Harness.ReopenAsync();

        Assert.That(await LatestAsync(), Is.EqualTo(new[] { Row(2, 11, 4), Row(1, 20, 7, "edge-2") }), "newest is by time, not by arrival");
    }

    [Test]
    public async Task Latest_WhenNothingIsThere_IsEmpty() => Assert.That(await LatestAsync(), Is.Empty);

    protected long NextCorrelation() => ++_correlation;

    protected static StatisticsRow Row(long sequenceNr, double value, long milliseconds, string agent = "edge-1") =>
        new(sequenceNr, "ion", "node", agent, "kmeans.error", value, new HybridTimestamp(milliseconds, 0, "edge-1"));

    protected Task<StatisticsIngested> IngestAsync(string agent, long incarnation, params StatisticsRow[] rows) =>
        IngestAsync(Harness, agent, incarnation, 0, [.. rows]);

    protected static async Task<StatisticsIngested> IngestAsync(
        StorageHarness<IStatisticsStore> server,
        string agent,
        long incarnation,
        long dropped,
        ImmutableArray<StatisticsRow> rows)
    {
        object answer = await server.AskAsync((store, me) => store.Ingest(new IngestStatistics(7, agent, incarnation, dropped, rows), me));
        Assert.That(answer, Is.InstanceOf<StatisticsIngested>());
        return (StatisticsIngested)answer;
    }

    private async Task<ImmutableArray<StatisticsRow>> LatestAsync()
    {
        object answer = await Harness.AskAsync((store, me) => store.Latest(new QueryLatestStatistics(NextCorrelation(), "ion", "node", "kmeans.error"), me));
        Assert.That(answer, Is.InstanceOf<StatisticsLatest>());
        return ((StatisticsLatest)answer).Rows;
    }
}
