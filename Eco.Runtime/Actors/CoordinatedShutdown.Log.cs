using Microsoft.Extensions.Logging;

namespace Eco.Runtime.Actors;

public sealed partial class CoordinatedShutdown
{
    private readonly ILogger _logger;

    [LoggerMessage(1030, LogLevel.Information, "{System} shuts down: {Reason}")]
    private partial void LogStart(string system, Reason reason);

    [LoggerMessage(1031, LogLevel.Debug, "phase {Phase} of the shutdown with {Count} tasks")]
    private partial void LogPhase(string phase, int count);

    [LoggerMessage(1032, LogLevel.Warning, "task {Task} of phase {Phase} of the shutdown failed")]
    private partial void LogTaskFailed(Exception cause, string task, string phase);

    [LoggerMessage(1033, LogLevel.Warning, "phase {Phase} of the shutdown did not end within {Seconds} s; goes on: {Recovers}")]
    private partial void LogTimeout(string phase, double seconds, bool recovers);

    [LoggerMessage(1034, LogLevel.Error, "the shutdown of {System} ends at a phase that must not fail")]
    private partial void LogGivenUp(Exception cause, string system);

    [LoggerMessage(1035, LogLevel.Warning, "task {Task} came too late for phase {Phase} of the shutdown and will not run")]
    private partial void LogTooLate(string task, string phase);
}
