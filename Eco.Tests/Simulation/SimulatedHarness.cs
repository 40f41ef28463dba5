using Eco.Runtime.Simulation;
using Eco.Tests.Persistence.Contracts;

namespace Eco.Tests.Simulation;

/// <summary>A port of one simulated host; waiting moves virtual time, reopening is a crash and a restart.</summary>
public sealed class SimulatedHarness<TPort>(Func<SimulatedHost, TPort> port, SimulationOptions? options = null) : StorageHarness<TPort>
{
    private readonly SimulatedWorld _world = CreateWorld(options);

    public override TPort Port => port(_world.Hosts["host"]);

    public override Task ReopenAsync()
    {
        _world.Hosts["host"].Restart();
        return Task.CompletedTask;
    }

    public override Task WaitAsync(string what, Func<bool> condition, Func<string> lastObservation)
    {
        _world.RunUntil(condition, TimeSpan.FromMinutes(10), () => $"{what}: {lastObservation()}");
        return Task.CompletedTask;
    }

    public override ValueTask DisposeAsync()
    {
        _world.Dispose();
        return ValueTask.CompletedTask;
    }

    private static SimulatedWorld CreateWorld(SimulationOptions? options)
    {
        var world = new SimulatedWorld(11, options);
        world.AddHost("host", new SimulatedHostOptions(), _ => { });
        return world;
    }
}
