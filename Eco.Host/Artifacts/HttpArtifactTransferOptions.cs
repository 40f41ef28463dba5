using Eco.Runtime.Persistence.Artifacts;

namespace Eco.Host.Artifacts;

/// <summary>How an agent fetches and leaves artefacts.</summary>
public sealed record HttpArtifactTransferOptions
{
    /// <summary>How much at a time.</summary>
    public TransferLimits Limits { get; init; } = new();

    /// <summary>How long a connection may take. Default: 10 s.</summary>
    public TimeSpan ConnectWithin { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A transfer that stands still for so long is given up for this attempt. Default: 30 s.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A connection that nobody needs is closed after so long. Default: 20 s.</summary>
    public TimeSpan KeepIdleFor { get; init; } = TimeSpan.FromSeconds(20);
}
