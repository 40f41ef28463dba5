using System.Collections.Immutable;
using Eco.Host.Composition;
using Eco.Host.Output;
using Eco.Host.State;

namespace Eco.Host.Commands;

/// <summary>What the composition offers to the commands that run something for a while. Each returns an exit code.</summary>
public interface IHostRunner
{
    /// <summary>The experiments that <see cref="ExperimentAsync"/> knows.</summary>
    ImmutableArray<ExperimentDescription> Experiments { get; }

    /// <summary>Runs a host until it is stopped by the token or by <c>eco stop</c>.</summary>
    Task<int> HostAsync(HostRun run, CommandOutput output, CancellationToken stop);

    /// <summary>Runs the demo to its end.</summary>
    Task<int> DemoAsync(DemoRun run, CommandOutput output, CancellationToken stop);

    /// <summary>Runs an experiment to its end.</summary>
    Task<int> ExperimentAsync(ExperimentRun run, CommandOutput output, CancellationToken stop);

    /// <summary>Runs a benchmark to its end.</summary>
    Task<int> BenchAsync(BenchRun run, CommandOutput output, CancellationToken stop);

    /// <summary>Makes one run of a benchmark in this process, for <see cref="BenchAsync"/> of another.</summary>
    Task<int> BenchWorkAsync(BenchRun run, CommandOutput output, CancellationToken stop);
}

/// <summary>An experiment.</summary>
/// <param name="Name">As it is typed.</param>
/// <param name="Description">One line.</param>
public sealed record ExperimentDescription(string Name, string Description);

/// <summary>What <c>eco host</c> was asked for.</summary>
/// <param name="Options">The settings.</param>
/// <param name="State">The state directory: the command line's, or else the settings'.</param>
public sealed record HostRun(HostOptions Options, StateDirectory State);

/// <summary>What <c>eco demo</c> was asked for.</summary>
/// <param name="State">The state directory.</param>
/// <param name="DataFolder">Recordings to use in place of generated data, or null.</param>
/// <param name="Headless">No live display, whatever the terminal.</param>
/// <param name="JsonFile">Where to write the figures, or null.</param>
/// <param name="Batches">Batches of each edge; null: the demo's own number.</param>
/// <param name="Pace">Time between the batches of an edge; null: the demo's own.</param>
public sealed record DemoRun(
    StateDirectory State, string? DataFolder, bool Headless, string? JsonFile, int? Batches = null, TimeSpan? Pace = null);

/// <summary>What <c>eco experiment</c> was asked for.</summary>
/// <param name="Name">One of <see cref="IHostRunner.Experiments"/>.</param>
/// <param name="Seeds">At least one.</param>
/// <param name="JsonFile">Where to write the figures, or null.</param>
public sealed record ExperimentRun(string Name, ImmutableArray<long> Seeds, string? JsonFile);

/// <summary>What <c>eco bench</c> was asked for.</summary>
/// <param name="Name">The benchmark.</param>
/// <param name="Quick">One small run, to see that it works.</param>
/// <param name="JsonFile">Where to write the figures, or null.</param>
/// <param name="Folder">On whose disk to measure, where a disk is measured.</param>
public sealed record BenchRun(string Name, bool Quick, string? JsonFile = null, string Folder = ".");
