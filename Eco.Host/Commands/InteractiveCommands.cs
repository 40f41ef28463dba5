using System.CommandLine;
using Eco.Host.Commands.Interactive;
using Eco.Host.Output;

namespace Eco.Host.Commands;

/// <summary>The interactive console.</summary>
internal static class InteractiveCommands
{
    public static Command Console(VerbBuilder builder) => builder.Verb(
        "console",
        "Takes verbs interactively, with completion, history and live events",
        [],
        scope =>
        {
            var session = new ConsoleSession(scope);
            ConsoleIo io = scope.Services.Io;
            return io.InIsTerminal && io.OutIsTerminal && scope.Output.Color
                ? session.RunTerminalAsync(TerminalKeys.Start(), asInput => System.Console.TreatControlCAsInput = asInput)
                : session.RunLinesAsync();
        });
}
