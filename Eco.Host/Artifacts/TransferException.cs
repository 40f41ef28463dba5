using Eco.Runtime.Persistence;

namespace Eco.Host.Artifacts;

/// <summary>An attempt to transfer an artefact has failed.</summary>
/// <param name="fault">What kind of failure.</param>
/// <param name="message">One line of cause.</param>
/// <param name="inner">What was thrown, if anything was.</param>
internal sealed class TransferException(TransferFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What kind of failure.</summary>
    public TransferFault Fault { get; } = fault;
}
