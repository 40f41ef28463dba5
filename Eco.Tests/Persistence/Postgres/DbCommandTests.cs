using System.Text.Json;
using System.Text.RegularExpressions;
using Eco.Actors.Console;
using Eco.Actors.Timeline.Sql;
using Eco.Host.Commands;
using Eco.Host.Composition;
using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Postgres;
using Eco.Tests.Commands;
using Eco.Tests.Persistence.Contracts;
using NUnit.Framework;

namespace Eco.Tests.Persistence.Postgres;

/// <summary><c>eco db</c> on a real PostgreSQL.</summary>
[Category("Slow")]
[Category("Process")]
public sealed class DbCommandTests
{
    private CommandHarness _eco = null!;
    private string _database = null!;
    private string _config = null!;

    [SetUp]
    public void Prepare()
    {
        _eco = new CommandHarness();
        _database = PostgresServerOfTests.NewSchema();
        string withoutPassword = string.Join(';', _database.Split(';').Where(part => !part.StartsWith("Password=", StringComparison.Ordinal)));
        _config = _eco.Write("server.conf", $$"""
            eco {
              brokers = ["amqp://eco@127.0.0.1:5672"]
              host { id = s1, roles = [server] }
              server { database = "{{withoutPassword}}", database-password-file = "{{PostgresServerOfTests.PasswordFile}}" }
            }
            """);
    }

    [TearDown]
    public async Task Close() => await _eco.DisposeAsync();

    [Test]
    public async Task Migrate_WhenTheDatabaseIsEmptyOldOrReady_SaysWhatItDid()
    {
        Assert.That(await _eco.RunAsync("db", "migrate", "-c", _config), Is.Zero, _eco.Error);
        Assert.That(_eco.Out, Is.EqualTo($"the schema went from 0 to {PostgresAdministration.Schema}\n"));

        // As it was before the second step.
        TestPostgres.Execute(
            _database,
            """
            DROP TABLE statistics_series, statistics_stored, statistics_position, artifact_chunk, artifact;
            ALTER TABLE journal DROP CONSTRAINT journal_pkey;
            ALTER TABLE journal ADD PRIMARY KEY (ordering);
            CREATE INDEX journal_partition ON journal(partition, ordering);
            DELETE FROM schema_version WHERE version > 1
            """);
        PostgresOpenException? old = Assert.Throws<PostgresOpenException>(
            () => PostgresJournal.Open(new PostgresJournalOptions { Database = TestPostgres.Options(_database) }));
        Assert.That(old!.Cure, Does.Contain("eco db migrate"));
        Assert.That(await _eco.RunAsync("db", "migrate", "-c", _config, "--format", "json"), Is.Zero);
        JsonElement again = JsonDocument.Parse(_eco.Out).RootElement;
        Assert.That((again.GetProperty("schemaBefore").GetInt32(), again.GetProperty("schemaAfter").GetInt32()), Is.EqualTo((1, PostgresAdministration.Schema)));

        await _eco.RunAsync("db", "migrate", "-c", _config);
        Assert.That(_eco.Out, Is.EqualTo($"the schema is {PostgresAdministration.Schema} already\n"));
        TestPostgres.Execute(_database, "INSERT INTO schema_version(version, what) VALUES (999, 'of the future')");
        Assert.That(await _eco.RunAsync("db", "migrate", "-c", _config), Is.EqualTo(ExitCodes.State));
        Assert.That(_eco.ErrorLines[1], Does.Contain("newer"));
    }

    [Test]
    public async Task Migrate_WhenHostsAndPeopleComeAtOnce_HappensOnce()
    {
        Task<int>[] all = [.. Enumerable.Range(0, 6).Select(_ => Task.Run(() => PostgresAdministration.Migrate(TestPostgres.Options(_database)).After))];

        Assert.That(await Task.WhenAll(all), Is.All.EqualTo(PostgresAdministration.Schema));
        Assert.That(TestPostgres.Execute(_database, "SELECT COUNT(*) FROM schema_version"), Is.EqualTo((long)PostgresAdministration.Schema));
    }

