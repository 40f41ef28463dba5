using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Eco.Actors.Console;
using Eco.Host.Composition;
using Eco.Host.Fleet;
using Eco.Host.Output;
using Eco.Host.State;

namespace Eco.Host.Commands;

/// <summary>The verbs that run something for a while, and the one that ends it.</summary>
internal static class HostCommands
{
    private const int MaxSeeds = 10_000;
    private const int MaxBatches = 1_000_000;
    private const int MaxPaceMilliseconds = 60_000;

    public static Command Demo(VerbBuilder builder)
    {
        var data = new Option<string?>("--data") { HelpName = "DIR", Description = "Recordings to learn from in place of generated data" };
        var headless = new Option<bool>("--headless") { Description = "No live display" };
        var batches = new Option<string?>("--batches") { HelpName = "N", Description = "Batches of each edge (default: 400); a run that is resumed keeps its number" };
        var pace = new Option<string?>("--pace") { HelpName = "MS", Description = "Milliseconds between the batches of an edge (default: 75); a run that is resumed keeps its pace" };
        var json = VerbBuilder.FiguresFile();
        return builder.Verb(
            "demo",
            "Three edges and a cloud learn together, in one process, in under a minute",
            [data, headless, batches, pace, json],
            scope =>
            {
                string? folder = scope.Parsed.GetValue(data);
                if (folder is not null && !Directory.Exists(folder))
                {
                    throw new CommandException(
                        ConsoleErrorCodes.NotFound, $"there is no folder '{folder}'", "name the folder that holds the recordings with --data DIR");
                }

                if (folder is not null && (scope.Parsed.GetValue(batches) ?? scope.Parsed.GetValue(pace)) is not null)
                {
                    throw Wrong("--batches and --pace are for generated data, and --data names recordings", "leave them out, or leave out --data");
                }

                int? paceMilliseconds = CountOf("--pace", scope.Parsed.GetValue(pace), MaxPaceMilliseconds);
                return scope.Services.Runner.DemoAsync(
                    new DemoRun(
                        scope.State,
                        folder,
                        scope.Parsed.GetValue(headless),
                        scope.Parsed.GetValue(json),
                        CountOf("--batches", scope.Parsed.GetValue(batches), MaxBatches),
                        paceMilliseconds is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null),
                    scope.Output,
                    scope.Cancellation);
            });
    }

    public static Command Host(VerbBuilder builder)
    {
        var file = new Option<string>("--config", "-c") { HelpName = "FILE", Description = "The host's configuration (HOCON)", Required = true };
        return builder.Verb(
            "host",
            "Runs a host (server, agents or both) until Ctrl-C or 'eco stop'",
            [file],
            scope =>
            {
                HostOptions options = HostOptionsReader.ReadFile(scope.Parsed.GetRequiredValue(file));
                StateDirectory state = scope.GivenState ?? new StateDirectory(options.State);
                return scope.Services.Runner.HostAsync(new HostRun(options, state), scope.Output, scope.Cancellation);
            });
    }

    public static Command Stop(VerbBuilder builder) => builder.Verb(
        "stop",
        "Ends the running host in order",
        [],
        async scope =>
        {
            if (EcoFleet.ServerStates(scope.State.Root).Any())
            {
                throw new CommandException(
                    ConsoleErrorCodes.Refused, $"'{scope.State.Name}' is a whole cluster's", $"end it with: eco down --state {scope.State.Name}");
            }

            await scope.Host.AskAsync(ConsoleVerbs.HostStop, Arguments.None, body: null, scope.Cancellation).ConfigureAwait(false);
            scope.Output.Note($"the host of '{scope.State.Name}' ends");
            return ExitCodes.Success;
        });

    public static Command Experiment(VerbBuilder builder)
    {
        ImmutableArray<ExperimentDescription> known = builder.Services.Runner.Experiments;
        var name = new Argument<string>("name")
        {
            HelpName = "NAME",
            Description = $"One of: {string.Join("; ", known.Select(experiment => $"{experiment.Name} ({experiment.Description})"))}",
        };
        name.CompletionSources.Add(_ => known.Select(experiment => new System.CommandLine.Completions.CompletionItem(experiment.Name)));
        var seed = new Option<string?>("--seed") { HelpName = "N", Description = "The seed (default: 1)" };
        var seeds = new Option<string?>("--seeds") { HelpName = "A..B", Description = "All seeds from A to B" };
        var json = VerbBuilder.FiguresFile();
        return builder.Verb(
            "experiment",
            "Runs a measured experiment in the simulated world and prints its figures",
            [name, seed, seeds, json],
            scope =>
            {
                string wanted = scope.Required(name);
                if (known.All(experiment => experiment.Name != wanted))
                {
                    string? meant = Nearest.Of(wanted, known.Select(experiment => experiment.Name));
                    throw new CommandException(
                        ConsoleErrorCodes.Usage,
                        $"there is no experiment '{wanted}'",
                        meant is not null ? $"did you mean '{meant}'?" : $"the experiments are: {string.Join(", ", known.Select(experiment => experiment.Name))}");
                }

                ImmutableArray<long> list = SeedsOf(scope.Parsed.GetValue(seed), scope.Parsed.GetValue(seeds));
                return scope.Services.Runner.ExperimentAsync(
                    new ExperimentRun(wanted, list, scope.Parsed.GetValue(json)), scope.Output, scope.Cancellation);
            });
    }

    internal static ImmutableArray<long> SeedsOf(string? one, string? range)
    {
        if (one is not null && range is not null)
        {
            throw Wrong("--seed and --seeds exclude each other", "give one of them");
        }

        if (range is null)
        {
            return [one is null ? 1 : SeedOf(one)];
        }

        if (range.Split("..") is not [string first, string last])
        {
            throw Wrong($"--seeds '{range}' is not A..B", "for instance: --seeds 1..20");
        }

        long from = SeedOf(first);
        long to = SeedOf(last);
        if (to < from || to - from >= MaxSeeds)
        {
            throw Wrong($"--seeds '{range}' names {(to < from ? "no seed" : $"more than {MaxSeeds} seeds")}", "for instance: --seeds 1..20");
        }

        var seeds = ImmutableArray.CreateBuilder<long>((int)(to - from + 1));
        for (long seed = from; seed <= to; seed++)
        {
            seeds.Add(seed);
        }

        return seeds.ToImmutable();
    }

    internal static int? CountOf(string option, string? text, int most)
    {
        if (text is null)
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count >= 1 && count <= most
            ? count
            : throw Wrong($"{option} '{text}' is not a whole number from 1 to {most.ToString(CultureInfo.InvariantCulture)}", $"for instance: {option} 40");
    }

    private static long SeedOf(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long seed)
            ? seed
            : throw Wrong($"'{text}' is not a seed", "a seed is a whole number from 0 on");

    private static CommandException Wrong(string cause, string cure) => new(ConsoleErrorCodes.Usage, cause, cure);

}
