using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Statistics;
using NUnit.Framework;

namespace Eco.Tests.Persistence.Contracts;

/// <summary>What every implementation of <see cref="IStatisticsStore"/> that an agent can have keeps.</summary>
public abstract class StatisticsStoreContract : StatisticsServerContract
{
    [Test]
    public async Task ReadAfter_WhenRecordedBeforeAReopening_GivesTheRowsWithGaplessNumbers()
    {
        await RecordAsync(Value(0.5, 10), Value(-1.25, 11));
        await RecordAsync(Value(3, 12));

        await Harness.ReopenAsync();
        await RecordAsync(Value(4, 13));
        StatisticsPage page = await ReadAsync(0);

        Assert.That(page.Dropped, Is.Zero);
        Assert.That(page.Rows, Is.EqualTo(new[] { Row(1, 0.5, 10), Row(2, -1.25, 11), Row(3, 3, 12), Row(4, 4, 13) }));
    }

    [Test]
    public async Task ReadAfter_WhenLimited_GivesTheOldestAfterTheNumber()
    {
        await RecordAsync([.. Enumerable.Range(1, 10).Select(i => Value(i, i))]);

        Assert.That((await ReadAsync(3, 4)).Rows.Select(row => row.SequenceNr), Is.EqualTo(new[] { 4L, 5, 6, 7 }));
        Assert.That((await ReadAsync(10)).Rows, Is.Empty);
    }

    [Test]
    public async Task Record_WhenTheBufferIsFull_DropsTheOldestAndCountsThemExactly()
    {
        for (int i = 0; i < 25; i++)
        {
            await RecordAsync([.. Enumerable.Range(0, 10).Select(n => Value(n, i))]);
        }

        StatisticsPage page = await ReadAsync(0, 1_000);
        StatisticsRecorded last = await RecordAsync(Value(1, 1));

        Assert.Multiple(() =>
        {
            Assert.That(page.Rows.Select(row => row.SequenceNr), Is.EqualTo(Enumerable.Range(151, 100).Select(n => (long)n)));
            Assert.That(page.Dropped, Is.EqualTo(150));
            Assert.That(last.Dropped, Is.EqualTo(151));
        });
        await Harness.ReopenAsync();
        Assert.That((await ReadAsync(0, 1)).Dropped, Is.EqualTo(151));
    }

    [Test]
    public async Task Record_WhenTheBufferIsFull_DropsTheLeastImportantFirstAndCountsEachPriority()
    {
        await RecordAsync([.. Enumerable.Range(0, 40).Select(n => Value(n, 1) with { Priority = StatisticPriority.Result })]);
        await RecordAsync([.. Enumerable.Range(0, 50).Select(n => Value(n, 1) with { Priority = (StatisticPriority)(n % 2) })]);
        StatisticsUsage before = (await ReadAsync(0)).Usage;
        await RecordAsync([.. Enumerable.Range(0, 50).Select(n => Value(n, 2) with { Priority = n < 10 ? StatisticPriority.Trace : StatisticPriority.Metric })]);
        StatisticsPage page = await ReadAsync(0, 1_000);
        await Harness.ReopenAsync();
        StatisticsPage again = await ReadAsync(0, 1_000);

        // 25 traces + 10 new ones and 25 metrics + 40 new ones on top of 40 results: 40 of 140 must go, all 35 traces and the 5 oldest metrics.
        Assert.Multiple(() =>
        {
            Assert.That(before.Dropped, Is.EqualTo(DroppedStatistics.None));
            Assert.That((page.Usage.Rows, page.Usage.Dropped), Is.EqualTo((100L, new DroppedStatistics(35, 5, 0))));
            Assert.That(again.Usage.Dropped, Is.EqualTo(page.Usage.Dropped));
            Assert.That(page.Rows.Select(row => row.SequenceNr).Take(40), Is.EqualTo(Enumerable.Range(1, 40).Select(n => (long)n)), "results");
            Assert.That(page.Rows.Select(row => row.SequenceNr).Skip(40).Take(20), Is.EqualTo(Enumerable.Range(0, 20).Select(n => 52L + (2 * n))), "the newer metrics");
            Assert.That(page.Rows.Select(row => row.SequenceNr).Skip(60), Is.EqualTo(Enumerable.Range(101, 40).Select(n => (long)n)));
            Assert.That(again.Rows, Is.EqualTo(page.Rows));
        });
    }

    [Test]
    public async Task Record_WhenOnlyMoreImportantRowsAreThere_DropsTheNewOne()
    {
        await RecordAsync([.. Enumerable.Range(0, 100).Select(n => Value(n, 1) with { Priority = StatisticPriority.Result })]);
        await RecordAsync(Value(1, 2) with { Priority = StatisticPriority.Trace });
        await RecordAsync(Value(2, 3) with { Priority = StatisticPriority.Result });

        StatisticsPage page = await ReadAsync(0, 1_000);

        Assert.That(page.Usage.Dropped, Is.EqualTo(new DroppedStatistics(1, 0, 1)));
        Assert.That((page.Rows[0].SequenceNr, page.Rows[^1].SequenceNr), Is.EqualTo((2L, 102L)), "the number of the dropped one is left out");
    }

