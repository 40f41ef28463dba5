using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Eco.Actors.Console;
using Eco.Host.Campaigns;
using Eco.Host.Campaigns.Faults;
using Eco.Host.Output;

namespace Eco.Host.Commands;

/// <summary><c>eco simulate</c>: fault campaigns in the simulated world.</summary>
internal static class SimulateCommand
{
    private const int KernelEvents = 2_000_000;
    private const int ShrinkingRuns = 80;

    /// <summary>Makes the verb.</summary>
    public static Command Build(VerbBuilder builder)
    {
        var seeds = new Option<string?>("--seeds") { HelpName = "A..B", Description = "All seeds from A to B (default: 1..20)" };
        var scenario = new Option<string?>("--scenario")
        {
            HelpName = "NAME",
            Description = $"One of: {string.Join("; ", CampaignScenario.All.Select(known => $"{known.Name} ({known.Description})"))}",
        };
        var faults = new Option<string?>("--faults") { HelpName = "FILE", Description = "Runs the one plan that this file holds, as a failure has left it" };
        var threads = new Option<string?>("--threads") { HelpName = "N", Description = "Worlds at a time (default: one for each processor)" };
        var kernel = new Option<bool>("--kernel-only") { Description = "Only measures the kernel: actors and timers, no journal, no network" };
        var hashes = new Option<bool>("--hashes") { Description = "Prints each seed with the hash of its run, to compare two processes" };
        var first = new Option<bool>("--first") { Description = "Ends at the first failure, without making its plan small" };
        var verify = new Option<string?>("--verify") { HelpName = "N", Description = "Runs N of the seeds once more in a second process and compares the hashes of the runs" };
        Option<string?> json = VerbBuilder.FiguresFile();
        return builder.Verb(
            "simulate",
            "Runs fault campaigns: a whole cluster in virtual time, a seed for each run, and oracles that look on",
            [seeds, scenario, faults, threads, kernel, hashes, first, verify, json],
            scope => Task.FromResult(Run(
                scope,
                new SimulateRequest(
                    scope.Parsed.GetValue(faults) is { } file ? file : null,
                    HostCommands.SeedsOf(null, scope.Parsed.GetValue(seeds) ?? "1..20"),
                    ScenarioOf(scope.Parsed.GetValue(scenario)),
                    HostCommands.CountOf("--threads", scope.Parsed.GetValue(threads), 256) ?? Environment.ProcessorCount,
                    scope.Parsed.GetValue(kernel),
                    scope.Parsed.GetValue(hashes),
                    scope.Parsed.GetValue(first),
                    HostCommands.CountOf("--verify", scope.Parsed.GetValue(verify), 10_000) ?? 0,
                    scope.Parsed.GetValue(json)))));
    }

    private static CampaignScenario ScenarioOf(string? name)
    {
        string wanted = name ?? CampaignScenario.Default;
        return CampaignScenario.All.FirstOrDefault(known => known.Name == wanted) ?? throw new CommandException(
            ConsoleErrorCodes.Usage,
            $"there is no scenario '{wanted}'",
            Nearest.Of(wanted, CampaignScenario.All.Select(known => known.Name)) is { } meant
                ? $"did you mean '{meant}'?"
                : $"the scenarios are: {string.Join(", ", CampaignScenario.All.Select(known => known.Name))}");
    }

