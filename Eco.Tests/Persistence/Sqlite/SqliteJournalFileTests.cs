using Eco.Runtime.Persistence.Journals;
using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Sqlite;
using Eco.Tests.Persistence.Contracts;
using Microsoft.Data.Sqlite;
using NUnit.Framework;

namespace Eco.Tests.Persistence.Sqlite;

/// <summary>What the file may have suffered before it is opened, and who else may hold it.</summary>
[TestFixture]
public sealed class SqliteJournalFileTests
{
    private const int PageSize = 4_096;
    private SqliteJournalHarness _harness = null!;
    private JournalProbe _journal = null!;

    [SetUp]
    public async Task OpenAndFill()
    {
        _harness = new SqliteJournalHarness();
        _journal = new JournalProbe(_harness);
        Ownership owned = (await _journal.ClaimAsync())[0];
        await _journal.CommitAsync(_journal.Request("ion-1", owned, JournalProbe.Events(1, 500)));
    }

    [TearDown]
    public async Task Close() => await _harness.DisposeAsync();

    [Test]
    public async Task Open_WhenClosedCleanly_FindsAllInOneFile()
    {
        await _harness.Journal.DisposeAsync();

        FileInfo log = new(_harness.File + "-wal");
        Assert.That(log.Exists ? log.Length : 0, Is.Zero);
        await _harness.ReopenAsync();
        Assert.That((await _journal.RecoverAsync("ion-1")).Events, Has.Length.EqualTo(500));
    }

    [Test]
    public void Open_WhenAnotherHoldsTheJournal_SaysSo() =>
        Assert.That(OpenError(_harness.File).Message, Does.Contain("in use by another process").And.Contain("journal.db.lock"));

    [Test]
    public async Task Open_WhenAnotherProgramHoldsAnExclusiveLock_SaysSo()
    {
        await _harness.Journal.DisposeAsync();
        using SqliteConnection other = Connect(_harness.File);
        SqliteFile.Execute(other, "PRAGMA journal_mode=DELETE; PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE");

        Assert.That(OpenError(_harness.File).Message, Does.Contain("locked by another program"));
    }

    [Test]
    public async Task Open_WhenTheFileIsGarbage_SaysItIsNoDatabase()
    {
        await _harness.Journal.DisposeAsync();
        await File.WriteAllTextAsync(_harness.File, string.Join('\n', Enumerable.Repeat("this is not a database", 1_000)));

        Assert.That(OpenError(_harness.File).Message, Does.Contain("no SQLite database"));
    }

    [Test]
    public async Task Open_WhenTheFileIsEmpty_SaysItIsDamagedAndKeepsIt()
    {
        await _harness.Journal.DisposeAsync();
        await File.WriteAllBytesAsync(_harness.File, []);

        Assert.That(OpenError(_harness.File).Message, Does.Contain("journal.db is damaged").And.Contain("it is empty"));
        Assert.That(new FileInfo(_harness.File).Length, Is.Zero);
    }

    [Test]
    public async Task Open_WhenTheFileIsCutAtAnyPage_SaysItIsDamaged()
    {
        await _harness.Journal.DisposeAsync();
        byte[] whole = await File.ReadAllBytesAsync(_harness.File);
        int pages = whole.Length / PageSize;
        Assert.That(pages, Is.GreaterThan(10));
        for (int kept = 1; kept < pages; kept++)
        {
            await File.WriteAllBytesAsync(_harness.File, whole[..(kept * PageSize)]);

            Assert.That(OpenError(_harness.File).Message, Does.Contain("journal.db is damaged"), $"{kept} of {pages} pages");
        }
    }

    [Test]
    public async Task Open_WhenAnyPageIsOverwritten_SaysItIsDamagedOrNoDatabase()
    {
        await _harness.Journal.DisposeAsync();
        byte[] whole = await File.ReadAllBytesAsync(_harness.File);
        for (int page = 0; page < whole.Length / PageSize; page++)
        {
            byte[] damaged = [.. whole];
            damaged.AsSpan(page * PageSize, PageSize).Fill(0xA5);
            await File.WriteAllBytesAsync(_harness.File, damaged);

            Assert.That(OpenError(_harness.File).Message, Does.Contain("is damaged").Or.Contain("no SQLite database"), $"page {page}");
        }
    }

    [Test]
    public async Task Open_WhenOnlyTheLogIsLeft_SaysItIsDamaged()
    {
        await _harness.Journal.DisposeAsync();
        File.Delete(_harness.File);
        await File.WriteAllBytesAsync(_harness.File + "-wal", new byte[100]);

        Assert.That(OpenError(_harness.File).Message, Does.Contain("the file is gone but journal.db-wal is there"));
    }

    [Test]
    public async Task Open_WhenANewerVersionWroteIt_NamesBothSchemas()
    {
        await ChangeAsync("UPDATE metadata SET value = '3' WHERE key = 'schema_version'; PRAGMA user_version=3");

        Assert.That(OpenError(_harness.File).Message, Does.Contain("newer eco (schema 3, this one knows 2)"));
    }

