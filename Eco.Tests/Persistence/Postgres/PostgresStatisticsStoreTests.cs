using Eco.Runtime.Persistence.Postgres;
using Eco.Runtime.Persistence.Statistics;
using Eco.Tests.Persistence.Contracts;
using NUnit.Framework;

namespace Eco.Tests.Persistence.Postgres;

[Category("Slow")]
[Category("Process")]
public sealed class PostgresStatisticsStoreTests : StatisticsServerContract
{
    protected override StorageHarness<IStatisticsStore> CreateHarness(int bufferRows) => new PostgresHarness<IStatisticsStore, PostgresStatisticsStore>(
        database => PostgresStatisticsStore.Open(new PostgresStatisticsOptions { Database = database, MaxStoredRows = 50, MaxSeries = 6 }));

    [Test]
    public async Task Newest_WhenAnIonHasStatistics_GivesTheNewestOfEachInOrder()
    {
        await IngestAsync("edge-2", 1, Row(1, 5, 9, "edge-2"), Row(2, 6, 8, "edge-2") with { Name = "a" });
        await IngestAsync("edge-1", 3, Row(1, 1, 1), Row(2, 2, 2));
        using PostgresStatisticsReader reader = Reader();

        Assert.That(
            reader.Newest("ion", 10), Is.EqualTo(new[] { Row(2, 2, 2), Row(2, 6, 8, "edge-2") with { Name = "a" }, Row(1, 5, 9, "edge-2") }));
        Assert.That(reader.Newest("ion", 1), Has.Length.EqualTo(1));
        Assert.That(reader.Series("ion", "node", "edge-1", "kmeans.error", 10).Select(row => row.Value), Is.EqualTo(new[] { 1.0, 2 }));
        Assert.That(reader.Positions().Select(p => (p.Agent, p.Incarnation, p.UpTo, p.Stored)), Is.EqualTo(new[] { ("edge-1", 3L, 2L, 2L), ("edge-2", 1L, 2L, 2L) }));
    }

    [Test]
    public async Task Ingest_WhenThereIsNoRoomForMoreStatistics_RefusesThoseThatAreNewAlone()
    {
        StatisticsRow[] fresh = [.. Enumerable.Range(1, 7).Select(n => Row(n, n, n) with { Name = $"s{n}" })];
        object refused = await Harness.AskAsync((store, me) => store.Ingest(new IngestStatistics(1, "edge-1", 1, 0, [.. fresh]), me));
        StatisticsIngested taken = await IngestAsync("edge-1", 1, fresh[..6]);

        Assert.That(refused, Is.InstanceOf<StatisticsFailed>());
        Assert.That(taken.UpTo, Is.EqualTo(6));
    }

    [Test]
    public async Task Ingest_WhenTheBoundIsReached_EvictsTheOldestAndKeepsTheNewestValue()
    {
        await IngestAsync("edge-1", 1, [.. Enumerable.Range(1, 80).Select(n => Row(n, n, n))]);
        await IngestAsync("edge-1", 1, [.. Enumerable.Range(81, 80).Select(n => Row(n, n, n))]);
        using PostgresStatisticsReader reader = Reader();

        await Harness.WaitAsync("eviction", () => reader.Series("ion", "node", "edge-1", "kmeans.error", 1_000).Length == 50, () => "more rows");
        Assert.That(reader.Series("ion", "node", "edge-1", "kmeans.error", 1_000)[0].SequenceNr, Is.EqualTo(111));
        Assert.That(reader.Newest("ion", 10).Single().Value, Is.EqualTo(160));
    }

    [Test]
    public async Task Ingest_WhenTwoServersHaveTheSameRows_StoresEachOnce()
    {
        await IngestAsync("edge-1", 1, Row(1, 1, 1));
        var harness = (PostgresHarness<IStatisticsStore, PostgresStatisticsStore>)Harness;
        await using PostgresStatisticsStore other =
            PostgresStatisticsStore.Open(new PostgresStatisticsOptions { Database = new PostgresOptions { ConnectionString = harness.ConnectionString } });

        IReadOnlyList<object> answers = await Harness.AskAsync(
            (store, me) =>
            {
                for (int i = 0; i < 40; i++)
                {
                    (i % 2 == 0 ? store : other).Ingest(new IngestStatistics(i, "edge-1", 1, 0, [Row(1, 9, 9), Row(2, 2, 2), Row(3, 3, 3)]), me);
                }
            },
            all => all.Count == 40);

        Assert.That(answers, Is.All.InstanceOf<StatisticsIngested>());
        using PostgresStatisticsReader reader = Reader();
        Assert.That(reader.Series("ion", "node", "edge-1", "kmeans.error", 10).Select(row => row.Value), Is.EqualTo(new[] { 1.0, 2, 3 }));
    }

    [Test]
    public async Task Record_WhenAsked_SaysThatABufferIsAnAgentsFile() => Assert.That(
        await Harness.AskAsync((store, me) => store.Record(new RecordStatistics(5, []), me)),
        Is.InstanceOf<StatisticsFailed>().With.Property(nameof(StatisticsFailed.CorrelationId)).EqualTo(5));

    private PostgresStatisticsReader Reader() =>
        new(new PostgresOptions { ConnectionString = ((PostgresHarness<IStatisticsStore, PostgresStatisticsStore>)Harness).ConnectionString });
}
