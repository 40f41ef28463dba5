namespace Eco.Runtime.Persistence.Artifacts;

/// <summary>How much an agent transfers at a time.</summary>
public sealed record TransferLimits
{
    /// <summary>The greatest artefact unless it is said otherwise: 256 MiB.</summary>
    public const long DefaultMaximumBytes = 256L << 20;

    /// <summary>The greatest artefact. Default: 256 MiB.</summary>
    public long MaximumBytes { get; init; } = DefaultMaximumBytes;

    /// <summary>Transfers at the same time. Default: 4.</summary>
    public int MaximumActive { get; init; } = 4;

    /// <summary>Transfers that may wait for their turn; one more fails as <see cref="TransferFault.Overloaded"/>. Default: 1,024.</summary>
    public int MaximumWaiting { get; init; } = 1_024;
}
