namespace Eco.Host.Artifacts;

/// <summary>How a server host takes and gives artefacts.</summary>
public sealed record ArtifactServerOptions
{
    /// <summary>Where it listens: an IP address and a port, 0 for any free one. Default: loopback.</summary>
    public string Listen { get; init; } = "127.0.0.1:0";

    /// <summary>The address that agents are given, such as <c>http://factory-1:7070</c>; empty: where it listens, which on a wildcard address is the machine's name.</summary>
    public string Advertise { get; init; } = "";

    /// <summary>The greatest artefact. Default: 256 MiB.</summary>
    public long MaxBytes { get; init; } = Runtime.Persistence.Artifacts.TransferLimits.DefaultMaximumBytes;

    /// <summary>Bodies that are sent or received at the same time; one more is answered 503. Default: 64.</summary>
    public int MaxTransfers { get; init; } = 64;

    /// <summary>
    /// Where all places are taken, the slowest transfer loses its own to the next request, if it has had it for so long and is slower than
    /// <see cref="SlowBytesPerSecond"/>; what it brought is kept. Default: 2 s.
    /// </summary>
    public TimeSpan SlowAfter { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>What counts as slow where all places are taken. Default: 4 KiB a second.</summary>
    public double SlowBytesPerSecond { get; init; } = 4_096;

    /// <summary>Connections at the same time; one more is closed. Default: 1,024.</summary>
    public int MaxConnections { get; init; } = 1_024;

    /// <summary>A body that is slower, on average after <see cref="Grace"/>, is cut off. Default: 512 bytes a second.</summary>
    public double MinBytesPerSecond { get; init; } = 512;

    /// <summary>How long a body may stand still, and how long a request's head may take. Default: 15 s.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(15);
}
