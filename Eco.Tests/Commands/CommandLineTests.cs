using Eco.Actors.Console;
using Eco.Host.Commands;
using NUnit.Framework;

namespace Eco.Tests.Commands;

public sealed class CommandLineTests
{
    private CommandHarness _eco = null!;

    [SetUp]
    public void Open() => _eco = new CommandHarness();

    [TearDown]
    public async Task Close() => await _eco.DisposeAsync();

    [TestCase("vresion", "knows no verb 'vresion'", "did you mean 'version'?")]
    [TestCase("ion lits", "knows no verb 'lits'", "did you mean 'list'?")]
    [TestCase("ion frobnicate", "knows no verb 'frobnicate'", "the verbs are: submit")]
    [TestCase("ion list --fromat json", "knows no option '--fromat'", "did you mean '--format'?")]
    [TestCase("timeline --agnet e1", "knows no option '--agnet'", "did you mean '--agent'?")]
    [TestCase("agents edge-1", "knows no argument 'edge-1'", "--help")]
    [TestCase("ion", "needs a verb", "one of: submit")]
    [TestCase("ion show", "Required argument 'ION'", "--help")]
    [TestCase("ion list --format xml", "neither 'text' nor 'json'", "--help")]
    [TestCase("host", "'--config'", "--help")]
    [TestCase("timeline --since tomorrowish", "neither a time nor a duration", "--since 15m")]
    [TestCase("experiment federated-kmean", "no experiment 'federated-kmean'", "did you mean 'federated-kmeans'?")]
    [TestCase("experiment other --seed 1 --seeds 1..2", "exclude each other", "one of them")]
    [TestCase("experiment other --seeds 5..1", "names no seed", "1..20")]
    [TestCase("experiment other --seeds 1-5", "is not A..B", "1..20")]
    [TestCase("experiment other --seed -4", "", "")]
    [TestCase("approve ion model@x", "is not a version number", "MODEL@NUMBER")]
    public async Task Run_WhenUsageIsWrong_SaysCauseAndCureInTwoLines(string line, string cause, string cure)
    {
        int code = await _eco.RunAsync(line.Split(' '));

        Assert.That(code, Is.EqualTo(ExitCodes.Usage));
        Assert.That(_eco.Out, Is.Empty);
        Assert.That(_eco.ErrorLines, Has.Length.EqualTo(2));
        Assert.That(_eco.ErrorLines[0], Does.StartWith("eco: ").And.Contains(cause));
        Assert.That(_eco.ErrorLines[1], Does.StartWith("     ").And.Contains(cure));
    }

    [TestCase(ConsoleErrorCodes.Usage, 2)]
    [TestCase(ConsoleErrorCodes.Invalid, 3)]
    [TestCase(ConsoleErrorCodes.NotFound, 4)]
    [TestCase(ConsoleErrorCodes.Refused, 5)]
    [TestCase(ConsoleErrorCodes.NoHost, 6)]
    [TestCase(ConsoleErrorCodes.State, 7)]
    [TestCase(ConsoleErrorCodes.Internal, 1)]
    [TestCase("a-code-of-a-later-version", 1)]
    public async Task Run_WhenHostAnswersWithAnError_ExitsWithItsCode(string code, int exit)
    {
        _eco.StartHost();
        _eco.Endpoint.Answer = request => ConsoleJson.Failure(request.Id, code, "the cause", "the cure");

        Assert.That(await _eco.RunAsync("ion", "pause", "a"), Is.EqualTo(exit));
        Assert.That(_eco.ErrorLines, Is.EqualTo(new[] { "eco: the cause", "     the cure" }));
    }

    [TestCase("ion", "pause", "a")]
    [TestCase("ion", "resume", "a")]
    [TestCase("ion", "delete", "a")]
    [TestCase("approve", "a")]
    [TestCase("timeline", "rebuild")]
    [TestCase("status")]
    [TestCase("stop")]
    public async Task Run_WhenChangingWithoutAHost_SaysThatNoneRuns(params string[] line)
    {
        Assert.That(await _eco.RunAsync(line), Is.EqualTo(ExitCodes.NoHost));
        Assert.That(_eco.ErrorLines[0], Does.Contain("no host runs"));
    }

    [TestCase("ion", "list")]
    [TestCase("ion", "show", "a")]
    [TestCase("agents")]
    [TestCase("models")]
    [TestCase("who-has", "abcd")]
    [TestCase("timeline")]
    public async Task Run_WhenReadingWithoutAStateDirectory_SaysSo(params string[] line)
    {
        Assert.That(await _eco.RunAsync(line), Is.EqualTo(ExitCodes.State));
        Assert.That(_eco.ErrorLines[0], Does.Contain("no state directory"));
    }

