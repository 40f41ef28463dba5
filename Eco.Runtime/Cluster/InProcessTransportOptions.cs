namespace Eco.Runtime.Cluster;

/// <summary>The limits of the in-process transport.</summary>
public sealed record InProcessTransportOptions
{
    /// <summary>Frames an address holds on the control lane, delivered but unacknowledged ones included; then sends are Blocked.</summary>
    public int ControlCapacity { get; init; } = 4096;

    /// <summary>Frames an address without a subscriber holds on the telemetry lane; then the oldest is dropped and counted.</summary>
    public int TelemetryCapacity { get; init; } = 4096;

    /// <summary>How many addresses there may be, and how many aliases.</summary>
    public int MaximumAddresses { get; init; } = 65_536;
}
