using System.CommandLine;
using System.Text.Json.Nodes;
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
                using JsonDocument document = JsonDocument.Parse(new JsonObject
                {
                    ["version"] = BuildInfo.Version,
                    ["commit"] = BuildInfo.Commit,
                    ["runtime"] = BuildInfo.Runtime,
                    ["os"] = BuildInfo.OperatingSystem,
                }.ToJsonString());
                scope.Output.Json(document.RootElement);
            }
            else
            {
                string commit = BuildInfo.Commit.Length > 0 ? $" ({BuildInfo.Commit[..Math.Min(12, BuildInfo.Commit.Length)]})" : "";
                scope.Output.Line($"eco {BuildInfo.Version}{commit}, {BuildInfo.Runtime}, {BuildInfo.OperatingSystem}");
            }

            return Task.FromResult(ExitCodes.Success);
        });
}
