namespace Eco.Runtime.Actors;

/// <summary>One phase of a <see cref="CoordinatedShutdown"/>.</summary>
public sealed record ShutdownPhase
{
    /// <summary>The phases that have to end before this one starts.</summary>
    public IReadOnlyList<string> DependsOn { get; init; } = [];

    /// <summary>How long its tasks may take together; greater than zero.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether the next phase starts although a task failed or the time is over. Otherwise the shutdown ends there.</summary>
    public bool Recover { get; init; } = true;

    /// <summary>Whether its tasks run.</summary>
    public bool Enabled { get; init; } = true;
}
