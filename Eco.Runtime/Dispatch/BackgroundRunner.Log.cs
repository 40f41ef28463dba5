using Microsoft.Extensions.Logging;

namespace Eco.Runtime.Dispatch;

public sealed partial class BackgroundRunner
{
    [LoggerMessage(1100, LogLevel.Error, "{Activity} failed")]
    private partial void LogFailure(Exception cause, string activity);

    [LoggerMessage(1101, LogLevel.Critical, "the failure of {Activity} could not be escalated")]
    private partial void LogEscalationFailure(Exception cause, string activity);

    [LoggerMessage(1102, LogLevel.Debug, "{Activity} ended on request")]
    private partial void LogLoopEnded(string activity);
}
