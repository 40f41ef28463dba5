using Microsoft.Extensions.Logging;

namespace Eco.Actors.Agents;

/// <content>Log lines.</content>
public sealed partial class AgentIdentityActor
{
    [LoggerMessage(
        4101,
        LogLevel.Error,
        "agent {Agent} is refused: another installation has this name (incarnation {Incarnation}, joined {Since} from {Where}, heard of {SilentSeconds:0} s ago). "
            + "Give this host another id, or stop the other one: {FreeSeconds:0} s later this one joins by itself, as a new incarnation. Until then it asks again and again, and runs what it has")]
    private partial void Refused(string agent, long incarnation, string since, string where, double silentSeconds, double freeSeconds);

    [LoggerMessage(4102, LogLevel.Warning, "agent {Agent} has joined as incarnation {Incarnation}: the other installation of this name is silent")]
    private partial void JoinedAfterAll(string agent, long incarnation);
}
