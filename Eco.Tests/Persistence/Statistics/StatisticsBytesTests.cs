using System.Collections.Immutable;
using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Statistics;
using Eco.Tests.Persistence.Sqlite;
using Microsoft.Data.Sqlite;
using NUnit.Framework;

namespace Eco.Tests.Persistence.Statistics;

/// <summary>What a statistics file takes on the disk: never more than it may, and little when it holds little.</summary>
public sealed class StatisticsBytesTests
{
    private const int Cap = 3 << 20;
    private StatisticsStoreHarness _harness = null!;

    [SetUp]
    public void Open() => _harness = new StatisticsStoreHarness(o => o with { MaxBytes = Cap });

    [TearDown]
    public async Task Close() => await _harness.DisposeAsync();

    [Test]
    public async Task Record_WhenFarMoreComesThanFits_NeverTakesMoreThanTheCapAndThenGivesItBack()
    {
        long most = 0;
        DroppedStatistics dropped = DroppedStatistics.None;
        for (int i = 0; i < 300; i++)
        {
            // Of 60,000 results and 60,000 traces only some 85,000 rows fit.
            dropped = (await RecordAsync(400, i)).Dropped > 0 ? (await ReadAsync(1)).Usage.Dropped : dropped;
            most = Math.Max(most, BytesOnDisk());
        }

        StatisticsPage full = await ReadAsync(10_000);
        Assert.Multiple(() =>
        {
            Assert.That(most, Is.InRange(Cap / 2, Cap));
            Assert.That(full.Usage.Rows + full.Usage.Dropped.Total, Is.EqualTo(120_000));
            Assert.That(full.Usage.Rows, Is.GreaterThan(45_000), "the cap is used");
            Assert.That(full.Usage.Dropped.Traces, Is.GreaterThan(20_000));
            Assert.That((full.Usage.Dropped.Metrics, full.Usage.Dropped.Results), Is.EqualTo((0L, 0L)), "traces go first");
            Assert.That(full.Usage.MaxBytes, Is.EqualTo(Cap));
        });

        while (full.Rows.Length > 0)
        {
            long upTo = full.Rows[^1].SequenceNr;
            await _harness.AskAsync((store, me) => store.AcknowledgeUpTo(new AcknowledgeStatistics(3, upTo), me));
            full = await ReadAsync(10_000);
            Assert.That(BytesOnDisk(), Is.LessThanOrEqualTo(Cap));
        }

        Assert.That(BytesOnDisk(), Is.LessThan(450_000), "the file shrinks when its rows have gone");
        Assert.That((await ReadAsync(1)).Usage.Bytes, Is.EqualTo(BytesOnDisk()).Within(70_000));
    }

    [Test]
    public async Task Record_WhenAReaderHoldsTheLog_RefusesBeforeTheCapCountsAndGoesOnAfterIt()
    {
        await RecordAsync(10, 0);
        object last = null!;
        long refused = 0;
        using (var reader = new SqliteConnection($"Data Source={_harness.File};Mode=ReadOnly;Pooling=False"))
        {
            reader.Open();
            using SqliteTransaction held = reader.BeginTransaction(deferred: true);
            using SqliteCommand look = reader.CreateCommand();
            look.Transaction = held;
            look.CommandText = "SELECT COUNT(*) FROM buffer_0";
            look.ExecuteScalar();
            for (int i = 0; i < 100; i++)
            {
                last = await _harness.AskAsync((store, me) => store.Record(new RecordStatistics(1, Rows(400, i)), me));
                refused += last is StatisticsFailed ? 400 : 0;
                Assert.That(BytesOnDisk(), Is.LessThan(Cap));
            }
        }

        Assert.That(last, Is.InstanceOf<StatisticsFailed>().With.Property("Reason").Contain("another program"));
        await RecordAsync(10, 101);
        Assert.That((await ReadAsync(1)).Usage.Dropped.Total, Is.EqualTo(refused).And.GreaterThan(0));
    }

    [Test]
    public async Task Open_WhenTheCapIsSmallerNow_ShrinksTheFile()
    {
        using var folder = new TemporaryFolder();
        var options = new StatisticsStoreOptions { Path = folder.File("statistics.db"), MaxBytes = 8 << 20 };
        await using (StatisticsStore store = StatisticsStore.Open(options))
        {
            for (int i = 0; i < 300; i++)
            {
                store.Record(new RecordStatistics(1, Rows(400, i)), Eco.Runtime.Actors.ActorRefs.Nobody);
            }
        }

        long before = new FileInfo(options.Path).Length;
        await (StatisticsStore.Open(options with { MaxBytes = 2 << 20 })).DisposeAsync();
        using StatisticsReader reader = StatisticsReader.Open(options.Path);
        StatisticsBuffer buffer = reader.Buffer();

        Assert.That(before, Is.GreaterThan(3 << 20));
        Assert.That(new FileInfo(options.Path).Length, Is.LessThan(2 << 20));
        Assert.That(buffer.Buffered + buffer.Dropped.Total, Is.EqualTo(120_000));
    }

