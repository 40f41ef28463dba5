using System.CommandLine;
using Eco.Host.Output;
using Eco.Host.State;

namespace Eco.Host.Commands;

/// <summary>One call of a command.</summary>
internal sealed class CommandScope
{
    public CommandScope(ParseResult parsed, CommandServices services, GlobalOptions options, CancellationToken cancellation)
    {
        Parsed = parsed;
        Services = services;
        Cancellation = cancellation;
        Output = options.OutputOf(parsed, services.Io);
        GivenState = parsed.GetValue(options.State) is { Length: > 0 } directory ? new StateDirectory(directory) : null;
        Host = new HostGateway(State, services);
    }

    public ParseResult Parsed { get; }

    public CommandServices Services { get; }

    public CancellationToken Cancellation { get; }

    public CommandOutput Output { get; }

    /// <summary>The state directory that the command line names; null where it names none.</summary>
    public StateDirectory? GivenState { get; }

    public StateDirectory State => GivenState ?? new StateDirectory(StateDirectory.DefaultName);

    public HostGateway Host { get; }

    public T Required<T>(Argument<T> argument) => Parsed.GetRequiredValue(argument);
}
