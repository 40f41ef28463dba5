using Eco.Host.ConsoleSocket;
using Eco.Host.Output;

namespace Eco.Host.Commands;

/// <summary>What commands work with; tests put their own in its place.</summary>
/// <param name="Io">The streams.</param>
/// <param name="Time">The clock.</param>
/// <param name="Runner">Runs hosts, the demo and experiments.</param>
/// <param name="Socket">Limits of the connection to a host.</param>
/// <param name="HandleSignals">Whether Ctrl-C and termination signals end the command in order.</param>
public sealed record CommandServices(ConsoleIo Io, TimeProvider Time, IHostRunner Runner, ConsoleSocketOptions Socket, bool HandleSignals);
