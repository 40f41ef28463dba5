using System.CommandLine;
using System.Text.Json;
using Eco.Host.Output;

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

    public static Command Doctor(VerbBuilder builder) => builder.Verb(
        "doctor",
        "Looks at what a host needs: SDK, disk, state directory, journals, socket, clock",
        [],
        async scope =>
        {
            IReadOnlyList<DoctorCheck> checks =
                await new Doctor(scope.State, scope.Services, scope.Host).ExamineAsync(scope.Cancellation).ConfigureAwait(false);
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
        });

    private static string Word(DoctorOutcome outcome) => outcome switch
    {
        DoctorOutcome.Ok => "ok",
        DoctorOutcome.Warn => "warn",
        _ => "fail",
    };
}
