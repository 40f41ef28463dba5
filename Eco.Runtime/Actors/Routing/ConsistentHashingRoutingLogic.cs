using System.Numerics;
using Microsoft.Extensions.Logging;

namespace Eco.Runtime.Actors.Routing;

/// <summary>
/// The routee that owns the message's hash key: by the mapping if it gives one, otherwise by <see cref="IConsistentHashable"/>. When a
/// routee comes or goes, only the keys that it owns or owned move. The hash is the same in every process.
/// </summary>
public sealed partial class ConsistentHashingRoutingLogic : RoutingLogic
{
    /// <summary>The first so many messages without a key are logged, then only each power of two.</summary>
    private const long LoggedMessages = 10;

    private readonly ConsistentHashMapping? _mapping;
    private readonly int _virtualNodesFactor;
    private readonly ILogger _logger;
    private IReadOnlyList<Routee>? _routees;
    private ConsistentHashRing _ring = ConsistentHashRing.Empty;
    private long _withoutKey;

    /// <summary>A logic for one router.</summary>
    /// <param name="system">Logs for it.</param>
    /// <param name="virtualNodesFactor">How many points each routee has on the ring; more spread the keys more evenly. At least 1.</param>
    /// <param name="mapping">Gives keys to messages that have none; may be null.</param>
    public ConsistentHashingRoutingLogic(ActorSystem system, int virtualNodesFactor = 10, ConsistentHashMapping? mapping = null)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentOutOfRangeException.ThrowIfLessThan(virtualNodesFactor, 1);
        _mapping = mapping;
        _virtualNodesFactor = virtualNodesFactor;
        _logger = system.LoggerFactory.CreateLogger<ConsistentHashingRoutingLogic>();
    }

    /// <inheritdoc/>
    public override Routee Select(object message, IReadOnlyList<Routee> routees)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(routees);
        if (routees.Count == 0)
        {
            return Routee.NoRoutee;
        }

        object? key = _mapping?.Invoke(message) ?? (message as IConsistentHashable)?.ConsistentHashKey;
        if (key is null || !ConsistentHash.TryHash(key, out ulong hash))
        {
            long count = ++_withoutKey;
            if (count <= LoggedMessages || BitOperations.IsPow2(count))
            {
                LogWithoutKey(message.GetType().Name, key?.GetType().Name ?? "none", count);
            }

            return Routee.NoRoutee;
        }

        if (!ReferenceEquals(routees, _routees))
        {
            _ring = ConsistentHashRing.Of(routees, _virtualNodesFactor);
            _routees = routees;
        }

        return routees[_ring.OwnerOf(hash)];
    }

    [LoggerMessage(
        1020,
        LogLevel.Warning,
        "a {MessageType} cannot be routed: its hash key is {KeyType}; give it text, bytes, a number or a Guid by a hash mapping, IConsistentHashable or ConsistentHashableEnvelope ({Count} so far)")]
    private partial void LogWithoutKey(string messageType, string keyType, long count);
}
