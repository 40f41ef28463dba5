using Microsoft.Extensions.Logging;

namespace Eco.Runtime.Cluster.RabbitMq;

internal sealed partial class RabbitMqLink
{
    [LoggerMessage(3201, LogLevel.Information, "{Host}/{Purpose} is connected to the broker at {Endpoint}, after {Reconnects} connections before it")]
    private partial void Connected(string host, string purpose, RabbitMqEndpoint endpoint, long reconnects);

    [LoggerMessage(3202, LogLevel.Warning, "{Host}/{Purpose} has lost the broker at {Endpoint}: {Reason}")]
    private partial void Disconnected(string host, string purpose, RabbitMqEndpoint endpoint, string reason);

    [LoggerMessage(3203, LogLevel.Debug, "{Host}/{Purpose} is not connected: {Reason}")]
    private partial void NotConnected(string host, string purpose, string reason);

    [LoggerMessage(3204, LogLevel.Warning, "{Host}/{Purpose} reaches no broker, and goes on trying: {Reason}")]
    private partial void Unreachable(string host, string purpose, string reason);

    [LoggerMessage(3205, LogLevel.Warning, "{Host}: the broker takes nothing: {IsBlocked} {Reason}")]
    private partial void BlockedNow(string host, bool isBlocked, string reason);

    [LoggerMessage(3206, LogLevel.Debug, "{Host}/{Purpose}: the former connection did not close: {Reason}")]
    private partial void NotClosed(string host, string purpose, string reason);
}
