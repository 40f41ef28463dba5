using Eco.Runtime.Cluster;
using Eco.Runtime.Simulation;

namespace Eco.Tests.Integration.Conformance;

public sealed class SimulatedConformanceTests : BrokerConformance
{
    protected override Task<ConformanceWorld> CreateWorldAsync() => Task.FromResult<ConformanceWorld>(new World());

    private sealed class World : ConformanceWorld
    {
        private static readonly SimulatedBrokerFaults Usual = SimulatedBrokerFaults.None with { DeliveryLimit = DeliveryLimit };

        private readonly SimulatedWorld _world = new(11, new SimulationOptions
        {
            Transport = new SimulatedTransportOptions { ControlCapacity = ControlCapacity, BrokerSite = "cloud", Faults = Usual },
        });

        public World()
        {
            foreach (string host in (string[])["a", "b", "c"])
            {
                _world.AddHost(host, new SimulatedHostOptions(), _ => { });
            }
        }

        public override int Load => 500;

        public override TransportResult FirstInAlarm => TransportResult.Blocked;

        public override ITransport At(string host) => _world.Hosts[host].Transport;

        public override Task UntilAsync(string what, Func<bool> condition, Func<string>? seen = null)
        {
            _world.RunUntil(condition, TimeSpan.FromMinutes(5), () => $"{what}: {seen?.Invoke()}");
            return Task.CompletedTask;
        }

        public override Task SettleAsync()
        {
            _world.RunFor(TimeSpan.FromSeconds(1));
            return Task.CompletedTask;
        }

        public override Task DisconnectAsync(string host)
        {
            _world.Broker.Disconnect(host);
            return Task.CompletedTask;
        }

        public override Task AlarmAsync(bool isOn)
        {
            _world.Broker.IsAlarmed = isOn;
            return Task.CompletedTask;
        }

        // It has one node: a leader's death is the end of all connections, and of what was not confirmed yet.
        public override async Task KillLeaderAsync()
        {
            _world.Broker.Faults = Usual with { PublishLoss = 0.5, ConfirmLoss = 0.5 };
            foreach (string host in _world.Hosts.Keys)
            {
                await DisconnectAsync(host);
            }

            _world.RunFor(TimeSpan.FromMilliseconds(300));
        }

        public override Task RestoreAsync()
        {
            _world.Broker.Faults = Usual;
            return Task.CompletedTask;
        }

        public override ValueTask DisposeAsync()
        {
            _world.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
