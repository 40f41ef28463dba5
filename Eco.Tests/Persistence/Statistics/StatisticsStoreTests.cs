using Eco.Runtime.Persistence.Statistics;
using Eco.Tests.Persistence.Contracts;
using NUnit.Framework;

namespace Eco.Tests.Persistence.Statistics;

/// <summary>The statistics contract on SQLite, and what only a file has.</summary>
[TestFixture]
public sealed class StatisticsStoreTests : StatisticsStoreContract
{
    [Test]
    public async Task Record_WhenTheFileReachesItsBytes_DropsTheOldestAndCountsThem()
    {
        await using var harness = new StatisticsStoreHarness(o => o with { MaxBytes = 1 << 20 });
        for (int i = 0; i < 60; i++)
        {
            NewStatistic[] rows = [.. Enumerable.Range(0, 1_000).Select(n => Value(n, i))];
            await harness.AskAsync((store, me) => store.Record(new RecordStatistics(1, [.. rows]), me));
        }

        await harness.ReopenAsync();
        using StatisticsReader reader = StatisticsReader.Open(harness.File);
        StatisticsBuffer buffer = reader.Buffer();
        Assert.Multiple(() =>
        {
            Assert.That(buffer.LastSequenceNr, Is.EqualTo(60_000));
            Assert.That(buffer.Buffered + buffer.Dropped.Total, Is.EqualTo(60_000));
            Assert.That(buffer.Buffered, Is.InRange(9_000, 30_000));
            Assert.That(new FileInfo(harness.File).Length, Is.LessThan(1 << 20));
        });
    }

    [Test]
    public async Task Record_WhenItIsPausedForAFullDisk_CountsWhatItDoesNotTake()
    {
        await using var harness = new StatisticsStoreHarness();
        harness.Store.IsPaused = true;
        object refused = await harness.AskAsync((store, me) => store.Record(new RecordStatistics(1, [Value(1, 1), Value(2, 2)]), me));
        harness.Store.IsPaused = false;
        object taken = await harness.AskAsync((store, me) => store.Record(new RecordStatistics(2, [Value(3, 3)]), me));

        Assert.That(refused, Is.InstanceOf<StatisticsFailed>());
        Assert.That(taken, Is.EqualTo(new StatisticsRecorded(2, 2)));
        await harness.ReopenAsync();
        using StatisticsReader reader = StatisticsReader.Open(harness.File);
        Assert.That((reader.Buffer().Dropped, reader.Buffer().Buffered), Is.EqualTo((new DroppedStatistics(0, 2, 0), 1)));
    }

    [Test]
    public async Task Ingest_WhenTheStoreIsFull_EvictsTheOldestAndKeepsTheNewestValues()
    {
        await using var harness = new StatisticsStoreHarness(o => o with { MaxStoredRows = 10 });
        StatisticsRow old = Row(1, 7, 1) with { Name = "seldom" };
        await harness.AskAsync((store, me) => store.Ingest(new IngestStatistics(1, "edge-1", 1, 0, [old]), me));
        await harness.AskAsync((store, me) => store.Ingest(new IngestStatistics(2, "edge-1", 1, 0, [.. Enumerable.Range(2, 25).Select(n => Row(n, n, n))]), me));

        await harness.ReopenAsync();
        using StatisticsReader reader = StatisticsReader.Open(harness.File);
        Assert.Multiple(() =>
        {
            Assert.That(reader.Buffer().Evicted, Is.EqualTo(16));
            Assert.That(reader.Series("ion", "node", "edge-1", "kmeans.error", 100).Select(row => row.SequenceNr), Is.EqualTo(Enumerable.Range(17, 10).Select(n => (long)n)));
            Assert.That(reader.Series("ion", "node", "edge-1", "kmeans.error", 2).Select(row => row.SequenceNr), Is.EqualTo(new[] { 25L, 26L }));
            Assert.That(reader.Series("ion", "node", "edge-1", "seldom", 100), Is.Empty);
            Assert.That(reader.Newest("ion", 10), Is.EqualTo(new[] { Row(26, 26, 26), old }));
            Assert.That(reader.Newest("ion", 1), Has.Length.EqualTo(1));
        });
    }

