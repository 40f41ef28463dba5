using Microsoft.Extensions.Logging;

namespace Eco.Runtime.Cluster;

internal sealed partial class PartitionActor
{
    [LoggerMessage(3002, LogLevel.Warning, "partition {Partition}: a frame was refused and given up: {Reason}")]
    private partial void FrameRefused(int partition, string reason);

    [LoggerMessage(3003, LogLevel.Warning, "no entity type on {Address} has ids like {EntityId}")]
    private partial void UnknownEntity(string entityId, string address);

    [LoggerMessage(3004, LogLevel.Warning, "entity {EntityId} has stopped; it is woken again")]
    private partial void EntityStopped(string entityId);

    [LoggerMessage(3005, LogLevel.Debug, "partition {Partition} is active under epoch {OwnerEpoch}, {Count} entities wake")]
    private partial void Activated(int partition, long ownerEpoch, int count);

    [LoggerMessage(3009, LogLevel.Information, "ServerTakeover: partition {Partition} was {Former}'s and runs here under epoch {OwnerEpoch}")]
    private partial void TakenOver(int partition, string former, long ownerEpoch);

    [LoggerMessage(3010, LogLevel.Information, "PartitionReleased: partition {Partition} was given up under epoch {OwnerEpoch}: {Reason}")]
    private partial void Released(int partition, long ownerEpoch, string reason);

    [LoggerMessage(3006, LogLevel.Warning, "PartitionFenced: partition {Partition} was fenced under epoch {OwnerEpoch}: {Reason}")]
    private partial void FencedOut(int partition, long ownerEpoch, string reason);

    [LoggerMessage(3007, LogLevel.Warning, "partition {Partition} has lost its subscription: {Reason}")]
    private partial void SubscriptionOver(int partition, string reason);

    [LoggerMessage(3008, LogLevel.Error, "partition {Partition} cannot be activated: {Reason}")]
    private partial void ActivationFailed(int partition, string reason);
}
