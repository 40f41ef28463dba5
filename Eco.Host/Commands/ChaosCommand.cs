using System.CommandLine;
using System.Globalization;
using Eco.Actors.Console;
using Eco.Host.Chaos;
using Eco.Host.Fleet;
using Eco.Host.Output;

namespace Eco.Host.Commands;

/// <summary><c>eco chaos</c>: faults on real processes, under load, and what became of what was accepted.</summary>
internal static class ChaosCommand
{
    private const int MostMinutes = 24 * 60;

    /// <summary>Makes the verb.</summary>
    public static Command Build(VerbBuilder builder)
    {
        var minutes = new Option<string?>("--minutes") { HelpName = "M", Description = $"How long faults are injected (default: {ChaosOptions.GoalMinutes})" };
        var seed = new Option<string?>("--seed") { HelpName = "S", Description = "Decides which faults, when, and on whom (default: 1)" };
        Option<string?> json = VerbBuilder.FiguresFile();
        return builder.Verb(
            "chaos",
            "Kills, pauses and cuts off agents, servers and brokers of a real cluster under load, and checks that nothing is lost or done twice",
            [minutes, seed, json],
            async scope =>
            {
                EcoFleet.RequirePrerequisites(isolated: true);
                var options = new ChaosOptions(
                    HostCommands.CountOf("--minutes", scope.Parsed.GetValue(minutes), MostMinutes) ?? ChaosOptions.GoalMinutes,
                    HostCommands.CountOf("--seed", scope.Parsed.GetValue(seed), int.MaxValue) ?? 1);
                FiguresReport report = await ChaosRun.RunAsync(
                    options, FolderOf(scope, options), scope.Services.Time, scope.Output.Note, scope.Cancellation).ConfigureAwait(false);
                return FiguresOutput.Show(report, scope.Output, scope.Parsed.GetValue(json));
            });
    }

    // A cluster of its own: what it does to one nobody wants done to theirs.
    private static string FolderOf(CommandScope scope, ChaosOptions options)
    {
        string folder = scope.GivenState?.Root ?? Path.Combine(
            Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"eco-chaos-{options.Seed}-{Environment.ProcessId}"));
        return EcoFleet.Load(folder) is null ? folder : throw new CommandException(
            ConsoleErrorCodes.Refused,
            $"'{folder}' has a cluster already",
            "leave out --state, or name a directory without one: chaos makes a cluster of its own");
    }
}
