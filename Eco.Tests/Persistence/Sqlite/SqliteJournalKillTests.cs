using System.Diagnostics;
using System.Globalization;
using Eco.Runtime.Persistence.Journals;
using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Sqlite;
using Eco.Tests.Integration;
using NUnit.Framework;

namespace Eco.Tests.Persistence.Sqlite;

/// <summary>Another process writes a journal, keeps others out of it, and is killed in the middle of its work.</summary>
[TestFixture]
[Category("Process")]
public sealed class SqliteJournalKillTests
{
    [Test]
    public async Task Open_WhenAnotherProcessWasKilledWhileWriting_FindsAllThatItWasToldIsCommitted()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("journal.db");
        using Process child = Start(path);
        try
        {
            string? line = null;
            for (int n = 1; n <= 60; n++)
            {
                line = await Eventually.CompletesAsync("a line of the writing process", child.StandardOutput.ReadLineAsync());
                Assert.That(line, Is.EqualTo(n.ToString(CultureInfo.InvariantCulture)));
            }

            Assert.That(
                () => SqliteJournal.Open(new SqliteJournalOptions { Path = path }),
                Throws.TypeOf<JournalOpenException>().With.Message.Contain("in use by another process"));
            Assert.That(await ReadLockAsync(path), Is.EqualTo(child.Id));
            Assert.That(child.HasExited, Is.False);

            child.Kill();
            string rest = await Eventually.CompletesAsync("the killed process's output", child.StandardOutput.ReadToEndAsync());
            await Eventually.CompletesAsync("the killed process's end", child.WaitForExitAsync());
            line = rest.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? line;
            await AssertHoldsAsync(path, long.Parse(line!, CultureInfo.InvariantCulture));
        }
        finally
        {
            child.Kill();
        }
    }

    private static async Task AssertHoldsAsync(string path, long told)
    {
        await using SqliteJournal journal = SqliteJournal.Open(new SqliteJournalOptions { Path = path });
        using JournalReader reader = JournalReader.Open(path);
        object[] answers = [.. reader.Recover(new RecoverRequest(1, "ion-1"))];
        long[] events = [.. answers.OfType<RecoveredEvents>().SelectMany(page => page.Events).Select(e => e.SequenceNr)];
        var started = (RecoveryStarted)answers[0];
        Assert.Multiple(() =>
        {
            Assert.That(events, Has.Length.InRange(told, told + 1), "one more may be committed than the process could say");
            Assert.That(events, Is.EqualTo(Enumerable.Range(1, events.Length).Select(n => (long)n)));
            Assert.That(started.Outbox.Select(m => m.SequenceNr), Is.EqualTo(events), "events and messages commit together");
        });
    }

    private static Process Start(string path)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardOutput = true,
        };
        string[] arguments = ["exec", typeof(JournalWriterProgram).Assembly.Location, JournalWriterProgram.Verb, path];
        Array.ForEach(arguments, start.ArgumentList.Add);
        return Process.Start(start)!;
    }

    /// <summary>The number in the lock file, which any program but .NET's own file classes can read while it is held.</summary>
    private static async Task<int> ReadLockAsync(string path)
    {
        using Process cat = Process.Start(new ProcessStartInfo("cat", [path + ".lock"]) { RedirectStandardOutput = true })!;
        return int.Parse(await Eventually.CompletesAsync("cat", cat.StandardOutput.ReadToEndAsync()), CultureInfo.InvariantCulture);
    }
}
