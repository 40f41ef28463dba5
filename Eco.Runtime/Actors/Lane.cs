namespace Eco.Runtime.Actors;

/// <summary>A lane of a mailbox. Order holds per pair of actors within a lane.</summary>
public enum Lane
{
    /// <summary>Life cycle, supervision and the runtime's own completions; always first, never refused.</summary>
    System,

    /// <summary>Everything without a marker.</summary>
    Control,

    /// <summary>Messages marked <see cref="ITelemetryMessage"/>.</summary>
    Telemetry,
}
