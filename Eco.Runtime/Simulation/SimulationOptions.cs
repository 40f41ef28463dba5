using Eco.Runtime.Persistence.Artifacts;
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

    /// <summary>How much each host transfers at a time.</summary>
    public TransferLimits Transfers { get; init; } = new();

    /// <summary>How many messages an actor handles before the seed picks again; 1 shows the most interleavings.</summary>
    public int Throughput { get; init; } = 1;

    /// <summary>Whether a failure outside an actor's message handler (a timer callback, a PostStop) ends the run.</summary>
    public bool FailsOnBackgroundFailure { get; init; } = true;

    /// <summary>How many of the last steps a failure shows.</summary>
    public int TraceTailLength { get; init; } = 64;

    /// <summary>So many steps without virtual time moving are taken for an endless loop.</summary>
    public int MaximumStepsAtOneInstant { get; init; } = 10_000_000;

    /// <summary>Where hosts log; each host's actor system gets it.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;
}
