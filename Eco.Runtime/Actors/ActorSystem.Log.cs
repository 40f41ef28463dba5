using Microsoft.Extensions.Logging;

namespace Eco.Runtime.Actors;

public sealed partial class ActorSystem
{
    [LoggerMessage(1000, LogLevel.Information, "dead letter {Count}: {MessageType} from {Sender} to {Recipient}")]
    private partial void LogDeadLetter(string messageType, string? sender, string recipient, long count);

    [LoggerMessage(1001, LogLevel.Warning, "the {Lane} lane of {Recipient} is full: {MessageType} was not delivered ({Count} so far)")]
    private partial void LogMailboxFull(Lane lane, string recipient, string messageType, long count);

    [LoggerMessage(1002, LogLevel.Debug, "{Recipient} does not handle {MessageType} from {Sender}")]
    private partial void LogUnhandled(string messageType, string? sender, string recipient);

    [LoggerMessage(1003, LogLevel.Error, "{Child} failed: {Directive}")]
    private partial void LogDirective(Exception cause, string child, Directive directive);

    [LoggerMessage(1004, LogLevel.Information, "{Child} failed ({Reason}): escalated to its supervisor's supervisor")]
    private partial void LogEscalated(string child, string reason);

    [LoggerMessage(1005, LogLevel.Critical, "{Guardian} itself failed; the actor system ends")]
    private partial void LogGuardianFailed(Exception cause, string guardian);

    [LoggerMessage(1006, LogLevel.Information, "the actor system {Name} has ended")]
    private partial void LogTerminated(string name);

    [LoggerMessage(1007, LogLevel.Debug, "{Actor} has a new instance or none: a continuation of its former one is dropped")]
    internal partial void LogLateContinuation(string actor);

    [LoggerMessage(1008, LogLevel.Warning, "{Actor} restarts or stops in the middle of its asynchronous handler of {MessageType}")]
    internal partial void LogAbandonedTask(string actor, string messageType);
}
