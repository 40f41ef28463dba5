using Eco.Runtime.Cluster;
using Eco.Runtime.Simulation;
using Eco.Tests.Cluster;

namespace Eco.Tests.Simulation;

public sealed class SimulatedTransportContractTests : TransportContract
{
    protected override TransportHarness CreateHarness() => new Harness();

    private sealed class Harness : TransportHarness
    {
        private readonly SimulatedWorld _world = new(7, new SimulationOptions
        {
            Transport = new SimulatedTransportOptions { ControlCapacity = ControlCapacity, TelemetryCapacity = TelemetryCapacity },
        });

        public Harness()
        {
            foreach (string host in (string[])["a", "b", "c"])
            {
                _world.AddHost(host, new SimulatedHostOptions(), _ => { });
            }
        }

        public override TransportCounters Counters => _world.TransportCounters;

        public override ITransport At(string host) => _world.Hosts[host].Transport;

        public override void Settle() => _world.RunToQuiescence(TimeSpan.FromMinutes(1));

        public override void Dispose() => _world.Dispose();
    }
}