    [Test]
    public async Task Status_WhenAsked_ShowsSchemaSettingsAndWhatEndangersCommits()
    {
        await _eco.RunAsync("db", "status", "-c", _config);
        Assert.That(_eco.Out, Does.Contain("warning   the database is empty"));
        await _eco.RunAsync("db", "migrate", "-c", _config);
        await _eco.RunAsync("doctor", "-c", _config);
        Assert.That(_eco.Out, Does.Match("warn +database.*single point of failure"));

        Assert.That(await _eco.RunAsync("db", "status", "-c", _config, "--format", "json"), Is.Zero);
        JsonElement status = JsonDocument.Parse(_eco.Out).RootElement;

        Assert.Multiple(() =>
        {
            Assert.That(status.GetProperty("version").GetString(), Does.StartWith("15"));
            Assert.That(status.GetProperty("schema").GetInt32(), Is.EqualTo(status.GetProperty("schemaNeeded").GetInt32()));
            Assert.That(status.GetProperty("settings").GetProperty("synchronous_commit").GetString(), Is.EqualTo("on"));
            Assert.That(status.GetProperty("tableBytes").EnumerateObject().Count(), Is.EqualTo(10));
            Assert.That(status.GetProperty("warnings").EnumerateArray().Single().GetString(), Does.Contain("single point of failure"));
            Assert.That(_eco.Out, Does.Not.Contain(File.ReadAllText(PostgresServerOfTests.PasswordFile).Trim()));
        });
    }

    [Test]
    public async Task Verb_WhenTheDatabaseCannotBeReached_SaysWhatToDoWithoutThePassword()
    {
        string text = await File.ReadAllTextAsync(_config);
        string away = _eco.Write("away.conf", Regex.Replace(text, @"Host=127\.0\.0\.1:\d+", "Host=127.0.0.1:1"));

        await _eco.RunAsync("doctor", "-c", away);
        Assert.That(_eco.Out, Does.Match("fail +database.*cannot be reached"));
        Assert.That(await _eco.RunAsync("db", "status", "-c", away), Is.EqualTo(ExitCodes.State));
        Assert.That(_eco.ErrorLines, Has.Length.EqualTo(2));
        Assert.That(_eco.ErrorLines[0], Does.Contain("127.0.0.1:1").And.Contain("cannot be reached"));
        Assert.That(_eco.Error, Does.Not.Contain(File.ReadAllText(PostgresServerOfTests.PasswordFile).Trim()));
    }

    [Test]
    public async Task Verb_WhenTheConfigurationNamesNoDatabase_SaysSo()
    {
        Assert.That(await _eco.RunAsync("db", "status", "-c", _eco.Write("plain.conf", "eco {}")), Is.EqualTo(ExitCodes.Invalid));
        Assert.That(_eco.ErrorLines[1], Does.Contain("eco.server.database"));
    }

