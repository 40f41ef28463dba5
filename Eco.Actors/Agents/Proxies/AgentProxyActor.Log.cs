using Microsoft.Extensions.Logging;

namespace Eco.Actors.Agents.Proxies;

/// <content>Log lines.</content>
public sealed partial class AgentProxyActor
{
    [LoggerMessage(
        4111,
        LogLevel.Warning,
        "agent {Agent}: a second installation of this name was refused ({Second}); incarnation {Incarnation} goes on ({First}). One of the two needs another id")]
    private partial void SecondInstallation(string agent, string second, long incarnation, string first);
}
