using System.Text.Json;
using Eco.Actors.Console;
using Eco.Actors.Timeline;
using Eco.Actors.Timeline.Sql;
using Eco.Host.Commands;
using Eco.Runtime.Persistence;
using NUnit.Framework;

namespace Eco.Tests.Commands;

public sealed class IonFileCommandTests
{
    private static readonly string Example = Path.Combine(Repository.Root, "examples", "federated-kmeans.conf");

    private CommandHarness _eco = null!;

    [SetUp]
    public void Open() => _eco = new CommandHarness();

    [TearDown]
    public async Task Close() => await _eco.DisposeAsync();

    [Test]
    public async Task Validate_WhenNoHostRuns_SaysThatSelectorsAreNotChecked()
    {
        Assert.That(await _eco.RunAsync("ion", "validate", Example), Is.Zero);
        Assert.That(_eco.Out, Is.EqualTo("federated-kmeans is valid\nselectors not checked: no host\n"));
    }

    [Test]
    public async Task Validate_WhenThingsAreWrong_ReportsAllWithTheirPlaces()
    {
        string file = _eco.Write("bad.conf", File.ReadAllText(Example).Replace("engine", "engin", StringComparison.Ordinal));

        Assert.That(await _eco.RunAsync("ion", "validate", file), Is.EqualTo(ExitCodes.Invalid));
        string[] lines = _eco.Out.Split('\n');
        Assert.That(lines.Count(line => line.StartsWith($"{file}:", StringComparison.Ordinal)), Is.GreaterThanOrEqualTo(2));
        Assert.That(_eco.Out, Does.Contain("did you mean 'engine'?"));
        Assert.That(_eco.ErrorLines[0], Does.Contain("is no valid ION"));
    }

    [Test]
    public async Task Validate_WhenAHostRuns_AsksItAboutSelectors()
    {
        _eco.StartHost();
        _eco.Endpoint.Answer = request => ConsoleJson.Reply(
            request.Id,
            new ValidationView("x", true, SelectorsChecked: true, [new FindingView("warning", "x.conf:1:2", "ion.nodes.a.on", "no agent is named e9", "")]));

        Assert.That(await _eco.RunAsync("ion", "validate", Example), Is.Zero);
        Assert.That(_eco.Out, Is.EqualTo("x.conf:1:2: warning: ion.nodes.a.on: no agent is named e9\nx is valid, with a warning\n"));
        Assert.That(_eco.Endpoint.Requests.Single().Body, Is.EqualTo(File.ReadAllText(Example)));
    }

    [Test]
    public async Task Validate_WhenJsonIsAskedFor_PrintsOneDocument()
    {
        await _eco.RunAsync("ion", "validate", Example, "--format", "json");

        JsonElement document = JsonDocument.Parse(_eco.Out).RootElement;
        Assert.That(document.GetProperty("selectorsChecked").GetBoolean(), Is.False);
        Assert.That(document.GetProperty("ion").GetString(), Is.EqualTo("federated-kmeans"));
    }

    [Test]
    public async Task Submit_WhenTheHostFindsErrors_PrintsThemFirst()
    {
        _eco.StartHost();
        _eco.Endpoint.Answer = request => ConsoleJson.Failure(request.Id, ConsoleErrorCodes.Invalid, "x.conf:1:2: one\nx.conf:3:4: two", "correct the file");

        Assert.That(await _eco.RunAsync("ion", "submit", Example), Is.EqualTo(ExitCodes.Invalid));
        Assert.That(
            _eco.ErrorLines, Is.EqualTo(new[] { "x.conf:1:2: one", "x.conf:3:4: two", $"eco: '{Example}' is no valid ION: 2 errors", "     correct the file" }));
    }

    [TestCase("missing.conf", ExitCodes.NotFound)]
    [TestCase("", ExitCodes.NotFound)]
    [TestCase("latin1.conf", ExitCodes.Invalid)]
    [TestCase("large.conf", ExitCodes.Invalid)]
    public async Task Submit_WhenTheFileCannotBeRead_SaysWhy(string name, int exit)
    {
        File.WriteAllBytes(_eco.PathOf("latin1.conf"), [0x69, 0xe9, 0x20]);
        File.WriteAllBytes(_eco.PathOf("large.conf"), new byte[2 << 20]);

        Assert.That(await _eco.RunAsync("ion", "submit", _eco.PathOf(name)), Is.EqualTo(exit));
        Assert.That(_eco.ErrorLines, Has.Length.EqualTo(2));
    }

    [TestCase(false, "═▶ merge.combine")]
    [TestCase(true, "flowchart LR")]
    public async Task Show_WhenAGraphOfAFileIsAskedFor_DrawsIt(bool mermaid, string drawn)
    {
        Assert.That(await _eco.RunAsync("ion", "show", Example, mermaid ? "--mermaid" : "--graph"), Is.Zero);
        Assert.That(_eco.Out, Does.Contain(drawn));
    }

    [Test]
    public async Task Diff_WhenAnotherVersionIsInTheState_SaysWhatChanges()
    {
        Directory.CreateDirectory(_eco.State.Server.Path);
        using (TimelineDatabase timeline = TimelineDatabase.Open(_eco.State.Server.Timeline))
        {
            timeline.Apply(
                [new ProjectedEvent(1, new HybridTimestamp(1000, 0, "s"), [new IonChanged("federated-kmeans", 3, "running", "t", File.ReadAllText(Example))])],
                [new PartitionPosition(0, 0)],
                [new PartitionPosition(0, 1)]);
        }

        string changed = _eco.Write("next.conf", File.ReadAllText(Example).Replace("decay = 0.9", "decay = 0.8", StringComparison.Ordinal));

        await _eco.RunAsync("ion", "diff", Example);
        Assert.That(_eco.Out, Is.EqualTo("federated-kmeans: no change to version 3\n"));
        await _eco.RunAsync("ion", "diff", changed);
        Assert.That(_eco.Out, Does.StartWith("federated-kmeans: against version 3\n  ~ node edge: ").And.Contains("0.9 -> 0.8"));
        await _eco.RunAsync("ion", "show", "federated-kmeans", "--graph");
        Assert.That(_eco.Out, Does.Contain("═▶ merge.combine"), "the stored source is drawn");
    }

    [Test]
    public async Task New_WhenTheFolderIsNew_WritesAProjectThatPasses()
    {
        string folder = _eco.PathOf("project");

        Assert.That(await _eco.RunAsync("new", folder), Is.Zero);
        Assert.That(await _eco.RunAsync("host", "-c", Path.Combine(folder, "eco.conf")), Is.Zero);
        Assert.That(((HostRun)_eco.Runner.Runs.Single()).Options.Agents, Has.Length.EqualTo(4));
        Assert.That(await _eco.RunAsync("ion", "validate", Path.Combine(folder, "ion.conf")), Is.Zero);
        Assert.That(File.ReadAllText(Path.Combine(folder, "README.md")), Does.Contain("eco ion submit ion.conf"));
    }

    [Test]
    public async Task New_WhenTheFolderHoldsSomething_LeavesItAlone()
    {
        string folder = Path.GetDirectoryName(_eco.Write("eco.conf", "mine"))!;

        Assert.That(await _eco.RunAsync("new", folder), Is.EqualTo(ExitCodes.Refused));
        Assert.That(File.ReadAllText(_eco.PathOf("eco.conf")), Is.EqualTo("mine"));
    }
}
