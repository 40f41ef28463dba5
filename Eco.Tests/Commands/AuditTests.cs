using System.Text.Json;
using Eco.Host.Commands;
using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Sqlite;
using Eco.Tests.Persistence.Contracts;
using Microsoft.Data.Sqlite;
using NUnit.Framework;

namespace Eco.Tests.Commands;

public sealed class AuditTests
{
    private CommandHarness _eco = null!;

    private string Journal => _eco.State.Server.Journal;

    private string Head => Path.ChangeExtension(Journal, ".head");

    [SetUp]
    public async Task OpenAndFill()
    {
        _eco = new CommandHarness();
        Directory.CreateDirectory(_eco.State.Server.Path);
        await AppendAsync(1);
    }

    [TearDown]
    public async Task Close() => await _eco.DisposeAsync();

    [Test]
    public async Task Verify_WhenAllIsAsAcknowledged_SaysHowMuch()
    {
        Assert.That(await _eco.RunAsync("audit", "verify"), Is.Zero);
        Assert.That(_eco.Out, Does.Contain("ok    server: 1 events of 1 entities, commit 2"));
    }

    [Test]
    public async Task Verify_WhenAnEventWasChanged_NamesItAndACure()
    {
        await AppendAsync(1, "ion-2");
        using (var connection = new SqliteConnection($"Data Source={Journal};Pooling=False"))
        {
            connection.Open();
            SqliteFile.Execute(connection, "UPDATE journal SET message = x'7b7d' WHERE persistence_id = 'ion-1'");
        }

        Assert.That(await _eco.RunAsync("audit", "verify", "--format", "json"), Is.EqualTo(ExitCodes.State), "the others are verified all the same");
        JsonElement problem = JsonDocument.Parse(_eco.Out).RootElement[0].GetProperty("problems")[0];
        Assert.That(problem.GetProperty("outcome").GetString(), Is.EqualTo("JournalCorrupt(ion-1, 1)"));
        Assert.That(problem.GetProperty("cure").GetString(), Does.Contain("backup"));
        Assert.That(await _eco.RunAsync("audit", "verify", "--adopt"), Is.EqualTo(ExitCodes.State), "damage is not adopted");
    }

    [Test]
    public async Task Adopt_WhenABackupWasRestored_LetsItsHostStartAboveTheLostEpochs()
    {
        byte[] backup = await File.ReadAllBytesAsync(Journal);
        await AppendAsync(2);
        await File.WriteAllBytesAsync(Journal, backup);
        Assert.That(await _eco.RunAsync("audit", "verify"), Is.EqualTo(ExitCodes.State));
        Assert.That(_eco.Out, Does.Contain("JournalTruncated(2, 1)").And.Contain("--adopt"));

        Assert.That(await _eco.RunAsync("audit", "verify", "--adopt"), Is.Zero, _eco.Out);

        Ownership owned = await AppendAsync(2);
        Assert.That(owned.OwnerEpoch, Is.EqualTo(3), "epoch 2 was lost, and must not be given out again");
    }

    [Test]
    public async Task Adopt_WhenTheHeadIsLost_MakesANewOne()
    {
        File.Delete(Head);
        Assert.That(await _eco.RunAsync("audit", "verify"), Is.EqualTo(ExitCodes.State));

        Assert.That(await _eco.RunAsync("audit", "verify", "--adopt"), Is.Zero);

        await AppendAsync(2);
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Verify_WhenTheJournalIsGone_NamesTheLossAndNoCureThatCannotWork(bool asFolder)
    {
        File.Delete(Journal);
        if (asFolder)
        {
            Directory.CreateDirectory(Journal);
        }

        Assert.That(await _eco.RunAsync("audit", "verify"), Is.EqualTo(ExitCodes.State));
        Assert.That(_eco.Out, Does.Contain(asFolder ? "JournalCorrupt(journal.db, page unknown): it is a folder" : "JournalTruncated(1, 0)"));
        Assert.That(_eco.Out, Does.Contain("start anew").And.Not.Contain("--adopt"));
        Assert.That(await _eco.RunAsync("audit", "verify", "--adopt"), Is.EqualTo(ExitCodes.State));
        Assert.That(await _eco.RunAsync("doctor"), Is.EqualTo(ExitCodes.Failure));
    }

    private async Task<Ownership> AppendAsync(long sequenceNr, string entity = "ion-1")
    {
        await using SqliteJournal journal = SqliteJournal.Open(new SqliteJournalOptions { Path = Journal });
        var answers = new RecordingRef();
        journal.Claim(ClaimPartitions.All(1, 1, "w"), answers);
        await Integration.Eventually.HoldsAsync("the claim", () => answers.Messages.Count == 1, () => "none");
        Ownership owned = ((PartitionsClaimed)answers.Messages[0]).Owned[0];
        journal.Append(new AppendRequest(2, entity, owned, [JournalProbe.Event(sequenceNr)], [], [], null), answers);
        await Integration.Eventually.HoldsAsync("the append", () => answers.Messages.Count == 2, () => "none");
        Assert.That(answers.Messages[1], Is.InstanceOf<AppendCommitted>());
        return owned;
    }
}