    [TestCase("fuzz", "--inputs", "1")]
    [TestCase("simulate", "--seeds", "1..2000")]
    public async Task Measurement_WhenItsFileCannotBeWritten_SaysSoBeforeItStarts(string verb, string option, string value)
    {
        Assert.That(await _eco.RunAsync(verb, option, value, "--json", "/nonexistent/figures.json"), Is.EqualTo(ExitCodes.Failure));
        Assert.That(_eco.Out, Is.Empty);
        Assert.That(_eco.Error, Does.Contain("the figures cannot be written to '/nonexistent/figures.json'"));
    }

    [Test]
    public async Task Run_WhenTimelineIsDamaged_SaysHowToMakeItAnew()
    {
        Directory.CreateDirectory(_eco.State.Server.Path);
        File.WriteAllText(_eco.State.Server.Timeline, new string('x', 5000));

        Assert.That(await _eco.RunAsync("agents"), Is.EqualTo(ExitCodes.State));
        Assert.That(_eco.ErrorLines[1], Does.Contain("anew from the journal"));
    }

    [Test]
    public async Task Run_WhenSomethingUnexpectedFails_ShowsNoStackTrace()
    {
        _eco.Runner.Failure = new InvalidOperationException("boom");

        Assert.That(await _eco.RunAsync("demo"), Is.EqualTo(ExitCodes.Failure));
        Assert.That(_eco.ErrorLines, Has.Length.EqualTo(2));
        Assert.That(_eco.ErrorLines[0], Does.Contain("boom"));
    }

    [Test]
    public async Task Run_WhenVerbose_ShowsTheStackTrace()
    {
        _eco.Runner.Failure = new InvalidOperationException("boom");

        await _eco.RunAsync("demo", "--verbose");

        Assert.That(_eco.Error, Does.Contain("   at "));
    }

    [Test]
    public async Task Run_WhenCancelled_ExitsAsInterrupted()
    {
        _eco.Runner.Failure = new OperationCanceledException();

        Assert.That(await _eco.RunAsync("demo"), Is.EqualTo(ExitCodes.Interrupted));
    }

    [Test]
    public async Task Run_WhenDemoIsAskedFor_PassesItsOptionsOn()
    {
        _eco.Runner.ExitCode = ExitCodes.GoalNotMet;

        int code = await _eco.RunAsync("demo", "--headless", "--json", "figures.json");

        Assert.That(code, Is.EqualTo(ExitCodes.GoalNotMet));
        var run = (DemoRun)_eco.Runner.Runs.Single();
        Assert.That((run.State.Root, run.DataFolder, run.Headless, run.JsonFile), Is.EqualTo((_eco.State.Root, (string?)null, true, "figures.json")));
    }

    [Test]
    public async Task Run_WhenDemoDataIsMissing_SaysSo()
    {
        Assert.That(await _eco.RunAsync("demo", "--data", _eco.PathOf("nowhere")), Is.EqualTo(ExitCodes.NotFound));
        Assert.That(_eco.Runner.Runs, Is.Empty);
    }

    [Test]
    public async Task Run_WhenSeedsAreARange_NamesEach()
    {
        await _eco.RunAsync("experiment", "federated-kmeans", "--seeds", "3..6");

        Assert.That(((ExperimentRun)_eco.Runner.Runs.Single()).Seeds, Is.EqualTo(new long[] { 3, 4, 5, 6 }));
    }

    [Test]
    public async Task Run_WhenConfigurationIsWrong_ReportsAllErrorsWithTheirPlaces()
    {
        string file = _eco.Write("eco.conf", "eco {\n  server { partitoins = 3 }\n  host { id = \"NOT OK\" }\n  contact { join-every = soon }\n}\n");

        Assert.That(await _eco.RunAsync("host", "-c", file), Is.EqualTo(ExitCodes.Invalid));
        Assert.That(_eco.ErrorLines, Has.Length.EqualTo(5));
        Assert.That(_eco.ErrorLines[0], Does.StartWith($"{file}:2:12: ").And.Contains("did you mean 'partitions'?"));
        Assert.That(_eco.ErrorLines[1], Does.StartWith($"{file}:3:"));
        Assert.That(_eco.ErrorLines[2], Does.StartWith($"{file}:4:"));
        Assert.That(_eco.ErrorLines[3], Does.Contain("3 errors"));
    }

    [Test]
    public async Task Run_WhenConfigurationIsRight_RunsTheHostOnTheStateOfTheCommandLine()
    {
        string file = _eco.Write("eco.conf", "eco { state = elsewhere, agents = [{ id = edge-1 }] }");

        Assert.That(await _eco.RunAsync("host", "-c", file), Is.Zero);
        var run = (HostRun)_eco.Runner.Runs.Single();
        Assert.That((run.State.Root, run.Options.Agents.Single().Id), Is.EqualTo((_eco.State.Root, "edge-1")));
    }

    [Test]
    public async Task Run_WhenHelpIsAskedFor_ExitsWithZero()
    {
        Assert.That(await _eco.RunAsync("ion", "--help"), Is.Zero);
        Assert.That(_eco.Out, Does.Contain("eco ion [command]"));
    }
}
