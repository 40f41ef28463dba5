using Microsoft.Extensions.Logging;

namespace Eco.Runtime.Cluster;

public sealed partial class EntityRouter
{
    [LoggerMessage(3001, LogLevel.Debug, "frame {From} -> {To} #{SequenceNr}: {Result}; it is sent again")]
    private partial void FrameNotConfirmed(string from, string to, long sequenceNr, TransportResult result);

    [LoggerMessage(3002, LogLevel.Warning, "a frame was refused and given up: {Reason}")]
    private partial void FrameRefused(string reason);

    [LoggerMessage(3003, LogLevel.Warning, "no entity type on {Address} has ids like {EntityId}")]
    private partial void UnknownEntity(string entityId, string address);

    [LoggerMessage(3004, LogLevel.Warning, "entity {EntityId} has stopped; it is woken again")]
    private partial void EntityStopped(string entityId);
}
