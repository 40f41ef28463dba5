using System.Diagnostics.CodeAnalysis;
using Eco.Runtime.Persistence;

namespace Eco.Runtime.Cluster;

/// <summary>
/// Knows the entities that are awake in an actor system, for tests and fault campaigns that compare what an entity holds with what its
/// journal says. To be registered as an extension of the system before its entities start; without it nothing is kept.
/// </summary>
public sealed class EntityWatch
{
    private readonly SortedDictionary<string, IWatchedEntity> _entities = new(StringComparer.Ordinal);

    /// <summary>The entities, in ordinal order of their ids. To be read from the thread on which they run.</summary>
    public IReadOnlyCollection<IWatchedEntity> Entities => _entities.Values;

    /// <summary>Finds an entity that is awake.</summary>
    public bool TryGet(string entityId, [NotNullWhen(true)] out IWatchedEntity? entity) => _entities.TryGetValue(entityId, out entity);

    internal void Enter(IWatchedEntity entity) => _entities[entity.EntityId] = entity;

    internal void Leave(IWatchedEntity entity)
    {
        if (_entities.TryGetValue(entity.EntityId, out IWatchedEntity? present) && ReferenceEquals(present, entity))
        {
            _entities.Remove(entity.EntityId);
        }
    }
}

/// <summary>An entity as a watcher sees it.</summary>
public interface IWatchedEntity
{
    /// <summary>Its id.</summary>
    string EntityId { get; }

    /// <summary>What it is doing.</summary>
    PersistentPhase Phase { get; }

    /// <summary>Whether some of its messages are not acknowledged.</summary>
    bool HasPendingMessages { get; }

    /// <summary>The last event that its state contains.</summary>
    long AppliedSequenceNr { get; }

    /// <summary>Its state, an immutable record.</summary>
    object PresentState { get; }

    /// <summary>Its state before any event.</summary>
    object EmptyState { get; }

    /// <summary>Pure: the state after a fact.</summary>
    object Replay(object state, object @event);
}
