namespace Eco.Runtime.Simulation;

/// <summary>Something that happens at a virtual time, unless it is cancelled first.</summary>
internal abstract class SimulationEvent(HostScope scope, string what)
{
    /// <summary>Ticks since the start; set by the scheduler.</summary>
    public long Due { get; set; }

    public HostScope Scope { get; } = scope;

    /// <summary>What it is, for the trace.</summary>
    public string What { get; } = what;

    /// <summary>The place in the queue's heap, -1 when it is not there.</summary>
    public int HeapIndex { get; set; } = -1;

    public bool IsCancelled { get; set; }

    public abstract void Run();
}

/// <summary>An event that calls a function.</summary>
internal sealed class ActionEvent(HostScope scope, string what, Action action) : SimulationEvent(scope, what)
{
    public override void Run() => action();
}

/// <summary>Work of a host that was held up: paused, or busy with other work. When it is due the scheduler takes the work out.</summary>
internal sealed class DelayedWork(HostScope scope, object work) : SimulationEvent(scope, "delayed")
{
    public object Work { get; } = work;

    public override void Run() => throw new InvalidOperationException("delayed work runs by itself, not in its wrapper");
}
