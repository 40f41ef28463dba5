using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Eco.Actors.Console;
using Eco.Host.Fuzzing;
using Eco.Host.Output;

namespace Eco.Host.Commands;

/// <summary>The command tree of <c>eco</c>: parses, runs, and turns every failure into a line of cause, a line of cure and an exit code.</summary>
public sealed class EcoCommandLine
{
    private static readonly TimeSpan OrderlyEnd = TimeSpan.FromSeconds(15);

    // A name that begins with '@' is a name, not a file of arguments.
    private static readonly ParserConfiguration Parser = new() { ResponseFileTokenReplacer = null };

    private readonly CommandServices _services;
    private readonly GlobalOptions _options = new();

    /// <summary>A tree that works with these services.</summary>
    public EcoCommandLine(CommandServices services)
    {
        _services = services;
        Root = new Command(
            "eco",
            "ECO runs machine-learning applications (IONs) over a cloud and many edges: models travel, data stays. Documentation: docs/commands.md");
        Root.Add(new HelpOption());
        Root.Add(new VersionOption());
        _options.AddTo(Root);
        var builder = new VerbBuilder(services, _options);
        foreach (Command verb in VerbsOf(builder))
        {
            Root.Add(verb);
        }
    }

    /// <summary>The tree, for completion and documentation.</summary>
    public Command Root { get; }

    /// <summary>Runs a command line, without the program's name.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellation = default)
    {
        ParseResult parsed = Root.Parse(arguments, Parser);
        if (parsed.Action is ParseErrorAction)
        {
            ConsoleError usage = UsageErrors.Describe(parsed);
            _options.OutputOf(Root.Parse([]), _services.Io).Error(usage);
            return ExitCodes.Of(usage);
        }

        var configuration = new InvocationConfiguration
        {
            Output = _services.Io.Out,
            Error = _services.Io.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = _services.HandleSignals ? OrderlyEnd : null,
        };
        try
        {
            return await parsed.InvokeAsync(configuration, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Interrupted;
        }
        catch (CommandException error)
        {
            return Report(parsed, error.Error, error);
        }
#pragma warning disable CA1031 // The outermost frame: whatever happens becomes a line for people and an exit code.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return Report(
                parsed,
                new ConsoleError(
                    ConsoleErrorCodes.Internal,
                    $"unexpected failure: {error.GetType().Name}: {error.Message}",
                    "run it again with --verbose and report what it prints"),
                error);
        }
    }

    private static IEnumerable<Command> VerbsOf(VerbBuilder builder) =>
    [
        HostCommands.Demo(builder),
        HostCommands.Host(builder),
        NewCommand.Build(builder),
        IonCommands.Build(builder),
        ModelCommands.Approve(builder),
        FleetCommands.Agents(builder),
        ModelCommands.Models(builder),
        ModelCommands.WhoHas(builder),
        TimelineCommands.Build(builder),
        FleetCommands.Status(builder),
        FleetCommands.Cluster(builder),
        ParkedCommands.Build(builder),
        HostCommands.Stop(builder),
        ClusterProcessCommands.Up(builder),
        ClusterProcessCommands.Down(builder),
        HostCommands.Experiment(builder),
        BenchCommands.Build(builder),
        SimulateCommand.Build(builder),
        ChaosCommand.Build(builder),
        FuzzCommand.Build(builder),
        InteractiveCommands.Console(builder),
        AboutCommands.Doctor(builder),
        AuditCommands.Build(builder),
        DbCommands.Build(builder),
        AboutCommands.Version(builder),
    ];

    private int Report(ParseResult parsed, ConsoleError error, Exception exception)
    {
        CommandOutput output = _options.OutputOf(parsed, _services.Io);
        foreach (string detail in (exception as CommandException)?.Details ?? [])
        {
            output.Note(detail);
        }

        output.Error(error);
        if (output.Verbose)
        {
            _services.Io.Error.WriteLine(exception);
        }

        return ExitCodes.Of(error);
    }
}
