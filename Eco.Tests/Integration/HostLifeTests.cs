using System.Text.Json;
using Eco.Host.Commands;
using Eco.Host.State;
using Eco.Tests.Persistence.Sqlite;
using NUnit.Framework;

namespace Eco.Tests.Integration;

/// <summary>A host as a process, used from other processes as a person would.</summary>
[TestFixture]
[Category("Slow")]
[Category("Process")]
public sealed class HostLifeTests
{
    private TemporaryFolder _folder = null!;

    private string Project => _folder.File("project");

    [SetUp]
    public async Task MakeProject()
    {
        _folder = new TemporaryFolder();
        EcoResult made = await EcoProcess.RunAsync(_folder.Root, ["new", "project"]);
        Assert.That(made.ExitCode, Is.Zero, made.ToString());
    }

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public async Task Host_WhenItRuns_AnswersEveryVerbAndIsReadAfterItsStop()
    {
        using EcoProcess host = await StartAsync();
        await RunAsync(ExitCodes.Success, "ion", "submit", "ion.conf");
        Assert.That((await JsonAsync("ion", "list")).GetArrayLength(), Is.EqualTo(1));
        Assert.That((await JsonAsync("agents")).GetArrayLength(), Is.EqualTo(4));
        Assert.That((await JsonAsync("ion", "validate", "ion.conf")).GetProperty("selectorsChecked").GetBoolean(), Is.True);
        await Eventually.HoldsAsync("a merged model", () => JsonAsync("models").GetAwaiter().GetResult().GetArrayLength() > 0);
        await JsonAsync("who-has", "first-ion/merge.combine");
        await JsonAsync("status");
        await JsonAsync("cluster");
        await JsonAsync("doctor");

        string text = await File.ReadAllTextAsync(Path.Combine(Project, "ion.conf"));
        await File.WriteAllTextAsync(Path.Combine(Project, "next.conf"), text.Replace("emit-every = 5", "emit-every = 6", StringComparison.Ordinal));
        Assert.That((await JsonAsync("ion", "diff", "next.conf")).GetProperty("changes").GetArrayLength(), Is.EqualTo(1));
        Assert.That((await JsonAsync("ion", "pause", "first-ion")).GetProperty("state").GetString(), Is.EqualTo("paused"));
        Assert.That((await JsonAsync("ion", "resume", "first-ion")).GetProperty("state").GetString(), Is.EqualTo("running"));
        Assert.That((await JsonAsync("ion", "submit", "next.conf")).GetProperty("version").GetInt32(), Is.EqualTo(2));
        await RunAsync(ExitCodes.NotFound, "ion", "pause", "another-ion");
        Assert.That((await JsonAsync("ion", "delete", "first-ion")).GetProperty("state").GetString(), Is.EqualTo("deleted"));

        await RunAsync(ExitCodes.Success, "stop");
        EcoResult ended = await host.EndAsync();
        Assert.That(ended.ExitCode, Is.Zero, ended.ToString());
        JournalAudit.Of(new StateDirectory(Path.Combine(Project, ".eco")));

        Assert.That((await JsonAsync("ion", "list"))[0].GetProperty("state").GetString(), Is.EqualTo("deleted"));
        Assert.That((await JsonAsync("timeline", "--limit", "5")).GetArrayLength(), Is.EqualTo(5));
        await JsonAsync("ion", "show", "first-ion");
        await JsonAsync("agents");
        await JsonAsync("models");
        await RunAsync(ExitCodes.NoHost, "stop");
        await RunAsync(ExitCodes.NoHost, "ion", "pause", "first-ion");
    }

