using System.Text.Json;
using Eco.Host.Commands;
using Eco.Host.State;
using Eco.Tests.Persistence.Sqlite;
using NUnit.Framework;

namespace Eco.Tests.Integration;

/// <summary>The demo as a process that dies without warning; the same command goes on from the journals.</summary>
[TestFixture]
[Category("Process")]
public sealed class DemoKillTests
{
    /// <summary>Five updates of each edge give five rounds, or fewer where a late one finds a newer one of the same edge in its round.</summary>
    private const int FewestRounds = 2;

    private const int PaceMilliseconds = 20;
    private const int SlowPaceMilliseconds = 150;

    private TemporaryFolder _folder = null!;
    private StateDirectory _state = null!;
    private int _paceMilliseconds;

    [SetUp]
    public void MakeFolder()
    {
        _folder = new TemporaryFolder();
        _state = new StateDirectory(_folder.File("state"));
        _paceMilliseconds = PaceMilliseconds;
    }

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [TestCase("journal.afterCommit@merge.round-opened:2")]
    [TestCase("journal.beforeCommit@merge.round-opened", Category = "Slow")]
    [TestCase("journal.afterCommit@merge.round-opened", Category = "Slow")]
    [TestCase("journal.beforeCommit@merge.update-received:5", Category = "Slow")]
    [TestCase("journal.afterCommit@merge.update-received:5", Category = "Slow")]
    [TestCase("journal.beforeCommit@merge.round-closed:2", Category = "Slow")]
    [TestCase("journal.afterCommit@merge.round-closed:2", Category = "Slow")]
    [TestCase("journal.beforeCommit@merge.round-merged:2", Category = "Slow")]
    [TestCase("journal.afterCommit@merge.round-merged:2", Category = "Slow")]
    [TestCase("journal.beforeCommit@model.added:2", Category = "Slow")]
    [TestCase("journal.afterCommit@model.added:2", Category = "Slow")]
    [TestCase("journal.beforeCommit@instance.model-applied:2", Category = "Slow")]
    [TestCase("journal.afterCommit@instance.model-applied:2", Category = "Slow")]
    [TestCase("journal.beforeCommit@instance.models-emitted:4", Category = "Slow")]
    [TestCase("journal.afterCommit@instance.models-emitted:4", Category = "Slow")]
    [TestCase("journal.beforeCommit@ion.submitted", Category = "Slow")]
    [TestCase("journal.afterCommit@ion.submitted", Category = "Slow")]
    [TestCase("journal.afterCommit@ion.completed", Category = "Slow")]
    [TestCase("journal.beforeCommit@claim", Category = "Slow")]
    [TestCase("journal.afterCommit@claim", Category = "Slow")]
    [TestCase("head.afterWrite@merge.round-closed:2", Category = "Slow")]
    [TestCase("head.afterWrite@outbox-ack:9", Category = "Slow")]
    [TestCase("ack.beforeSend:25", Category = "Slow")]
    [TestCase("ack.afterSend:25", Category = "Slow")]
    public async Task Demo_WhenKilledAtAPoint_GoesOnAndLosesNothing(string crashAt)
    {
        EcoResult killed = await KilledAsync(crashAt);
        Assert.That(killed.ExitCode, Is.EqualTo(EcoResult.Killed), $"{crashAt} was not reached: {killed}");

        // Before the submission's commit there is nothing to resume; after the completion it depends on how far the timeline was.
        await EndsWellAsync(crashAt switch
        {
            "journal.beforeCommit@ion.submitted" or "journal.beforeCommit@claim" or "journal.afterCommit@claim" => false,
            "journal.afterCommit@ion.completed" => null,
            _ => true,
        });
    }

