using Microsoft.Extensions.Logging;

namespace Eco.Host.ConsoleSocket;

/// <content>What the server logs.</content>
public sealed partial class ConsoleSocketServer
{
    [LoggerMessage(4001, LogLevel.Warning, "a console could not be accepted")]
    private partial void LogAcceptFailed(Exception error);

    [LoggerMessage(4002, LogLevel.Debug, "a console ended: {Reason}")]
    private partial void LogClientEnded(string reason);

    [LoggerMessage(4003, LogLevel.Error, "the request {Id} of a console failed")]
    private partial void LogAnswerFailed(Exception error, long id);
}
