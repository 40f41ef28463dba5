using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Eco.Actors.Console;
using Eco.Host.Commands;
using Eco.Host.Output;

namespace Eco.Host.Fuzzing;

/// <summary><c>eco fuzz</c>: mutated inputs for every parser.</summary>
internal static class FuzzCommand
{
    private const int DefaultInputs = 100_000;

    /// <summary>Makes the verb.</summary>
    public static Command Build(VerbBuilder builder)
    {
        var parser = new Option<string?>("--parser") { HelpName = "NAME", Description = $"One of: {string.Join(", ", FuzzTargets.Names)} (default: each)" };
        var inputs = new Option<string?>("--inputs") { HelpName = "N", Description = $"Inputs for each parser (default: {DefaultInputs.ToString(CultureInfo.InvariantCulture)})" };
        var seed = new Option<string?>("--seed") { HelpName = "S", Description = "Seed of the first input; each next one has the next (default: 1)" };
        Option<string?> json = VerbBuilder.FiguresFile();
        return builder.Verb(
            "fuzz",
            "Gives every parser mutated inputs: none may throw, take over 100 ms or allocate over 16 MB",
            [parser, inputs, seed, json],
            scope => Task.FromResult(Run(
                scope,
                NamesOf(scope.Parsed.GetValue(parser)),
                HostCommands.CountOf("--inputs", scope.Parsed.GetValue(inputs), int.MaxValue) ?? DefaultInputs,
                HostCommands.SeedsOf(scope.Parsed.GetValue(seed), null)[0],
                scope.Parsed.GetValue(json))));
    }

    /// <summary>The figures of all parsers.</summary>
    internal static FiguresReport Report(ImmutableArray<FuzzResult> results, long seed) => new(
        "fuzz",
        [seed],
        [.. results.SelectMany(result => new (string, Figure)[]
        {
            ($"{result.Parser}-inputs", Figure.Plain(result.Inputs, "inputs")),
            ($"{result.Parser}-unhandled", Figure.AtMost(result.Unhandled, "inputs", 0)),
            ($"{result.Parser}-slowest-ms", Figure.AtMost(result.SlowestMs, "ms", FuzzRunner.MostMilliseconds)),
            ($"{result.Parser}-largest-allocation-mb", Figure.AtMost(result.LargestAllocationMb, "MB", FuzzRunner.MostMegabytes)),
        })],
        [.. results.Select(result => ImmutableArray.Create<(string, object?)>(
            ("parser", result.Parser),
            ("inputs", result.Inputs),
            ("accepted", result.Accepted),
            ("unhandled", result.Unhandled),
            ("slowest-ms", result.SlowestMs),
            ("largest-allocation-mb", result.LargestAllocationMb),
            ("seconds", result.Seconds)))]);

    private static ImmutableArray<string> NamesOf(string? name) =>
        name is null ? FuzzTargets.Names
        : FuzzTargets.Names.Contains(name) ? [name]
        : throw new CommandException(
            ConsoleErrorCodes.Usage,
            $"there is no parser '{name}'",
            Nearest.Of(name, FuzzTargets.Names) is { } meant ? $"did you mean '{meant}'?" : $"the parsers are: {string.Join(", ", FuzzTargets.Names)}");

    private static int Run(CommandScope scope, ImmutableArray<string> names, long inputs, long seed, string? jsonFile)
    {
        var results = ImmutableArray.CreateBuilder<FuzzResult>();
        foreach (string name in names)
        {
            using IFuzzTarget target = FuzzTargets.Make(name, scope.Services);
            FuzzResult result = FuzzRunner.Run(
                target,
                inputs,
                (ulong)seed,
                scope.Services.Time,
                done => scope.Output.Note(string.Create(CultureInfo.InvariantCulture, $"{name}: {done} of {inputs} inputs")),
                scope.Cancellation);
            foreach (FuzzFailure failure in result.Failures)
            {
                scope.Output.Note(string.Create(CultureInfo.InvariantCulture, $"{name}, seed {failure.Seed}: {failure.Reason}"));
                scope.Output.Note($"  input: \"{failure.Input}\"");
                scope.Output.Note(string.Create(CultureInfo.InvariantCulture, $"  again: eco fuzz --parser {name} --seed {failure.Seed} --inputs 1"));
            }

            results.Add(result);
        }

        int exit = FiguresOutput.Show(Report(results.ToImmutable(), seed), scope.Output, jsonFile);
        return scope.Cancellation.IsCancellationRequested ? ExitCodes.Interrupted : exit;
    }
}
