using System.Collections.Immutable;

namespace Eco.Runtime.Simulation;

/// <summary>
/// A database that several hosts of a world use (<see cref="SimulatedHostOptions.Database"/>), as servers with standbys use one
/// PostgreSQL: journal, artefacts and statistics outlive every one of them. Each host has its own connection, with its own latency and
/// faults (<see cref="SimulatedHost.Disk"/>); the commits of all hosts have one order.
/// </summary>
public sealed class SimulatedDatabase
{
    internal SimulatedDatabase(string name, SimulatedWorld world)
    {
        Name = name;
        World = world;
        Journal = new SimulatedJournalStorage(world.Scheduler.Trace);
        Statistics = new SimulatedStatisticsStorage(world.Options.Storage.StatisticsBufferRows);
    }

    /// <summary>Its name, for messages.</summary>
    public string Name { get; }

    /// <summary>Where it keeps everything; its faults meet all hosts.</summary>
    public SimulatedDisk Disk { get; } = new();

    /// <summary>What the journal has stored.</summary>
    public SimulatedJournalStorage Journal { get; }

    /// <summary>What the artefact store has stored.</summary>
    public SimulatedArtifactStorage Artifacts { get; } = new();

    /// <summary>What the statistics store has stored.</summary>
    public SimulatedStatisticsStorage Statistics { get; }

    /// <summary>The hosts that use it, in ordinal order of their ids.</summary>
    public ImmutableArray<SimulatedHost> Hosts => [.. World.Hosts.Values.Where(host => host.Options.Database == this)];

    internal SimulatedWorld World { get; }
}