    [Test]
    public async Task Open_WhenOnlyOneOfBothSchemaVersionsIsNewer_SaysItIsDamaged()
    {
        await ChangeAsync("UPDATE metadata SET value = '3' WHERE key = 'schema_version'");

        Assert.That(OpenError(_harness.File).Damage, Is.InstanceOf<FileCorrupt>());
    }

    [Test]
    public async Task Open_WhenItIsAnotherProgramsDatabase_SaysSo()
    {
        await ChangeAsync("PRAGMA application_id=7");
        Assert.That(OpenError(_harness.File).Damage, Is.EqualTo(new FileCorrupt("journal.db", 1, "it is not marked as a journal of eco")), "beside a head file");
        File.Delete(Path.ChangeExtension(_harness.File, ".head"));

        Assert.That(OpenError(_harness.File).Message, Does.Contain("not a journal of eco"));
    }

    [Test]
    public async Task Open_WhenThePartitionCountDiffers_NamesBoth()
    {
        await _harness.Journal.DisposeAsync();

        JournalOpenException error = OpenError(_harness.File, partitions: 16);

        Assert.That(error.Message, Does.Contain("made for 2 partitions and 16 are configured"));
        Assert.That(error.Cure, Does.Contain("configure 2 partitions"));
    }

    [Test]
    public async Task Open_WhenAFolderIsInItsPlace_SaysItCannotBeRead()
    {
        await _harness.Journal.DisposeAsync();
        string folder = Path.Combine(Path.GetDirectoryName(_harness.File)!, "folder.db");
        Directory.CreateDirectory(folder);

        Assert.That(OpenError(folder).Message, Does.Contain("folder.db cannot be"));
    }

    [Test]
    public async Task Open_WhenAFileIsInTheFoldersPlace_SaysItCannotBeRead()
    {
        await _harness.Journal.DisposeAsync();

        Assert.That(OpenError(Path.Combine(_harness.File, "journal.db")).Message, Does.Contain("cannot be read and written"));
    }

    [Test]
    public async Task Open_WhenAFirstCreationWasInterrupted_StartsAnew()
    {
        string path = Path.Combine(Path.GetDirectoryName(_harness.File)!, "other.db");
        await File.WriteAllBytesAsync(path + ".new", [1, 2, 3]);

        await using SqliteJournal journal = SqliteJournal.Open(new SqliteJournalOptions { Path = path });

        Assert.That(File.Exists(path), Is.True);
        Assert.That(File.Exists(path + ".new"), Is.False);
    }

    [Test]
    public async Task Reader_WhenTheHostWrites_SeesWhatIsCommitted()
    {
        using JournalReader reader = JournalReader.Open(_harness.File);
        Assert.That(reader.Read(new ReadEvents(1, JournalProbe.FromBegin, 1_000)).Events, Has.Length.EqualTo(500));

        Ownership owned = (await _journal.ClaimAsync())[0];
        await _journal.CommitAsync(_journal.Request("ion-1", owned, [JournalProbe.Event(501)]));

        Assert.That(reader.Read(new ReadEvents(1, JournalProbe.After(500), 1_000)).Events.Select(e => e.Event.SequenceNr), Is.EqualTo(new[] { 501L }));
    }

    [Test]
    public async Task Reader_WhenNoHostRuns_ReadsTheClosedFile()
    {
        await _harness.Journal.DisposeAsync();

        using JournalReader reader = JournalReader.Open(_harness.File);

        Assert.That(reader.List(new ListEntities(1)).PersistenceIds, Is.EqualTo(new[] { "ion-1" }));
        Assert.That(() => JournalReader.Open(_harness.File + "x"), Throws.TypeOf<JournalOpenException>().With.Message.Contain("does not exist"));
    }

    [Test]
    public async Task Recover_WhenAnEventIsMissing_Fails()
    {
        await ChangeAsync("DELETE FROM journal WHERE sequence_number = 7");
        await _harness.ReopenAsync();

        IReadOnlyList<object> answers = await _harness.AskAsync(
            (journal, me) => journal.Recover(new RecoverRequest(3, "ion-1"), me),
            all => all.Any(a => a is RecoveryFailed or RecoveredEvents { IsLast: true }));

        Assert.That(answers[^1], Is.InstanceOf<RecoveryFailed>());
        Assert.That(((RecoveryFailed)answers[^1]).Message, Does.Contain("event 7 is missing"));
    }

    private static JournalOpenException OpenError(string path, int? partitions = null)
    {
        JournalOpenException error = Assert.Throws<JournalOpenException>(
            () => SqliteJournal.Open(new SqliteJournalOptions { Path = path, PartitionCount = partitions }))!;
        Assert.That(error.Message, Does.Not.Contain("\n"));
        Assert.That(error.Cure, Is.Not.Empty);
        return error;
    }

    private static SqliteConnection Connect(string path)
    {
        var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        return connection;
    }

    private async Task ChangeAsync(string sql)
    {
        await _harness.Journal.DisposeAsync();
        using SqliteConnection connection = Connect(_harness.File);
        SqliteFile.Execute(connection, sql);
    }
}
