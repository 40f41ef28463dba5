using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Eco.Runtime.Simulation;

/// <summary>What holds for a whole simulated world.</summary>
public sealed record SimulationOptions
{
    /// <summary>Links between hosts of the same site.</summary>
    public LinkOptions Lan { get; init; } = LinkOptions.Lan;

    /// <summary>Links between hosts of different sites.</summary>
    public LinkOptions Wan { get; init; } = LinkOptions.Wan;

    /// <summary>How the transport's queues and time-outs are set.</summary>
    public SimulatedTransportOptions Transport { get; init; } = new();

    /// <summary>How long journals, artefacts and statistics take.</summary>
    public SimulatedStorageOptions Storage { get; init; } = new();

    /// <summary>How many of the last steps a failure shows.</summary>
    public int TraceTailLength { get; init; } = 64;

    /// <summary>So many steps without virtual time moving are taken for an endless loop.</summary>
    public int MaximumStepsAtOneInstant { get; init; } = 10_000_000;

    /// <summary>Where hosts log; each host's actor system gets it.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;
}
