using Eco.Host.Commands;
using Eco.Host.Composition;
using Eco.Host.Composition.EngineProcesses;
using Eco.Host.ConsoleSocket;
using Eco.Host.Output;

if (args is [EngineProgram.Verb, .. string[] engine])
{
    // Before anything of the command line is loaded: there may be many of these, and each should be small.
    return await EngineProcessServer.RunAsync(engine).ConfigureAwait(false);
}

var services = new CommandServices(ConsoleIo.OfProcess(), TimeProvider.System, new HostRunner(), new ConsoleSocketOptions(), HandleSignals: true);
return await new EcoCommandLine(services).RunAsync(args).ConfigureAwait(false);
