using System.Collections.Immutable;
using System.CommandLine;
using System.Threading.Channels;
using Eco.Actors.Console;
using Eco.Host.Commands;
using Eco.Host.Commands.Interactive;
using Eco.Host.ConsoleSocket;
using Eco.Host.Output;
using NUnit.Framework;

namespace Eco.Tests.Commands.Interactive;

[CancelAfter(30_000)]
public sealed class ConsoleSessionTests
{
    private CommandHarness _eco = null!;

    [SetUp]
    public void Open() => _eco = new CommandHarness();

    [TearDown]
    public async Task Close() => await _eco.DisposeAsync();

    [Test]
    public async Task Run_WhenLinesComeFromAPipe_RunsEachAndReportsTheLastFailure()
    {
        int code = await _eco.RunWithInputAsync("# a remark\n\nversion\neco version\nion lits\nversion\nexit\nvresion\n", "console");

        Assert.That(code, Is.EqualTo(ExitCodes.Usage));
        Assert.That(_eco.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(3).And.All.StartsWith("eco "));
        Assert.That(_eco.Error, Does.Contain("did you mean 'list'?").And.Not.Contains("vresion"));
    }

    [TestCase("demo")]
    [TestCase("host -c x")]
    [TestCase("console")]
    [TestCase("watch maybe")]
    public async Task Run_WhenALineDoesNotBelongHere_SaysWhere(string line)
    {
        Assert.That(await _eco.RunWithInputAsync(line + "\n", "console"), Is.EqualTo(ExitCodes.Usage));
        Assert.That(_eco.Runner.Runs, Is.Empty);
    }

    [Test]
    public async Task RunTerminal_WhenThingsHappen_ShowsThemAboveTheLine(CancellationToken cancellation)
    {
        _eco.Endpoint.Answer = request => request.Verb switch
        {
            ConsoleVerbs.IonList => ConsoleJson.Reply(request.Id, ImmutableArray.Create(new IonView("figure-4", 1, "running", "", DateTimeOffset.UnixEpoch))),
            ConsoleVerbs.Agents => ConsoleJson.Reply(request.Id, ImmutableArray<AgentView>.Empty),
            ConsoleVerbs.Models => ConsoleJson.Reply(request.Id, ImmutableArray<ModelView>.Empty),
            ConsoleVerbs.IonPause => ConsoleJson.Reply(
                request.Id, new IonView(request.Arguments["ion"], 1, "paused", "", DateTimeOffset.UnixEpoch)),
            _ => ConsoleJson.Failure(request.Id, ConsoleErrorCodes.Usage, "unexpected", "none"),
        };
        _eco.Endpoint.Live =
        [
            new LiveView("statistic", DateTimeOffset.UnixEpoch, "figure-4", "edge", "edge-1", "loss", 0.5),
            new LiveView("round-closed", DateTimeOffset.UnixEpoch, "figure-4", "merge", null, "round 1 closed", null),
        ];
        _eco.Endpoint.KeepWatching = true;
        _eco.StartHost();
        var keys = Channel.CreateUnbounded<ConsoleKeyInfo>();
        await using var screen = new SignallingWriter("round 1 closed");
        Task<int> session = Session(screen, cancellation).RunTerminalAsync(keys.Reader, _ => { });

        await screen.Seen.WaitAsync(cancellation);
        foreach (char c in "ion pause f\t\r")
        {
            ConsoleKey key = c switch { '\t' => ConsoleKey.Tab, '\r' => ConsoleKey.Enter, _ => ConsoleKey.None };
            keys.Writer.TryWrite(new ConsoleKeyInfo(c, key, shift: false, alt: false, control: false));
        }

        keys.Writer.TryWrite(new ConsoleKeyInfo('\u0004', ConsoleKey.D, shift: false, alt: false, control: true));

        Assert.That(await session, Is.Zero);
        Assert.That(screen.Text, Does.Contain("figure-4 version 1 paused").And.Not.Contains("loss"));
        Assert.That(File.ReadAllLines(_eco.State.HistoryFile), Is.EqualTo(new[] { "ion pause figure-4" }));
    }

    private ConsoleSession Session(TextWriter screen, CancellationToken cancellation)
    {
        var io = new ConsoleIo(TextReader.Null, screen, screen, InIsTerminal: true, OutIsTerminal: true, Width: 100, AllowColor: true);
        var services = new CommandServices(io, TimeProvider.System, _eco.Runner, new ConsoleSocketOptions(), HandleSignals: false);
        var options = new GlobalOptions();
        var root = new Command("eco");
        options.AddTo(root);
        return new ConsoleSession(new CommandScope(root.Parse(["--state", _eco.State.Root]), services, options, cancellation));
    }

    /// <summary>A screen that says when a text has appeared on it.</summary>
    private sealed class SignallingWriter(string awaited) : StringWriter
    {
        private readonly TaskCompletionSource _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Seen => _seen.Task;

        public string Text => ToString();

        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value?.Contains(awaited, StringComparison.Ordinal) == true)
            {
                _seen.TrySetResult();
            }
        }
    }
}
