using System.Collections.Concurrent;

namespace Eco.Runtime.Cluster;

/// <summary>Knows which message each entity handles just now, so that a handler that never returns is noticed.</summary>
internal sealed class HandlerWatch
{
    private readonly ConcurrentDictionary<Slot, bool> _slots = new();

    public Slot Add(string entityId)
    {
        var slot = new Slot(entityId);
        _slots.TryAdd(slot, true);
        return slot;
    }

    public void Remove(Slot slot) => _slots.TryRemove(slot, out _);

    /// <summary>The handlers that run longer than a limit and were not reported yet, in the order of their entities.</summary>
    public IEnumerable<(string EntityId, string What, TimeSpan Since)> Overdue(TimeProvider time, TimeSpan limit) => _slots.Keys
        .Select(slot => (Slot: slot, Run: slot.Current))
        .Where(entry => entry.Run is { IsReported: false } run && time.GetElapsedTime(run.Started) >= limit)
        .OrderBy(entry => entry.Slot.EntityId, StringComparer.Ordinal)
        .Select(entry =>
        {
            entry.Run!.IsReported = true;
            return (entry.Slot.EntityId, entry.Run.What, time.GetElapsedTime(entry.Run.Started));
        });

    /// <summary>One entity's present handler; only the entity writes it.</summary>
    internal sealed class Slot(string entityId)
    {
        private volatile HandlerRun? _current;

        public string EntityId => entityId;

        public HandlerRun? Current => _current;

        public void Begin(string what, long now) => _current = new HandlerRun(what, now);

        public void End() => _current = null;
    }

    internal sealed class HandlerRun(string what, long started)
    {
        public string What => what;

        public long Started => started;

        public bool IsReported { get; set; }
    }
}
