using Eco.Runtime.Dispatch;

namespace Eco.Runtime.Simulation;

/// <summary>Queues a host's work into the one set that the seed picks from. Work of a host that has crashed is dropped.</summary>
public sealed class SimulatedDispatcher : IDispatcher
{
    private readonly SimulationScheduler _scheduler;
    private readonly HostScope _scope;

    internal SimulatedDispatcher(SimulationScheduler scheduler, HostScope scope)
    {
        _scheduler = scheduler;
        _scope = scope;
    }

    /// <inheritdoc/>
    public void Execute(IThreadPoolWorkItem work) => _scheduler.Execute(_scope, work);
}
