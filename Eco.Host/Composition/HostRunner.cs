using System.Collections.Immutable;
using Eco.Actors.Console;
using Eco.Host.Commands;
using Eco.Host.Output;

namespace Eco.Host.Composition;

/// <summary>Runs hosts, the demo and experiments.</summary>
internal sealed class HostRunner : IHostRunner
{
    public ImmutableArray<ExperimentDescription> Experiments => [];

    public Task<int> HostAsync(HostRun run, CommandOutput output, CancellationToken stop) => throw Missing("hosts");

    public Task<int> DemoAsync(DemoRun run, CommandOutput output, CancellationToken stop) => throw Missing("the demo");

    public Task<int> ExperimentAsync(ExperimentRun run, CommandOutput output, CancellationToken stop) => throw Missing("experiments");

    private static CommandException Missing(string what) =>
        new(ConsoleErrorCodes.Refused, $"this build does not run {what}", "use a newer build");
}
