namespace Eco.Runtime.Persistence.Postgres;

/// <summary>How a <see cref="PostgresArtifactStore"/> works.</summary>
public sealed record PostgresArtifactOptions
{
    /// <summary>Where the database is.</summary>
    public required PostgresOptions Database { get; init; }

    /// <summary>The greatest artefact. Default: 256 MiB.</summary>
    public int MaxArtifactBytes { get; init; } = 256 << 20;

    /// <summary>The greatest size of all artefacts together; a further one is refused. Default: 16 GiB.</summary>
    public long MaxTotalBytes { get; init; } = 16L << 30;

    /// <summary>Requests that may wait; one more is refused. Default: 4,096.</summary>
    public int QueueCapacity { get; init; } = 4_096;

    /// <summary>Content bytes that may wait to be stored; beyond it a request is refused. Default: 512 MiB.</summary>
    public long QueueCapacityBytes { get; init; } = 512L << 20;
}
