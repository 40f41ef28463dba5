using Eco.Host.Commands;
using Eco.Host.Composition;
using Eco.Host.ConsoleSocket;
using Eco.Host.Output;

var services = new CommandServices(ConsoleIo.OfProcess(), TimeProvider.System, new HostRunner(), new ConsoleSocketOptions(), HandleSignals: true);
return await new EcoCommandLine(services).RunAsync(args).ConfigureAwait(false);
