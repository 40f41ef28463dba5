namespace Eco.Runtime.Simulation;

/// <summary>
/// One incarnation of a host. Whatever belongs to it carries it, so that a crash ends all of it at once: after that its work does not
/// run, its timers do not fire, and what its dying code still asks of a port has no effect.
/// </summary>
internal sealed class HostScope(int ordinal, string name, SimulatedHost? host = null)
{
    /// <summary>0 for the world itself, which never dies; hosts count from 1.</summary>
    public int Ordinal { get; } = ordinal;

    public string Name { get; } = name;

    /// <summary>The host; null for the world.</summary>
    public SimulatedHost? Host { get; } = host;

    public bool IsAlive { get; private set; } = true;

    /// <summary>While it is not null the host is stopped, and what it would do waits here.</summary>
    public List<object>? Held { get; set; }

    /// <summary>Until when a slowed host is busy, in ticks.</summary>
    public long BusyUntil { get; set; }

    public void End() => IsAlive = false;
}