    [Test]
    public async Task Import_WhenAnEmbeddedServerMoves_KeepsItsWholeHistoryAndGoesOn()
    {
        JournalFacts before = await EmbeddedServer.FillAsync(_eco.State.Server);

        Assert.That(await _eco.RunAsync("db", "import", "-c", _config, "--format", "json"), Is.Zero, _eco.Error);
        JsonElement moved = JsonDocument.Parse(_eco.Out).RootElement;

        Assert.That(Directory.Exists(_eco.State.Server.Path), Is.False, "no host may start on the files again");
        Assert.That(File.Exists(Path.Combine(moved.GetProperty("kept").GetString()!, "journal.db")), Is.True);
        Assert.That(
            (moved.GetProperty("entities").GetInt64(), moved.GetProperty("statisticsRows").GetInt64(), moved.GetProperty("artifacts").GetInt64(), moved.GetProperty("timelineEvents").GetInt64()),
            Is.EqualTo((12, 50, 3, 1)));
        await using (PostgresJournal journal = PostgresJournal.Open(
            new PostgresJournalOptions { Database = TestPostgres.Options(_database), PartitionCount = EmbeddedServer.Partitions }))
        {
            JournalFacts after = await JournalFacts.OfAsync(journal, EmbeddedServer.Entities, EmbeddedServer.Partitions);
            Assert.That(after.Lines, Is.EqualTo(before.Lines));
            Assert.That(after.Owners, Is.EqualTo(before.Owners));
            await GoOnAsync(journal, before);
        }

        Assert.That(await _eco.RunAsync("audit", "verify", "-c", _config), Is.Zero, _eco.Out);
        Assert.That(_eco.Out, Does.StartWith("ok    database:"));
        AssertOthersMoved();

        // Not twice: neither into what is there, nor from what has moved.
        await EmbeddedServer.FillAsync(_eco.State.Server);
        Assert.That(await _eco.RunAsync("db", "import", "-c", _config), Is.EqualTo(ExitCodes.State));
        Assert.That(_eco.ErrorLines[0], Does.Contain("is not empty"));
    }

    [Test]
    public async Task Import_WhenAHostRunsOrTheJournalIsDamaged_RefusesAndLeavesTheDatabaseEmpty()
    {
        await EmbeddedServer.FillAsync(_eco.State.Server);
        using (_eco.State.Acquire())
        {
            Assert.That(await _eco.RunAsync("db", "import", "-c", _config), Is.EqualTo(ExitCodes.State));
        }

        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={_eco.State.Server.Journal};Pooling=False"))
        {
            connection.Open();
            Eco.Runtime.Persistence.Sqlite.SqliteFile.Execute(connection, "UPDATE journal SET message = x'7b7d' WHERE ordering = 5");
        }

        Assert.That(await _eco.RunAsync("db", "import", "-c", _config), Is.EqualTo(ExitCodes.State));
        Assert.That(_eco.ErrorLines[0], Does.Contain("JournalCorrupt"));
        Assert.That(Directory.Exists(_eco.State.Server.Path), Is.True);
        Assert.That(await _eco.RunAsync("db", "status", "-c", _config, "--format", "json"), Is.Zero);
        Assert.That(JsonDocument.Parse(_eco.Out).RootElement.GetProperty("events").GetInt64(), Is.Zero);
    }

    [Test]
    public async Task Import_WhenAnArtefactIsCorrupt_RefusesAndLeavesTheDatabaseEmpty()
    {
        await EmbeddedServer.FillAsync(_eco.State.Server);
        string artefact = Directory.EnumerateFiles(_eco.State.Server.Artifacts, "ba7816bf*", SearchOption.AllDirectories).Single();
        await File.WriteAllTextAsync(artefact, "abd");

        Assert.That(await _eco.RunAsync("db", "import", "-c", _config), Is.EqualTo(ExitCodes.State));
        Assert.That(_eco.ErrorLines[0], Does.Contain("ArtefactCorrupt"));
        Assert.That(TestPostgres.Execute(_database, "SELECT (SELECT COUNT(*) FROM journal) + (SELECT COUNT(*) FROM artifact)"), Is.Zero);
    }

