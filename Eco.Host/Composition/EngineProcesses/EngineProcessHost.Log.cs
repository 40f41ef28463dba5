using Microsoft.Extensions.Logging;

namespace Eco.Host.Composition.EngineProcesses;

internal sealed partial class EngineProcessHost
{
    [LoggerMessage(6101, LogLevel.Information, "{Instance} goes on in engine process {Pid}, which has taken {Steps} steps")]
    private partial void Readopted(string instance, int pid, long steps);

    [LoggerMessage(6102, LogLevel.Warning, "Process {Pid} is recorded as engine process of {Instance}, but is another one's: it is ended")]
    private partial void NotOurs(int pid, string instance);

    [LoggerMessage(6103, LogLevel.Information, "Nobody needs engine process {Pid} of {Instance} any more: it is ended")]
    private partial void Unclaimed(int pid, string instance);

    [LoggerMessage(6104, LogLevel.Warning, "Engine process {Pid} of {Instance} could not be found again; another takes its place")]
    private partial void NotAdopted(Exception error, int pid, string instance);

    [LoggerMessage(6105, LogLevel.Warning, "The engine process of {Instance} has failed")]
    private partial void Broken(Exception error, string instance);
}
