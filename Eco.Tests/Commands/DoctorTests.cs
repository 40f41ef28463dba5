using System.Text.Json;
using Eco.Host.Commands;
using Eco.Host.State;
using Eco.Runtime.Persistence.Sqlite;
using NUnit.Framework;

namespace Eco.Tests.Commands;

public sealed class DoctorTests
{
    private CommandHarness _eco = null!;

    [SetUp]
    public void Open() => _eco = new CommandHarness();

    [TearDown]
    public async Task Close() => await _eco.DisposeAsync();

    [Test]
    public async Task Doctor_WhenAllIsWell_ExitsWithZeroAndLeavesNothingBehind()
    {
        Assert.That(await _eco.RunAsync("doctor"), Is.Zero);
        Assert.That(_eco.Out, Does.Contain("ok    lock: no host runs here"));
        Assert.That(_eco.State.Exists, Is.False);
    }

    [Test]
    public async Task Doctor_WhenAJournalIsDamaged_FailsAndSaysWhich()
    {
        Directory.CreateDirectory(_eco.State.Agent("edge-1").Path);
        Directory.CreateDirectory(_eco.State.Server.Path);
        await using (SqliteJournal.Open(new SqliteJournalOptions { Path = _eco.State.Server.Journal }))
        {
        }

        File.WriteAllText(_eco.State.Agent("edge-1").Journal, new string('x', 8192));

        Assert.That(await _eco.RunAsync("doctor"), Is.EqualTo(ExitCodes.Failure));
        Assert.That(_eco.Out, Does.Contain("ok    journal of server").And.Contains("fail  journal of agents/edge-1: JournalCorrupt(journal.db, page 1)"));
    }

    [Test]
    public async Task Doctor_WhenTheStateDirectoryIsAFile_Fails()
    {
        File.WriteAllText(_eco.State.Root, "not a directory");

        Assert.That(await _eco.RunAsync("doctor"), Is.EqualTo(ExitCodes.Failure));
        Assert.That(_eco.Out, Does.Contain("fail  state").And.Contains("is a file"));
    }

    [Test]
    public async Task Doctor_WhenALockIsHeldButNobodyListens_Fails()
    {
        using StateLock held = _eco.State.Acquire();

        Assert.That(await _eco.RunAsync("doctor"), Is.EqualTo(ExitCodes.Failure));
        Assert.That(_eco.Out, Does.Contain("fail  socket").And.Contains($"process {Environment.ProcessId}"));
    }

    [Test]
    public async Task Doctor_WhenJsonIsAskedFor_PrintsEveryCheck()
    {
        await _eco.RunAsync("doctor", "--format", "json");

        string[] names = [.. JsonDocument.Parse(_eco.Out).RootElement.EnumerateArray().Select(check => check.GetProperty("name").GetString()!)];
        Assert.That(names, Is.EqualTo(new[] { "sdk", "terminal", "state", "disk", "lock", "socket", "clock" }));
    }

    [Test]
    public async Task Version_WhenJsonIsAskedFor_NamesTheBuild()
    {
        await _eco.RunAsync("version", "--format", "json");

        JsonElement version = JsonDocument.Parse(_eco.Out).RootElement;
        Assert.That(version.GetProperty("version").GetString(), Does.Match(@"^\d+\.\d+\.\d+"));
        Assert.That(version.GetProperty("runtime").GetString(), Does.StartWith(".NET 10"));
    }
}
