namespace Eco.Runtime.Simulation;

/// <summary>The settings of the simulated transport.</summary>
public sealed record SimulatedTransportOptions
{
    /// <summary>Frames an address holds on the control lane, delivered but unacknowledged ones included; then sends are Blocked.</summary>
    public int ControlCapacity { get; init; } = 4096;

    /// <summary>Frames an address without a subscriber holds on the telemetry lane; then the oldest is dropped.</summary>
    public int TelemetryCapacity { get; init; } = 4096;

    /// <summary>Control sends of one host that may wait for their confirmation; further ones are Blocked.</summary>
    public int MaximumUnconfirmed { get; init; } = 16_384;

    /// <summary>A send whose confirmation has not come by then is answered Unknown.</summary>
    public TimeSpan ConfirmTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The site of the broker's own node, <see cref="SimulatedBroker.Node"/>; null: each queue stands at the host that subscribed to it first.
    /// </summary>
    public string? BrokerSite { get; init; }

    /// <summary>What the broker does that it may do.</summary>
    public SimulatedBrokerFaults Faults { get; init; } = SimulatedBrokerFaults.None;

    /// <summary>A client that does not reach the broker gives up after so long.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