    private static int Run(CommandScope scope, SimulateRequest request)
    {
        if (request.FaultFile is { } file)
        {
            return RunFile(scope, file);
        }

        TimeProvider clock = scope.Services.Time;
        double? kernelRate = request.Hashes || request.First ? null : MeasureKernel(clock);
        var totals = new CampaignTotals();
        long start = clock.GetTimestamp();
        if (!request.KernelOnly)
        {
            CampaignRunner.Run(
                request.Seeds, request.Scenario, request.Threads, totals, Progress, () => request.First && totals.FailedSeeds > 0, scope.Cancellation);
        }

        double seconds = clock.GetElapsedTime(start).TotalSeconds;
        if (request.Hashes)
        {
            foreach ((ulong seed, ulong hash) in totals.Hashes)
            {
                scope.Output.Line(string.Create(CultureInfo.InvariantCulture, $"{seed} {hash:x16}"));
            }

            return ExitCodes.Success;
        }

        foreach (CampaignResult failure in totals.Failures)
        {
            Explain(scope, failure, request.First ? 0 : ShrinkingRuns);
        }

        int different = request.Verify > 0 && !request.KernelOnly ? CampaignTwins.Compare(totals.Hashes, request.Scenario, request.Verify, scope.Output.Note) : 0;
        ImmutableArray<long> done = [.. totals.Hashes.Keys.Select(seed => (long)seed)];
        FiguresReport report = CampaignReport.Of(done, totals, request.Verify > 0 ? different : null, Math.Min(request.Threads, Math.Max(1, request.Seeds.Length)), seconds, kernelRate);
        int exit = FiguresOutput.Show(report, scope.Output, request.JsonFile);
        return scope.Cancellation.IsCancellationRequested ? ExitCodes.Interrupted : exit;

        void Progress()
        {
            double elapsed = clock.GetElapsedTime(start).TotalSeconds;
            scope.Output.Note(string.Create(
                CultureInfo.InvariantCulture,
                $"{totals.Seeds} of {request.Seeds.Length} seeds, {totals.Seeds / elapsed:F1} seeds/s, {totals.Events / elapsed:F0} events/s, {totals.FailedSeeds} failures"));
        }
    }

    private static double MeasureKernel(TimeProvider clock)
    {
        KernelCampaign.Run(1, KernelEvents / 4);
        long start = clock.GetTimestamp();
        long handled = KernelCampaign.Run(2, KernelEvents);
        return handled / clock.GetElapsedTime(start).TotalSeconds;
    }

    private static int RunFile(CommandScope scope, string file)
    {
        CampaignPlan plan;
        try
        {
            plan = FaultFile.Read(File.ReadAllText(file));
        }
        catch (Exception error) when (error is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                error is FormatException ? ConsoleErrorCodes.Usage : ConsoleErrorCodes.NotFound,
                $"'{file}' holds no plan: {error.Message}",
                "name a file that a failed campaign has written",
                error);
        }

        CampaignResult result = CampaignRun.Run(plan, CampaignSeams.None);
        scope.Output.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"seed {plan.Settings.Seed}, {plan.Faults.Length} faults, {result.Events} events, {result.VirtualTime.TotalSeconds:F0} virtual seconds, trace {result.TraceHash:x16}"));
        if (result.Failure is null)
        {
            scope.Output.Line("no promise is broken");
            return ExitCodes.Success;
        }

        scope.Output.Line(result.Failure);
        scope.Output.Note(result.Story);
        return ExitCodes.GoalNotMet;
    }

    private static void Explain(CommandScope scope, CampaignResult failure, int attempts)
    {
        CampaignPlan plan = failure.Plan;
        scope.Output.Note(string.Create(
            CultureInfo.InvariantCulture, $"seed {plan.Settings.Seed} (commit {BuildInfo.Commit}): {failure.Failure}"));
        scope.Output.Note("  " + string.Join(", ", plan.Settings.Lines.Select(line => $"{line.Name} {line.Value}")));
        string promise = PromiseOf(failure.Failure!);
        CampaignPlan small = FaultShrinker.Shrink(
            plan,
            smaller => CampaignRun.Run(smaller, CampaignSeams.None).Failure is { } again && PromiseOf(again) == promise,
            scope.Cancellation.IsCancellationRequested ? 0 : attempts);
        string file = string.Create(CultureInfo.InvariantCulture, $"campaign-{plan.Settings.Scenario}-{plan.Settings.Seed}{FaultFile.Extension}");
        File.WriteAllText(file, FaultFile.Write(small, failure.Failure));
        scope.Output.Note(string.Create(
            CultureInfo.InvariantCulture, $"  {small.Faults.Length} of its {plan.Faults.Length} faults are enough: eco simulate --faults {file}"));
        foreach (PlannedFault fault in small.Faults)
        {
            scope.Output.Note("  " + fault);
        }
    }

    private static string PromiseOf(string failure) => failure.Split(':')[0];

    private sealed record SimulateRequest(
        string? FaultFile, ImmutableArray<long> Seeds, CampaignScenario Scenario, int Threads, bool KernelOnly, bool Hashes, bool First, int Verify, string? JsonFile);
}
