using System.CommandLine;
using Eco.Host.Benchmarks;

namespace Eco.Host.Commands;

/// <summary>The verbs that measure this machine and this build, in real time.</summary>
internal static class BenchCommands
{
    public static Command Build(VerbBuilder builder) => VerbBuilder.Group(
        "bench",
        "Measures speed on this machine, beside yardsticks, and prints the figures with their goals",
        [
            Measuring(builder, "kernel", "The actor kernel: messages, questions, restarts, actors, timers; on one processor and on all (minutes)"),
            Worker(builder),
        ]);

    private static Command Measuring(VerbBuilder builder, string name, string description)
    {
        var json = new Option<string?>("--json") { HelpName = "FILE", Description = "Also write the figures as JSON (docs/figures.md)" };
        Option<bool> quick = QuickOption();
        return builder.Verb(name, description, [json, quick], scope => scope.Services.Runner.BenchAsync(
            new BenchRun(name, scope.Parsed.GetValue(quick), scope.Parsed.GetValue(json)), scope.Output, scope.Cancellation));
    }

    private static Command Worker(VerbBuilder builder)
    {
        var pinned = new Option<bool>(BenchWorker.PinnedOption) { Description = "On one processor" };
        Option<bool> quick = QuickOption();
        Command worker = builder.Verb(
            BenchWorker.Verb,
            "One run of 'bench kernel', which starts it",
            [pinned, quick],
            scope => scope.Parsed.GetValue(pinned)
                ? Task.FromResult(BenchWorker.RunPinned(scope.Parsed.GetValue(quick)))
                : scope.Services.Runner.BenchWorkAsync(scope.Parsed.GetValue(quick), scope.Output, scope.Cancellation));
        worker.Hidden = true;
        return worker;
    }

    private static Option<bool> QuickOption() =>
        new(BenchWorker.QuickOption) { Description = "One small run, to see that it works; too little for figures" };
}