    [Test]
    [Category("Slow")]
    public async Task Demo_WhenKilledAgainAndAgain_GoesOnAndLosesNothing()
    {
        // Each life ends at another commit of an update; what a life adds is small, so that the run is cut into many.
        int lives = 0;
        foreach (string point in (string[])["journal.afterCommit", "journal.beforeCommit", "journal.afterCommit", "journal.beforeCommit"])
        {
            EcoResult killed = await EcoProcess.RunAsync(_folder.Root, Demo(), $"{point}@merge.update-received:3");
            Assert.That(killed.ExitCode, Is.EqualTo(EcoResult.Killed), killed.ToString());
            lives++;
            JournalAudit.Of(_state);
        }

        Assert.That(lives, Is.EqualTo(4));
        await EndsWellAsync(resumes: true);
    }

    [Test]
    [Category("Slow")]
    public async Task Demo_WhenKilledFromOutsideAtAnyMoment_GoesOnAndLosesNothing()
    {
        // Not chosen by the program: after so many milliseconds of each life, wherever it then is.
        int killed = 0;
        foreach (int milliseconds in (int[])[150, 400, 700, 1_000, 1_300, 1_700, 2_200])
        {
            using EcoProcess eco = EcoProcess.Start(_folder.Root, Demo());
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(milliseconds));
            await timer.WaitForNextTickAsync();
            killed += eco.HasEnded ? 0 : 1;
            eco.Kill();
            await eco.EndAsync();
        }

        Assert.That(killed, Is.GreaterThan(2), "so many were killed while they ran");
        await EndsWellAsync(resumes: null);
    }

    [Test]
    [Category("Slow")]
    public async Task Demo_WhenInterrupted_EndsInOrderAndGoesOn()
    {
        using EcoProcess eco = EcoProcess.Start(_folder.Root, Demo());
        await eco.SaysAsync("federated-kmeans-1:");
        eco.Signal("INT");
        EcoResult interrupted = await eco.EndAsync();
        Assert.That(interrupted.ExitCode, Is.EqualTo(ExitCodes.Interrupted), interrupted.ToString());
        Assert.That(interrupted.ErrorLines, Has.Length.EqualTo(1), interrupted.ToString());

        await EndsWellAsync(resumes: true);
    }

    // On a busy machine the edges may be done before the server has come as far as the point: then they take their time, from the beginning.
    private async Task<EcoResult> KilledAsync(string crashAt)
    {
        EcoResult killed = await EcoProcess.RunAsync(_folder.Root, Demo(), crashAt);
        if (killed.ExitCode != EcoResult.Killed)
        {
            RemoveFolder();
            MakeFolder();
            _paceMilliseconds = SlowPaceMilliseconds;
            killed = await EcoProcess.RunAsync(_folder.Root, Demo(), crashAt);
        }

        return killed;
    }

    private async Task EndsWellAsync(bool? resumes)
    {
        EcoResult resumed = await EcoProcess.RunAsync(_folder.Root, Demo());
        Assert.That(resumed.ExitCode, Is.EqualTo(ExitCodes.Success), resumed.ToString());
        if (resumes is { } expected)
        {
            Assert.That(resumed.Error.Contains("resuming", StringComparison.Ordinal), Is.EqualTo(expected), resumed.ToString());
        }

        JournalAudit audit = JournalAudit.Of(_state);
        audit.AssertNothingIsOpen();
        Assert.That(audit.MergedRounds, Is.GreaterThanOrEqualTo(FewestRounds), resumed.ToString());
        using JsonDocument figures = JsonDocument.Parse(File.ReadAllText(_folder.File("figures.json")));
        double rounds = figures.RootElement.GetProperty("figures").GetProperty("rounds").GetProperty("value").GetDouble();
        Assert.That(rounds, Is.InRange(FewestRounds, audit.MergedRounds), "the figure counts the rounds of all lives of the ION");
    }

    private string[] Demo() =>
        ["demo", "--headless", "--json", _folder.File("figures.json"), "--state", _state.Root, "--batches", "80", "--pace", $"{_paceMilliseconds}"];
}
