using System.CommandLine.Parsing;
using System.Threading.Channels;
using Eco.Actors.Console;
using Eco.Host.Output;

namespace Eco.Host.Commands.Interactive;

/// <summary>
/// <c>eco console</c>: takes lines, each a verb as on the command line without <c>eco</c>. On a terminal with completion, history and live events
/// above the line being typed; otherwise line by line from standard input.
/// </summary>
internal sealed class ConsoleSession
{
    private const string Prompt = "eco> ";
    private static readonly string[] OwnVerbs = ["exit", "help", "quit", "watch"];
    private static readonly string[] Elsewhere = ["console", "demo", "experiment", "host"];

    private readonly CommandScope _scope;
    private readonly EcoCommandLine _commands;
    private bool _watching = true;
    private bool _ended;

    public ConsoleSession(CommandScope scope)
    {
        _scope = scope;

        // Ctrl-C ends the line or the running verb, not the console.
        _commands = new EcoCommandLine(scope.Services with { HandleSignals = false });
    }

    /// <summary>Takes the lines of standard input.</summary>
    /// <returns>0, or the exit code of the last verb that failed.</returns>
    public async Task<int> RunLinesAsync()
    {
        int worst = ExitCodes.Success;
        while (!_ended && await _scope.Services.Io.In.ReadLineAsync(_scope.Cancellation).ConfigureAwait(false) is { } line)
        {
            int code = await RunAsync(line, _scope.Cancellation).ConfigureAwait(false);
            worst = code == ExitCodes.Success ? worst : code;
        }

        return worst;
    }

    /// <summary>Takes the lines typed on a terminal.</summary>
    public async Task<int> RunTerminalAsync(ChannelReader<ConsoleKeyInfo> keys, Action<bool> controlCIsInput)
    {
        await using var live = new LiveFeed(_scope.Host, _scope.Services.Time);
        KnownNames names = KnownNames.None;
        var completer = new LineCompleter(_commands.Root, OwnVerbs, () => names);
        string? historyFile = _scope.State.Exists ? _scope.State.HistoryFile : null;
        var history = new LineHistory(historyFile);
        var editor = new LineEditor(_scope.Services.Io.Out, _scope.Services.Io.Width, Prompt, history, completer.Complete);
        await live.TryStartAsync(_scope.Cancellation).ConfigureAwait(false);
        _scope.Output.Line($"eco {BuildInfo.Version} on '{_scope.State.Name}'{(live.Follows ? "" : ", where no host runs: verbs that only read work")}. Tab completes; 'help' lists the verbs.");
        while (!_ended)
        {
            names = await NamesAsync(_scope.Cancellation).ConfigureAwait(false);
            controlCIsInput(true);
            if (await EditAsync(editor, keys, live).ConfigureAwait(false) is not { } line)
            {
                break;
            }

            controlCIsInput(false);
            history.Add(line.TrimEnd());
            await RunInterruptiblyAsync(line).ConfigureAwait(false);
            await live.TryStartAsync(_scope.Cancellation).ConfigureAwait(false);
        }

        controlCIsInput(false);
        return ExitCodes.Success;
    }

    private async Task<string?> EditAsync(LineEditor editor, ChannelReader<ConsoleKeyInfo> keys, LiveFeed live)
    {
        editor.Begin();

        // A wait that is not over is kept: a new one for every key would pile up in the other channel.
        Task<bool>? typed = null;
        Task<bool>? happened = null;
        while (true)
        {
            while (live.Entries.TryRead(out LiveView? entry))
            {
                if (_watching)
                {
                    editor.PrintAbove(Plain.Clean(Tables.Live(entry)));
                }
            }

            while (keys.TryRead(out ConsoleKeyInfo key))
            {
                switch (editor.Handle(key))
                {
                    case EditOutcome.Entered:
                        return editor.Text;
                    case EditOutcome.GivenUp:
                        editor.Begin();
                        break;
                    case EditOutcome.Ended:
                        return null;
                    default:
                        break;
                }
            }

            typed ??= keys.WaitToReadAsync(_scope.Cancellation).AsTask();
            happened ??= live.Entries.WaitToReadAsync(_scope.Cancellation).AsTask();
            await Task.WhenAny(typed, happened).ConfigureAwait(false);
            if (typed.IsCompleted)
            {
                if (!await typed.ConfigureAwait(false))
                {
                    return null;
                }

                typed = null;
            }

            happened = happened.IsCompleted ? null : happened;
        }
    }

    private async Task RunInterruptiblyAsync(string line)
    {
        using var interrupted = CancellationTokenSource.CreateLinkedTokenSource(_scope.Cancellation);
        void OnControlC(object? sender, ConsoleCancelEventArgs pressed)
        {
            pressed.Cancel = true;
            interrupted.Cancel();
        }

        Console.CancelKeyPress += OnControlC;
        try
        {
            await RunAsync(line, interrupted.Token).ConfigureAwait(false);
        }
        finally
        {
            Console.CancelKeyPress -= OnControlC;
        }
    }

    private async Task<int> RunAsync(string line, CancellationToken cancellation)
    {
        string[] words = [.. CommandLineParser.SplitCommandLine(line)];
        words = words is ["eco", ..] ? words[1..] : words;
        switch (words)
        {
            case [] or [['#', ..], ..]:
                return ExitCodes.Success;
            case ["exit" or "quit"]:
                _ended = true;
                return ExitCodes.Success;
            case ["help"]:
                return await _commands.RunAsync(["--help"], cancellation).ConfigureAwait(false);
            case ["watch", "on" or "off"]:
                _watching = words[1] == "on";
                return ExitCodes.Success;
            case ["watch", ..]:
                return Refuse("'watch' takes 'on' or 'off'", "'watch off' keeps live events away");
            case [var verb, ..] when Elsewhere.Contains(verb):
                return Refuse($"'{verb}' does not run inside the console", $"run 'eco {verb}' in a shell of its own");
            default:
                List<string> arguments = ["--state", _scope.State.Root];
                if (!_scope.Output.Color)
                {
                    arguments.Add("--no-color");
                }

                arguments.AddRange(words);
                return await _commands.RunAsync(arguments, cancellation).ConfigureAwait(false);
        }
    }

    private int Refuse(string cause, string cure)
    {
        var error = new ConsoleError(ConsoleErrorCodes.Usage, cause, cure);
        _scope.Output.Error(error);
        return ExitCodes.Of(error);
    }

    private async Task<KnownNames> NamesAsync(CancellationToken cancellation)
    {
        try
        {
            var (_, ions) = await _scope.Host.AskAsync(ConsoleVerbs.IonList, Arguments.None, null, ConsoleJson.Default.ImmutableArrayIonView, cancellation).ConfigureAwait(false);
            var (_, agents) = await _scope.Host.AskAsync(ConsoleVerbs.Agents, Arguments.None, null, ConsoleJson.Default.ImmutableArrayAgentView, cancellation).ConfigureAwait(false);
            var (_, models) = await _scope.Host.AskAsync(ConsoleVerbs.Models, Arguments.None, null, ConsoleJson.Default.ImmutableArrayModelView, cancellation).ConfigureAwait(false);
            return new KnownNames(
                [.. ions.Select(ion => ion.Id)],
                [.. agents.Select(agent => agent.Id)],
                [.. models.Select(model => $"{model.Ion}/{model.Name}@{Plain.Number(model.Version)}")]);
        }
        catch (CommandException)
        {
            // Nothing is known where nothing can be read; the verb that the person enters says why.
            return KnownNames.None;
        }
    }
}
