using System.CommandLine;
using Eco.Actors.Console;
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
            Measuring(builder, "hocon", "HOCON documents of 0.1, 1 and 10 MB, on one processor"),
            OnFolder(
                builder,
                "journal",
                "The journal: durable events, one writer that awaits each, recovery; with synchronous=FULL",
                "The folder on whose disk to measure (default: the working directory)"),
            OnFolder(
                builder,
                "cluster",
                "A cluster: 512 agents for real, 10,000 simulated, memory and start of a few (half an hour; needs root, RabbitMQ, PostgreSQL)",
                "The folder for the clusters' state while they run (default: the working directory)"),
            Worker(builder),
        ]);

    private static Command Measuring(VerbBuilder builder, string name, string description)
    {
        Option<string?> json = VerbBuilder.FiguresFile();
        Option<bool> quick = QuickOption();
        return builder.Verb(name, description, [json, quick], scope => scope.Services.Runner.BenchAsync(
            new BenchRun(name, scope.Parsed.GetValue(quick), scope.Parsed.GetValue(json)), scope.Output, scope.Cancellation));
    }

    private static Command OnFolder(VerbBuilder builder, string name, string description, string folderIs)
    {
        Option<string?> json = VerbBuilder.FiguresFile();
        Option<bool> quick = QuickOption();
        var folder = new Option<string?>("--folder") { HelpName = "DIR", Description = folderIs };
        return builder.Verb(
            name,
            description,
            [json, quick, folder],
            scope =>
            {
                string place = scope.Parsed.GetValue(folder) ?? ".";
                return Directory.Exists(place)
                    ? scope.Services.Runner.BenchAsync(
                        new BenchRun(name, scope.Parsed.GetValue(quick), scope.Parsed.GetValue(json), place), scope.Output, scope.Cancellation)
                    : throw new CommandException(
                        ConsoleErrorCodes.NotFound, $"there is no folder '{place}'", "name a folder on the disk to be measured with --folder DIR");
            });
    }

    private static Command Worker(VerbBuilder builder)
    {
        var name = new Argument<string>("name") { HelpName = "NAME", Description = "kernel or hocon" };
        var pinned = new Option<bool>(BenchWorker.PinnedOption) { Description = "On one processor" };
        Option<bool> quick = QuickOption();
        Command worker = builder.Verb(
            BenchWorker.Verb,
            "One run of a benchmark, which starts it",
            [name.AcceptOnlyFromAmong("kernel", "hocon"), pinned, quick],
            scope => scope.Parsed.GetValue(pinned)
                ? Task.FromResult(BenchWorker.RunPinned(scope.Required(name), scope.Parsed.GetValue(quick)))
                : scope.Services.Runner.BenchWorkAsync(
                    new BenchRun(scope.Required(name), scope.Parsed.GetValue(quick)), scope.Output, scope.Cancellation));
        worker.Hidden = true;
        return worker;
    }

    private static Option<bool> QuickOption() =>
        new(BenchWorker.QuickOption) { Description = "One small run, to see that it works; too little for figures" };
}
