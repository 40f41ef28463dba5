namespace Eco.Runtime.Simulation;

/// <summary>Something that happens at a virtual time, unless it is cancelled first.</summary>
internal sealed class SimulationEvent(long due, HostScope scope, string what, Action action)
{
    /// <summary>Ticks since the start.</summary>
    public long Due { get; } = due;

    public HostScope Scope { get; } = scope;

    /// <summary>What it is, for the trace.</summary>
    public string What { get; } = what;

    public Action Action { get; } = action;

    /// <summary>The place in the queue's heap, -1 when it is not there.</summary>
    public int HeapIndex { get; set; } = -1;

    public bool IsCancelled { get; set; }
}
