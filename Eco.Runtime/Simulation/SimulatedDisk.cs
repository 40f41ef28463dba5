using System.Globalization;

namespace Eco.Runtime.Simulation;

/// <summary>A host's disk: it outlives every crash, can fill up, and can break on demand.</summary>
public sealed class SimulatedDisk
{
    /// <summary>How much fits; writes beyond it fail as on a full disk.</summary>
    public long CapacityBytes { get; set; } = long.MaxValue;

    /// <summary>How much is written.</summary>
    public long UsedBytes { get; private set; }

    /// <summary>What is wrong with it now. It stays so until it is set back.</summary>
    public DiskFault Fault { get; set; }

    /// <summary>Makes the outcome of the next write unknown: it is stored or not, by the seed, and the writer is told neither.</summary>
    public bool LosesNextOutcome { get; set; }

    internal string? Refusal(long bytes) => Fault switch
    {
        DiskFault.InputOutputError => "disk I/O error (injected)",
        DiskFault.Full => "the disk is full (injected)",
        _ when bytes > CapacityBytes - UsedBytes =>
            string.Create(CultureInfo.InvariantCulture, $"the disk is full: {UsedBytes} of {CapacityBytes} bytes are used, {bytes} more are needed"),
        _ => null,
    };

    internal void Written(long bytes, long freed) => UsedBytes += bytes - freed;
}
