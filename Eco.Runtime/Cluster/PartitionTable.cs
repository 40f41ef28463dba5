using System.Collections.Concurrent;
using System.Collections.Immutable;
using Eco.Runtime.Actors;
using Eco.Runtime.Persistence;

namespace Eco.Runtime.Cluster;

/// <summary>
/// A host's routing table: which partitions run here, under which claim, and who was last seen to own the others. Written by the partitions
/// and their host, read by every entity; safe for use by many threads.
/// </summary>
internal sealed class PartitionTable
{
    private const int MaximumRemembered = 65_536;
    private readonly ConcurrentDictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly Entry[] _entries;

    public PartitionTable(EntityRoutes routes)
    {
        Routes = routes;
        _entries = [.. Enumerable.Range(0, routes.PartitionCount).Select(number => new Entry(new Ownership(number, 0, string.Empty)))];
    }

    public EntityRoutes Routes { get; }

    /// <summary>Who asks other servers; null where there are none.</summary>
    public IActorRef? Asks { get; set; }

    public int PartitionOf(string entityId)
    {
        if (_numbers.TryGetValue(entityId, out int known))
        {
            return known;
        }

        if (_numbers.Count >= MaximumRemembered)
        {
            _numbers.Clear();
        }

        int number = Partitioning.PartitionOf(entityId, Routes.PartitionCount);
        _numbers.TryAdd(entityId, number);
        return number;
    }

    /// <summary>The last claim of this host; one that has never claimed the partition has epoch 0, which every journal refuses.</summary>
    public Ownership OwnershipOf(string entityId) => _entries[PartitionOf(entityId)].Claim;

    /// <summary>The partition's actor if it is active here, or about to be: then nothing for it needs the transport.</summary>
    public IActorRef? OpenTo(string entityId) => Routes.IsOwn(entityId) ? _entries[PartitionOf(entityId)].Open : null;

    /// <summary>The partition's actor, whatever it is doing.</summary>
    public IActorRef? ActorOf(string entityId) => _entries[PartitionOf(entityId)].Actor;

    public IActorRef? ActorOf(int partition) => _entries[partition].Actor;

    public void Register(int partition, IActorRef actor) => _entries[partition].Actor = actor;

    public void Claimed(Ownership claim) => _entries[claim.Partition].Claim = claim;

    public void Open(int partition, IActorRef actor) => _entries[partition].Open = actor;

    public void Close(int partition) => _entries[partition].Open = null;

    /// <summary>The partitions that are active here, or about to be.</summary>
    public ImmutableArray<int> OpenHere() => [.. Enumerable.Range(0, _entries.Length).Where(partition => _entries[partition].Open is not null)];

    /// <summary>Notes what the database says; an older claim than one already seen changes nothing.</summary>
    public void Saw(Ownership ownership)
    {
        if (_entries[ownership.Partition].Seen is not { } seen || seen.OwnerEpoch < ownership.OwnerEpoch)
        {
            _entries[ownership.Partition].Seen = ownership;
        }
    }

    /// <summary>Who was last seen to own a partition; null when that was never read.</summary>
    public Ownership? SeenOf(int partition) => _entries[partition].Seen;

    private sealed class Entry(Ownership none)
    {
        private volatile Ownership _claim = none;
        private volatile Ownership? _seen;
        private volatile IActorRef? _open;
        private volatile IActorRef? _actor;

        public Ownership Claim
        {
            get => _claim;
            set => _claim = value;
        }

        public Ownership? Seen
        {
            get => _seen;
            set => _seen = value;
        }

        public IActorRef? Open
        {
            get => _open;
            set => _open = value;
        }

        public IActorRef? Actor
        {
            get => _actor;
            set => _actor = value;
        }
    }
}
