using Eco.Host.Composition.EngineProcesses;
using Eco.Host.State;
using Eco.Tests.Persistence.Sqlite;
using NUnit.Framework;

namespace Eco.Tests.Integration;

/// <summary>A host whose pipelines have processes of their own is killed with SIGKILL, and started again.</summary>
[TestFixture]
[Category("Slow")]
[Category("Process")]
public sealed class EngineProcessKillTests
{
    private TemporaryFolder _folder = null!;

    private string Project => _folder.File("project");

    [SetUp]
    public async Task MakeProject()
    {
        _folder = new TemporaryFolder();
        EcoResult made = await EcoProcess.RunAsync(_folder.Root, ["new", "project"]);
        Assert.That(made.ExitCode, Is.Zero, made.ToString());
        await File.AppendAllTextAsync(Path.Combine(Project, "eco.conf"), "\neco.engines.isolation = process\n");
    }

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public async Task Host_WhenKilled_FindsItsEngineProcessesAgainAndLeavesNoneAfterAStop()
    {
        EngineProcessRecord[] before;
        using (EcoProcess host = await StartAsync())
        {
            await VerbAsync("ion", "submit", "ion.conf");
            await Eventually.HoldsAsync("engines of three edges and a merge", () => Records().Length == 4);
            await Eventually.HoldsAsync("a merged model", HasModel, deadline: TimeSpan.FromMinutes(1));
            before = Records();
            host.Kill();
            await host.EndAsync();
        }

        Assert.That(before.Where(record => record.Identity.IsAlive).Count(), Is.EqualTo(4), "they live on");
        EngineProcessRecord[] after;
        using (EcoProcess host = await StartAsync())
        {
            int models = Models();
            await Eventually.HoldsAsync("more merged models", () => Models() > models + 2, deadline: TimeSpan.FromMinutes(1));
            after = Records();
            Assert.That(after, Is.EqualTo(before), "the same processes, by pid, start and run id");
            Assert.That((await VerbAsync("timeline", "--limit", "1000")).Out, Does.Not.Contain("instance-failed"));
            await VerbAsync("stop");
            EcoResult ended = await host.EndAsync();
            Assert.That(ended.ExitCode, Is.Zero, ended.ToString());
        }

        Assert.That(after.Where(record => record.Identity.IsAlive), Is.Empty, "no orphan is left");
        Assert.That(Records(), Is.Empty);
    }

    private EngineProcessRecord[] Records() =>
        [.. new StateDirectory(Path.Combine(Project, ".eco")).WithJournal().SelectMany(folder => EngineProcessRecord.LoadAll(folder.Engines))];

    private int Models() => VerbAsync("models").GetAwaiter().GetResult().Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length - 1;

    private bool HasModel() => Models() > 0;

    private async Task<EcoProcess> StartAsync()
    {
        EcoProcess host = EcoProcess.Start(Project, ["host", "-c", "eco.conf"]);
        await host.SaysAsync("is ready");
        return host;
    }

    private async Task<EcoResult> VerbAsync(params string[] arguments)
    {
        EcoResult result = await EcoProcess.RunAsync(Project, arguments);
        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        return result;
    }
}