    [Test]
    public async Task Open_WhenTheFileIsOfSchemaOne_KeepsItsRowsAndNumbers()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("statistics.db");
        MakeSchemaOne(path);
        await (StatisticsStore.Open(new StatisticsStoreOptions { Path = path })).DisposeAsync();
        using StatisticsReader reader = StatisticsReader.Open(path);

        Assert.That(reader.Buffer(), Is.EqualTo(new StatisticsBuffer(7, 0, 2, 0, new DroppedStatistics(0, 5, 0), 0)));
        Assert.That(reader.Positions().Single(), Is.EqualTo(new IngestPosition("edge-1", 1, 4, 4, 0, 0, 0)));
        Assert.That(File.Exists(path + ".v1"), Is.True, "the old file stays beside it");
    }

    [Test]
    public void Open_WhenTheCapLeavesNoRoom_SaysWhatWouldBeRight() => Assert.That(
        () => StatisticsStore.Open(new StatisticsStoreOptions { Path = "never-made/statistics.db", MaxBytes = 1_000 }),
        Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contain("at least 1048576 bytes"));

    private static void MakeSchemaOne(string path)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using SqliteCommand make = connection.CreateCommand();
        make.CommandText = """
            PRAGMA application_id=0x45434F53;
            PRAGMA user_version=1;
            CREATE TABLE metadata(key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
            INSERT INTO metadata VALUES ('schema_version', '1');
            CREATE TABLE series(id INTEGER PRIMARY KEY, ion TEXT NOT NULL, node TEXT NOT NULL, agent TEXT NOT NULL, name TEXT NOT NULL,
                sequence_number INTEGER NOT NULL, value REAL NOT NULL, wall INTEGER NOT NULL, counter INTEGER NOT NULL, host TEXT NOT NULL,
                UNIQUE(ion, node, name, agent));
            CREATE TABLE buffer(sequence_number INTEGER PRIMARY KEY, series INTEGER NOT NULL, value REAL NOT NULL, wall INTEGER NOT NULL,
                counter INTEGER NOT NULL, host TEXT NOT NULL);
            CREATE TABLE stored(id INTEGER PRIMARY KEY, series INTEGER NOT NULL, incarnation INTEGER NOT NULL, sequence_number INTEGER NOT NULL,
                value REAL NOT NULL, wall INTEGER NOT NULL, counter INTEGER NOT NULL, host TEXT NOT NULL);
            CREATE TABLE position(agent TEXT NOT NULL, incarnation INTEGER NOT NULL, up_to INTEGER NOT NULL, stored INTEGER NOT NULL,
                reported_dropped INTEGER NOT NULL, PRIMARY KEY(agent, incarnation)) WITHOUT ROWID;
            CREATE TABLE counters(id INTEGER PRIMARY KEY CHECK (id = 1), last_sequence_number INTEGER NOT NULL, dropped INTEGER NOT NULL,
                evicted INTEGER NOT NULL, syncs INTEGER NOT NULL);
            INSERT INTO counters VALUES (1, 7, 5, 0, 0);
            INSERT INTO series VALUES (1, 'ion', 'node', 'edge-1', 'a.b', 7, 2.5, 1, 0, 'edge-1');
            INSERT INTO buffer VALUES (6, 1, 1.5, 1, 0, 'edge-1'), (7, 1, 2.5, 1, 0, 'edge-1');
            INSERT INTO position VALUES ('edge-1', 1, 4, 4, 0);
            """;
        make.ExecuteNonQuery();
    }

    private static ImmutableArray<NewStatistic> Rows(int count, int round) =>
        [.. Enumerable.Range(0, count).Select(n => new NewStatistic(
            "ion",
            "node",
            "edge-1",
            FormattableString.Invariant($"s{n % 40}.mean"),
            n,
            new HybridTimestamp(1_700_000_000_000 + round, 0, "edge-1"),
            n % 2 == 0 ? StatisticPriority.Trace : StatisticPriority.Result))];

    private long BytesOnDisk() => new[] { "", "-wal", "-shm" }
        .Select(end => new FileInfo(_harness.File + end))
        .Sum(file => file.Exists ? file.Length : 0);

    private async Task<StatisticsRecorded> RecordAsync(int count, int round) =>
        (StatisticsRecorded)await _harness.AskAsync((store, me) => store.Record(new RecordStatistics(1, Rows(count, round)), me));

    private async Task<StatisticsPage> ReadAsync(int limit) =>
        (StatisticsPage)await _harness.AskAsync((store, me) => store.ReadAfter(new ReadStatisticsAfter(2, 0, limit), me));
}