    [TestCase("UPDATE journal SET message = '\\x7b7d' WHERE ordering = 5")]
    [TestCase("DELETE FROM journal WHERE ordering = (SELECT MAX(ordering) FROM journal)")]
    [TestCase("DELETE FROM entity WHERE persistence_id = 'ion-ü7'")]
    [TestCase("DELETE FROM outbox WHERE receiver = 'peer-b' AND sender = 'ion-ü3'")]
    [TestCase("UPDATE snapshot SET snapshot = '\\x00' WHERE persistence_id = 'ion-ü4'")]
    [TestCase("UPDATE inbox SET last_seq = 3 WHERE receiver = 'ion-ü5'")]
    [TestCase("UPDATE partition_state SET last_ordering = 1 WHERE partition = 2")]
    [TestCase("UPDATE journal SET sequence_number = 1000 - sequence_number WHERE persistence_id = 'ion-ü6' AND sequence_number IN (5, 6)")]
    public async Task Audit_WhenARowWasChangedOrVanished_FindsIt(string change)
    {
        await EmbeddedServer.FillAsync(_eco.State.Server);
        Assert.That(await _eco.RunAsync("db", "import", "-c", _config), Is.Zero, _eco.Error);

        TestPostgres.Execute(_database, change);

        Assert.That(await _eco.RunAsync("audit", "verify", "-c", _config), Is.EqualTo(ExitCodes.State));
        Assert.That(_eco.Out, Does.Contain("JournalCorrupt"));
    }

    // The claim goes on above the moved epochs, numbers and orderings go on after the moved ones, and readings go on where a projection stood.
    private static async Task GoOnAsync(PostgresJournal journal, JournalFacts before)
    {
        var end = (EventsRead)await JournalLoad.AskAsync(me => journal.Read(
            new ReadEvents(1, [.. Enumerable.Range(0, EmbeddedServer.Partitions).Select(partition => new PartitionPosition(partition, 0))], 10_000), me));
        var claimed = (PartitionsClaimed)await JournalLoad.AskAsync(me => journal.Claim(ClaimPartitions.All(1, EmbeddedServer.Partitions, "s1/1"), me));
        Assert.That(claimed.Owned.Zip(before.Owners), Is.All.Matches<(Ownership New, Ownership Old)>(pair => pair.New.OwnerEpoch == pair.Old.OwnerEpoch + 1));
        string id = EmbeddedServer.Entities[4];
        Ownership owned = claimed.Owned[Partitioning.PartitionOf(id, EmbeddedServer.Partitions)];
        var request = new AppendRequest(
            9, id, owned, [JournalProbe.Event(11)], [JournalProbe.Message("peer-a", 3)], [("peer-a", 2)], new InboxRow("proxy", 3, 8), null, null, ("proxy", 2));
        Assert.That(await JournalLoad.AskAsync(me => journal.Append(request, me)), Is.EqualTo(new AppendCommitted(9)));
        var more = (EventsRead)await JournalLoad.AskAsync(me => journal.Read(new ReadEvents(1, end.Positions, 10), me));
        Assert.That(more.Events.Single().Event.SequenceNr, Is.EqualTo(11));
        Assert.That(more.Events.Single().Ordering, Is.GreaterThan(end.Events.Max(e => e.Ordering)));
    }

    private void AssertOthersMoved()
    {
        PostgresOptions options = TestPostgres.Options(_database);
        using var statistics = new PostgresStatisticsReader(options);
        using var database = new TimelineDatabase(new PostgresTimeline(options, "timeline"));
        using var timeline = new TimelineReader(new PostgresTimeline(options, "timeline"), null, EngineCatalogue.Default.Descriptors);
        Assert.Multiple(() =>
        {
            Assert.That(statistics.Newest("ion", 10).Select(row => row.Value), Is.EqualTo(new[] { 48.0, 49, 50 }));
            Assert.That(statistics.Positions().Single(), Is.EqualTo(new Eco.Runtime.Persistence.Statistics.IngestPosition("edge-1", 2, 50, 50, 5, 0, 0)));
            Assert.That(database.Offsets(), Is.EqualTo(new[] { new PartitionPosition(0, 5), new PartitionPosition(1, 5) }));
            ConsoleReply told = timeline.Answer(new ConsoleRequest(1, ConsoleVerbs.Timeline, Arguments.None));
            Assert.That(told.Data!.Value.ToString(), Does.Contain("once upon a time"));
        });
    }
}
