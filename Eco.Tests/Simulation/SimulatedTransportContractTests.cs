using Eco.Runtime.Cluster;
using Eco.Runtime.Simulation;
using Eco.Tests.Cluster;
using NUnit.Framework;

namespace Eco.Tests.Simulation;

/// <summary>The suite with queues at the hosts, and with a broker on a node of its own.</summary>
[TestFixture(null)]
[TestFixture("cloud")]
public sealed class SimulatedTransportContractTests(string? brokerSite) : TransportContract
{
    protected override TransportHarness CreateHarness() => new Harness(brokerSite);

    private sealed class Harness : TransportHarness
    {
        private readonly SimulatedWorld _world;

        public Harness(string? brokerSite)
        {
            _world = new SimulatedWorld(7, new SimulationOptions
            {
                Transport = new SimulatedTransportOptions
                {
                    ControlCapacity = ControlCapacity,
                    TelemetryCapacity = TelemetryCapacity,
                    BrokerSite = brokerSite,
                },
            });
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
