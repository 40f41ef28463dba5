namespace Eco.Host.Composition.EngineProcesses;

/// <summary>How an agent's engine processes are kept in bounds.</summary>
internal sealed record EngineProcessOptions
{
    /// <summary>A process whose agent does not come back within this time ends itself.</summary>
    public TimeSpan KeepFor { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A call that takes longer is a failure of the pipeline, and the end of the process.</summary>
    public TimeSpan CallWithin { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Managed memory of one process, in bytes.</summary>
    public long MemoryBytes { get; init; } = 1L << 30;

    /// <summary>A new process listens within this time, or has failed.</summary>
    public TimeSpan StartWithin { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A process that is asked to end does so within this time, or is killed.</summary>
    public TimeSpan EndWithin { get; init; } = TimeSpan.FromSeconds(5);
}
