using System.CommandLine;
using System.Text.Json;
using Eco.Host.Composition;
using Eco.Host.Output;
using Eco.Host.State;

namespace Eco.Host.Commands;

/// <summary>Verbs about the program itself.</summary>
internal static class AboutCommands
{
    public static Command Version(VerbBuilder builder) => builder.Verb(
        "version",
        "Says which build this is",
        [],
        scope =>
        {
            if (scope.Output.Format == OutputFormat.Json)
            {
                var view = new VersionLine(BuildInfo.Version, BuildInfo.Commit, BuildInfo.Runtime, BuildInfo.OperatingSystem);
                scope.Output.Json(JsonSerializer.SerializeToElement(view, CommandJson.Default.VersionLine));
            }
            else
            {
                string commit = BuildInfo.Commit.Length > 0 ? $" ({BuildInfo.Commit[..Math.Min(12, BuildInfo.Commit.Length)]})" : "";
                scope.Output.Line($"eco {BuildInfo.Version}{commit}, {BuildInfo.Runtime}, {BuildInfo.OperatingSystem}");
            }

            return Task.FromResult(ExitCodes.Success);
        });

    public static Command Doctor(VerbBuilder builder)
    {
        var file = new Option<string?>("--config", "-c") { HelpName = "FILE", Description = "A host's configuration: looks at its brokers, too" };
        return builder.Verb(
            "doctor",
            "Looks at what a host needs: SDK, disk, state directory, journals, socket, clock, brokers",
            [file],
            scope => ExamineAsync(scope, scope.Parsed.GetValue(file)));
    }

    private static async Task<int> ExamineAsync(CommandScope scope, string? file)
    {
        HostOptions? options = file is null ? null : HostOptionsReader.ReadFile(file);
        StateDirectory state = scope.GivenState ?? (options is null ? scope.State : new StateDirectory(options.State));
        IReadOnlyList<DoctorCheck> checks =
            await new Doctor(state, scope.Services, new HostGateway(state, scope.Services)).ExamineAsync(options, scope.Cancellation).ConfigureAwait(false);
        if (scope.Output.Format == OutputFormat.Json)
        {
            scope.Output.Json(JsonSerializer.SerializeToElement(
                [.. checks.Select(check => new DoctorLine(check.Name, Word(check.Outcome), check.Text, check.Cure))],
                CommandJson.Default.DoctorLineArray));
        }
        else
        {
            foreach (DoctorCheck check in checks)
            {
                scope.Output.Line($"{Word(check.Outcome),-4}  {check.Name}: {check.Text}{(check.Cure.Length > 0 ? $" -> {check.Cure}" : "")}");
            }
        }

        return checks.Any(check => check.Outcome == DoctorOutcome.Fail) ? ExitCodes.Failure : ExitCodes.Success;
    }

    private static string Word(DoctorOutcome outcome) => outcome switch
    {
        DoctorOutcome.Ok => "ok",
        DoctorOutcome.Warn => "warn",
        _ => "fail",
    };
}
