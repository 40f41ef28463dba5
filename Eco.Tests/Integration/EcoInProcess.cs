using Eco.Host.Commands;
using Eco.Host.Composition;
using Eco.Host.ConsoleSocket;
using Eco.Host.Output;

namespace Eco.Tests.Integration;

/// <summary>The command tree over everything real, in this process: fast enough for many cases.</summary>
internal static class EcoInProcess
{
    public static async Task<EcoResult> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var io = new ConsoleIo(TextReader.Null, output, error, InIsTerminal: false, OutIsTerminal: false, Width: 120, AllowColor: false);
        var services = new CommandServices(io, TimeProvider.System, new HostRunner(), new ConsoleSocketOptions(), HandleSignals: false);
        int code = await Eventually.CompletesAsync(
            $"eco {string.Join(' ', arguments)}", new EcoCommandLine(services).RunAsync(arguments), TimeSpan.FromMinutes(1));
        return new EcoResult(code, output.ToString(), error.ToString());
    }
}
