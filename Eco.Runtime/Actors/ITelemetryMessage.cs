namespace Eco.Runtime.Actors;

/// <summary>Marks a message (heartbeat, statistics) that takes the telemetry lane and never delays control messages.</summary>
public interface ITelemetryMessage;
