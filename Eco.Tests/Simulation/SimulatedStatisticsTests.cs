using System.Collections.Immutable;
using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Statistics;
using Eco.Runtime.Simulation;
using Eco.Tests.Persistence.Contracts;
using NUnit.Framework;

namespace Eco.Tests.Simulation;

public sealed class SimulatedStatisticsTests
{
    private SimulatedWorld _world = null!;
    private SimulatedHost _host = null!;
    private long _correlation;

    [SetUp]
    public void Open()
    {
        _world = new SimulatedWorld(9, new SimulationOptions { Storage = new SimulatedStorageOptions { StatisticsBufferRows = 5 } });
        _host = _world.AddHost("host", new SimulatedHostOptions(), _ => { });
    }

    [TearDown]
    public void Close() => _world.Dispose();

    [Test]
    public void Buffer_WhenItIsFull_DropsTheOldestCountsThemAndKeepsTheNumbers()
    {
        Ask<StatisticsRecorded>((s, id, me) => s.Record(new RecordStatistics(id, Values(1, 2, 3)), me));
        var recorded = Ask<StatisticsRecorded>((s, id, me) => s.Record(new RecordStatistics(id, Values(4, 5, 6, 7)), me));
        _host.Restart();
        var page = Ask<StatisticsPage>((s, id, me) => s.ReadAfter(new ReadStatisticsAfter(id, 4, 2), me));
        Ask<StatisticsAcknowledged>((s, id, me) => s.AcknowledgeUpTo(new AcknowledgeStatistics(id, 6), me));
        var rest = Ask<StatisticsPage>((s, id, me) => s.ReadAfter(new ReadStatisticsAfter(id, 0, 100), me));

        Assert.That(recorded.Dropped, Is.EqualTo(2));
        Assert.That(page.Rows.Select(row => (row.SequenceNr, row.Value)), Is.EqualTo(new[] { (5L, 5.0), (6L, 6.0) }));
        Assert.That(rest.Rows.Select(row => row.SequenceNr), Is.EqualTo(new[] { 7L }));
        Assert.That(rest.Dropped, Is.EqualTo(2));
        Assert.That(_host.Disk.UsedBytes, Is.EqualTo(128), "only one row is left on the disk");
    }

    [Test]
    public void Ingest_WhenRowsComeAgain_StoresThemOnceAndAnswersThePosition()
    {
        ImmutableArray<StatisticsRow> rows = [Row(1, "a", 10), Row(2, "a", 20), Row(5, "a", 50)];
        var first = Ask<StatisticsIngested>((s, id, me) => s.Ingest(new IngestStatistics(id, "a", 1, 2, rows), me));
        var second = Ask<StatisticsIngested>((s, id, me) => s.Ingest(new IngestStatistics(id, "a", 1, 2, [rows[1], rows[2], Row(6, "a", 60)]), me));
        Ask<StatisticsIngested>((s, id, me) => s.Ingest(new IngestStatistics(id, "a", 2, 0, [Row(1, "a", 70)]), me));
        Ask<StatisticsIngested>((s, id, me) => s.Ingest(new IngestStatistics(id, "B", 1, 0, [Row(1, "B", 1)]), me));
        var latest = Ask<StatisticsLatest>((s, id, me) => s.Latest(new QueryLatestStatistics(id, "ion", "node", "loss"), me));

        Assert.That((first.UpTo, second.UpTo), Is.EqualTo((5L, 6L)));
        Assert.That(_host.StatisticsStorage.Ingested, Has.Count.EqualTo(6));
        Assert.That(_host.StatisticsStorage.DroppedByAgents, Is.EqualTo(2));
        Assert.That(latest.Rows.Select(row => (row.Agent, row.Value)), Is.EqualTo(new[] { ("B", 1.0), ("a", 70.0) }));
    }

    [Test]
    public void Record_WhenTheDiskIsFull_FailsUntilTheHostStartsAnew()
    {
        _host.Disk.Fault = DiskFault.Full;
        Ask<StatisticsFailed>((s, id, me) => s.Record(new RecordStatistics(id, Values(1)), me));
        _host.Disk.Fault = DiskFault.None;
        Ask<StatisticsFailed>((s, id, me) => s.Record(new RecordStatistics(id, Values(1)), me));
        _host.Restart();

        Ask<StatisticsRecorded>((s, id, me) => s.Record(new RecordStatistics(id, Values(1)), me));
    }

    [Test]
    public void Acknowledge_WhenItIsAheadOfTheDisk_RenumbersWhatIsBuffered()
    {
        Ask<StatisticsRecorded>((s, id, me) => s.Record(new RecordStatistics(id, Values(1, 2)), me));
        Ask<StatisticsAcknowledged>((s, id, me) => s.AcknowledgeUpTo(new AcknowledgeStatistics(id, 100), me));
        Ask<StatisticsRecorded>((s, id, me) => s.Record(new RecordStatistics(id, Values(3)), me));

        Assert.That(_host.StatisticsStorage.Buffered.Select(row => (row.SequenceNr, row.Value)), Is.EqualTo(new[] { (101L, 1.0), (102L, 2.0), (103L, 3.0) }));
    }

    private static ImmutableArray<NewStatistic> Values(params double[] values) =>
        [.. values.Select(value => new NewStatistic("ion", "node", "host", "loss", value, new HybridTimestamp(1, 0, "host")))];

    private static StatisticsRow Row(long sequenceNr, string agent, double value) =>
        new(sequenceNr, "ion", "node", agent, "loss", value, new HybridTimestamp((long)value, 0, agent));

    private T Ask<T>(Action<IStatisticsStore, long, RecordingRef> call)
    {
        var answers = new RecordingRef();
        call(_host.Statistics, ++_correlation, answers);
        _world.RunUntil(() => answers.Messages.Count > 0, TimeSpan.FromSeconds(1));
        Assert.That(answers.Messages.Single(), Is.InstanceOf<T>().With.Property("CorrelationId").EqualTo(_correlation));
        return (T)answers.Messages[0];
    }
}