    [Test]
    public async Task Positions_WhenAnAgentDroppedRows_SayExactlyHowManyWereLost()
    {
        await using var harness = new StatisticsStoreHarness();
        await harness.AskAsync((store, me) => store.Ingest(new IngestStatistics(1, "edge-1", 3, 0, [Row(1, 1, 1), Row(2, 2, 2)]), me));
        await harness.AskAsync((store, me) => store.Ingest(new IngestStatistics(2, "edge-1", 3, 9, [Row(8, 8, 8), Row(9, 9, 9)]) { Usage = new StatisticsUsage(12, 34_000, 1 << 20, DroppedStatistics.None) }, me));

        using StatisticsReader reader = StatisticsReader.Open(harness.File);
        IngestPosition position = reader.Positions().Single();
        Assert.That(position, Is.EqualTo(new IngestPosition("edge-1", 3, 9, 4, 9, 12, 34_000)));
        Assert.That(position.Lost, Is.EqualTo(5));
    }

    [Test]
    public async Task AcknowledgeUpTo_WhenTheFileTookTheOldOnesPlace_RenumbersSoThatTheServerTakesTheRows()
    {
        await RecordAsync(Value(1, 1), Value(2, 2), Value(3, 3));

        await AcknowledgeAsync(500);
        await RecordAsync(Value(4, 4));

        Assert.That((await ReadAsync(0)).Rows, Is.EqualTo(new[] { Row(501, 1, 1), Row(502, 2, 2), Row(503, 3, 3), Row(504, 4, 4) }));
        await AcknowledgeAsync(502);
        await Harness.ReopenAsync();
        Assert.That((await ReadAsync(0)).Rows.Select(row => row.SequenceNr), Is.EqualTo(new[] { 503L, 504L }));
    }

    [Test]
    public async Task Ingest_WhenARowIsAnotherAgentsOrOutOfOrder_FailsAndStoresNothing()
    {
        object foreign = await Harness.AskAsync((store, me) => store.Ingest(new IngestStatistics(1, "edge-1", 1, 0, [Row(1, 1, 1), Row(2, 1, 1, "edge-2")]), me));
        object unordered = await Harness.AskAsync((store, me) => store.Ingest(new IngestStatistics(1, "edge-1", 1, 0, [Row(2, 1, 1), Row(2, 1, 1)]), me));

        Assert.That(foreign, Is.InstanceOf<StatisticsFailed>());
        Assert.That(unordered, Is.InstanceOf<StatisticsFailed>());
        Assert.That((await IngestAsync("edge-1", 1)).UpTo, Is.Zero);
    }

    [Test]
    public async Task Record_WhenNamesAreTooMany_FailsAndOthersGoOn()
    {
        await using var harness = new StatisticsStoreHarness(o => o with { MaxSeries = 3 });
        NewStatistic[] four = [.. Enumerable.Range(0, 4).Select(n => Value(n, n) with { Name = $"name-{n}" })];

        object refused = await harness.AskAsync((store, me) => store.Record(new RecordStatistics(1, [.. four]), me));
        object taken = await harness.AskAsync((store, me) => store.Record(new RecordStatistics(2, [.. four[..3], four[0]]), me));

        Assert.That(refused, Is.InstanceOf<StatisticsFailed>());
        Assert.That(taken, Is.InstanceOf<StatisticsRecorded>());
    }

    [Test]
    public async Task Open_WhenTheFileIsDamagedOrHeld_SaysSo()
    {
        await RecordAsync(Value(1, 1));
        await using var harness = new StatisticsStoreHarness();
        Assert.That(() => StatisticsStore.Open(new StatisticsStoreOptions { Path = harness.File }), Throws.TypeOf<StatisticsOpenException>().With.Message.Contain("in use by another process"));

        await harness.Store.DisposeAsync();
        await File.WriteAllBytesAsync(harness.File, new byte[5_000]);
        Assert.That(() => StatisticsStore.Open(new StatisticsStoreOptions { Path = harness.File }), Throws.TypeOf<StatisticsOpenException>().With.Message.Contain("not a statistics file"));
    }

    [Test]
    public async Task Requests_WhenTheStoreIsClosed_Fail()
    {
        await using var harness = new StatisticsStoreHarness();
        await harness.Store.DisposeAsync();

        Assert.That(await harness.AskAsync((store, me) => store.Record(new RecordStatistics(1, [Value(1, 1)]), me)), Is.InstanceOf<StatisticsFailed>());
    }

    protected override StorageHarness<IStatisticsStore> CreateHarness(int bufferRows) =>
        new StatisticsStoreHarness(o => o with { MaxBufferedRows = bufferRows });
}