    [Test]
    public async Task Host_WhenKilledAndStartedAgain_GoesOnAndEndsInOrderOnSigterm()
    {
        using (EcoProcess host = await StartAsync())
        {
            await RunAsync(ExitCodes.Success, "ion", "submit", "ion.conf");
            await Eventually.HoldsAsync("a merged model", () => JsonAsync("models").GetAwaiter().GetResult().GetArrayLength() > 0);
            host.Kill();
            Assert.That((await host.EndAsync()).ExitCode, Is.EqualTo(EcoResult.Killed));
        }

        int before = (await JsonAsync("models")).GetArrayLength();
        using EcoProcess again = await StartAsync();
        await Eventually.HoldsAsync("new models", () => JsonAsync("models").GetAwaiter().GetResult().GetArrayLength() > before + 1);

        again.Signal("TERM");
        EcoResult ended = await again.EndAsync();
        Assert.That(ended.ExitCode, Is.EqualTo(ExitCodes.Success), ended.ToString());
        var state = new StateDirectory(Path.Combine(Project, ".eco"));
        Assert.That(JournalAudit.Of(state).MergedRounds, Is.GreaterThan(before));
        Assert.That(File.Exists(state.OwnerFile), Is.False, "it has given the directory back");
    }

    [Test]
    public async Task Host_WhenThePhasesOfItsStopTakeTooLong_EndsAllTheSameAndRecovers()
    {
        await File.AppendAllTextAsync(Path.Combine(Project, "eco.conf"), "\neco.host.stop-within = 1ms\n");
        using (EcoProcess host = await StartAsync())
        {
            await RunAsync(ExitCodes.Success, "ion", "submit", "ion.conf");
            await Eventually.HoldsAsync("a merged model", () => JsonAsync("models").GetAwaiter().GetResult().GetArrayLength() > 0);
            await RunAsync(ExitCodes.Success, "stop");
            EcoResult ended = await host.EndAsync();
            Assert.That(ended.ExitCode, Is.Zero, ended.ToString());
            Assert.That(ended.Error, Does.Contain("did not end within 0.001 s"));
        }

        JournalAudit.Of(new StateDirectory(Path.Combine(Project, ".eco")));
        using EcoProcess again = await StartAsync();
        Assert.That((await JsonAsync("ion", "list")).GetArrayLength(), Is.EqualTo(1));
        await RunAsync(ExitCodes.Success, "stop");
        Assert.That((await again.EndAsync()).ExitCode, Is.Zero);
    }

    [Test]
    public async Task SecondHost_WhenOneRuns_NamesItsProcessAndDisturbsNothing()
    {
        using EcoProcess host = await StartAsync();
        string pid = host.Id.ToString(System.Globalization.CultureInfo.InvariantCulture);

        foreach (string[] second in (string[][])[["host", "-c", "eco.conf"], ["demo", "--headless", "--batches", "5"]])
        {
            EcoResult refused = await RunAsync(ExitCodes.State, second);
            Assert.That(refused.Error, Does.Contain($"process {pid} has the state directory"));
        }

        await RunAsync(ExitCodes.Success, "ion", "submit", "ion.conf");
        await RunAsync(ExitCodes.Success, "stop");
        Assert.That((await host.EndAsync()).ExitCode, Is.Zero);
    }

    private async Task<EcoProcess> StartAsync()
    {
        EcoProcess host = EcoProcess.Start(Project, ["host", "-c", "eco.conf"]);
        await host.SaysAsync("is ready");
        return host;
    }

    private async Task<EcoResult> RunAsync(int exitCode, params string[] arguments)
    {
        EcoResult result = await EcoProcess.RunAsync(Project, arguments);
        Assert.That(result.ExitCode, Is.EqualTo(exitCode), $"eco {string.Join(' ', arguments)}: {result}");
        if (exitCode != ExitCodes.Success)
        {
            Assert.That(result.ErrorLines, Has.Length.EqualTo(2), result.ToString());
        }

        return result;
    }

    private async Task<JsonElement> JsonAsync(params string[] arguments)
    {
        EcoResult result = await RunAsync(ExitCodes.Success, [.. arguments, "--format", "json"]);
        using JsonDocument document = JsonDocument.Parse(result.Out);
        return document.RootElement.Clone();
    }
}