    [Test]
    public async Task Rows_WhenChanceDecidesWhatHappens_AreHeldFreedOrDroppedInEachPriority()
    {
        var random = new Random(17);
        long[] recorded = new long[3];
        var priorities = new Dictionary<long, int>();
        long[] freed = new long[3];
        var last = 0L;
        for (int round = 0; round < 150; round++)
        {
            NewStatistic[] rows = [.. Enumerable.Range(0, random.Next(1, 30)).Select(n => Value(n, round) with { Priority = (StatisticPriority)random.Next(3) })];
            await RecordAsync(rows);
            foreach (NewStatistic row in rows)
            {
                recorded[(int)row.Priority]++;
                priorities[++last] = (int)row.Priority;
            }

            StatisticsPage page = await ReadAsync(0, 1_000);
            long[] held = [.. Enumerable.Range(0, 3).Select(p => (long)page.Rows.Count(row => priorities[row.SequenceNr] == p))];
            DroppedStatistics dropped = page.Usage.Dropped;
            Assert.That(
                new[] { held[0] + freed[0] + dropped.Traces, held[1] + freed[1] + dropped.Metrics, held[2] + freed[2] + dropped.Results },
                Is.EqualTo(recorded));
            if (random.Next(3) == 0)
            {
                StatisticsRow upTo = page.Rows[random.Next(page.Rows.Length)];
                foreach (StatisticsRow row in page.Rows.Where(row => row.SequenceNr <= upTo.SequenceNr))
                {
                    freed[priorities[row.SequenceNr]]++;
                }

                await AcknowledgeAsync(upTo.SequenceNr);
            }
        }

        Assert.That((await ReadAsync(0)).Usage.Dropped.Traces, Is.Positive);
    }

    [Test]
    public async Task AcknowledgeUpTo_WhenRowsAreFreed_KeepsNumberingOn()
    {
        await RecordAsync(Value(1, 1), Value(2, 2), Value(3, 3));
        await AcknowledgeAsync(2);
        Assert.That((await ReadAsync(0)).Rows.Select(row => row.SequenceNr), Is.EqualTo(new[] { 3L }));
        await AcknowledgeAsync(3);

        await Harness.ReopenAsync();
        await AcknowledgeAsync(1);
        await RecordAsync(Value(4, 4));
        StatisticsPage page = await ReadAsync(0);

        Assert.That(page.Rows.Select(row => row.SequenceNr), Is.EqualTo(new[] { 4L }));
        Assert.That(page.Dropped, Is.Zero, "freed rows are not dropped ones");
    }

    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    public async Task Record_WhenAValueIsNotFinite_FailsAndStoresNothingOfTheRequest(double value)
    {
        object answer = await Harness.AskAsync((store, me) => store.Record(new RecordStatistics(5, [Value(1, 1), Value(value, 2)]), me));

        Assert.That(answer, Is.InstanceOf<StatisticsFailed>());
        Assert.That(((StatisticsFailed)answer).CorrelationId, Is.EqualTo(5));
        Assert.That((await ReadAsync(0)).Rows, Is.Empty);
    }

    [TestCase(0)]
    [TestCase(10_001)]
    public async Task ReadAfter_WhenTheLimitIsOutOfRange_Fails(int limit) =>
        Assert.That(await Harness.AskAsync((store, me) => store.ReadAfter(new ReadStatisticsAfter(1, 0, limit), me)), Is.InstanceOf<StatisticsFailed>());

    [Test]
    public async Task Rows_WhenAnAcknowledgementIsLostAndTheBufferOverflows_AreStoredOrLostButNeverBothOrTwice()
    {
        // The agent's part is played by one store, the server's by another; each third answer is lost.
        await using StorageHarness<IStatisticsStore> server = CreateHarness(1);
        long stored = 0;
        long upTo = 0;
        for (int round = 0; round < 40; round++)
        {
            await RecordAsync([.. Enumerable.Range(0, 17).Select(n => Value(n, round))]);
            StatisticsPage page = await ReadAsync(0, 15);
            long before = upTo;
            upTo = (await IngestAsync(server, "edge-1", 1, page.Dropped, page.Rows)).UpTo;
            stored += page.Rows.Count(row => row.SequenceNr > before);
            if (round % 3 != 0)
            {
                await AcknowledgeAsync(upTo);
            }
        }

        StatisticsPage rest = await ReadAsync(0, 1_000);
        Assert.That(rest.Rows, Is.Not.Empty);
        long waiting = rest.Rows.Count(row => row.SequenceNr > upTo);
        long lost = 40 * 17 - waiting - stored;
        Assert.That(lost, Is.InRange(1, rest.Dropped), "more is made than is sent, so some must be lost, and each loss was counted");
    }

    protected static NewStatistic Value(double value, long milliseconds) =>
        new("ion", "node", "edge-1", "kmeans.error", value, new HybridTimestamp(milliseconds, 0, "edge-1"));

    protected async Task<StatisticsRecorded> RecordAsync(params NewStatistic[] rows)
    {
        object answer = await Harness.AskAsync((store, me) => store.Record(new RecordStatistics(NextCorrelation(), [.. rows]), me));
        Assert.That(answer, Is.InstanceOf<StatisticsRecorded>());
        return (StatisticsRecorded)answer;
    }

    protected async Task<StatisticsPage> ReadAsync(long after, int limit = 100)
    {
        object answer = await Harness.AskAsync((store, me) => store.ReadAfter(new ReadStatisticsAfter(NextCorrelation(), after, limit), me));
        Assert.That(answer, Is.InstanceOf<StatisticsPage>());
        return (StatisticsPage)answer;
    }

    protected async Task AcknowledgeAsync(long upTo)
    {
        var request = new AcknowledgeStatistics(NextCorrelation(), upTo);
        Assert.That(await Harness.AskAsync((store, me) => store.AcknowledgeUpTo(request, me)), Is.EqualTo(new StatisticsAcknowledged(request.CorrelationId)));
    }
}
