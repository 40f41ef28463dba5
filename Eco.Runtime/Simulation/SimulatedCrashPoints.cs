using System.Collections.Immutable;

namespace Eco.Runtime.Simulation;

/// <summary>
/// Crashes hosts at named places: before or after a commit of a certain event, for instance. Also counts how often each place was
/// reached, so that a fault campaign can list its targets from a run without faults.
/// </summary>
public sealed class SimulatedCrashPoints
{
    private readonly List<Trap> _traps = [];
    private readonly Dictionary<(string Host, string Point, string Detail), Counter> _reached = [];

    internal SimulatedCrashPoints()
    {
    }

    /// <summary>How often each (host, point, detail) was reached so far, in ordinal order. A new list at each reading.</summary>
    public IReadOnlyDictionary<(string Host, string Point, string Detail), long> Reached => _reached.ToImmutableSortedDictionary(
        entry => entry.Key, entry => entry.Value.Count, Comparer<(string, string, string)>.Create(CompareOrdinal));

    /// <summary>How many armed crashes have not happened yet.</summary>
    public int Armed => _traps.Count;

    /// <summary>Crashes a host once, when it reaches a place for the n-th time from now on.</summary>
    /// <param name="host">The host.</param>
    /// <param name="point">The place's name, such as <c>journal.beforeCommit</c>.</param>
    /// <param name="detailPrefix">How the detail starts, such as <c>merge.</c>; empty for any.</param>
    /// <param name="occurrence">Which time, from 1.</param>
    /// <param name="restartAfter">When the host starts again; null: not by itself.</param>
    public void Arm(string host, string point, string detailPrefix = "", int occurrence = 1, TimeSpan? restartAfter = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(occurrence, 1);
        _traps.Add(new Trap(host, point, detailPrefix, restartAfter) { Remaining = occurrence });
    }

    /// <summary>Takes all armed crashes back.</summary>
    public void Disarm() => _traps.Clear();

    internal void Announce(SimulatedHost host, string point, string detail)
    {
        var key = (host.Id, point, detail);
        if (!_reached.TryGetValue(key, out Counter? counter))
        {
            _reached.Add(key, counter = new Counter());
        }

        counter.Count++;
        if (_traps.Count == 0)
        {
            return;
        }

        Trap? sprung = null;
        foreach (Trap trap in _traps)
        {
            if (trap.Matches(host.Id, point, detail) && --trap.Remaining == 0)
            {
                sprung ??= trap;
            }
        }

        if (sprung is null)
        {
            return;
        }

        _traps.RemoveAll(trap => trap.Remaining <= 0);
        host.Crash();
        if (sprung.RestartAfter is { } delay)
        {
            host.RestartAfter(delay);
        }
    }

    private static int CompareOrdinal((string Host, string Point, string Detail) x, (string Host, string Point, string Detail) y)
    {
        int order = string.CompareOrdinal(x.Host, y.Host);
        order = order != 0 ? order : string.CompareOrdinal(x.Point, y.Point);
        return order != 0 ? order : string.CompareOrdinal(x.Detail, y.Detail);
    }

    private sealed class Counter
    {
        public long Count { get; set; }
    }

    private sealed class Trap(string host, string point, string detailPrefix, TimeSpan? restartAfter)
    {
        public int Remaining { get; set; }

        public TimeSpan? RestartAfter => restartAfter;

        public bool Matches(string atHost, string atPoint, string detail) =>
            atHost == host && atPoint == point && detail.StartsWith(detailPrefix, StringComparison.Ordinal);
    }
}
