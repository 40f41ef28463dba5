using System.Text.Json;
using Eco.Actors.Console;
using Eco.Actors.Ions.Language;
using Eco.Host.Composition;
using Eco.Host.Output;

namespace Eco.Host.Commands;

/// <summary>Draws the graph of an ION that a host knows, or of a file.</summary>
internal static class IonGraphs
{
    public static async Task ShowAsync(CommandScope scope, string ionOrFile, bool mermaid)
    {
        bool isFile = File.Exists(ionOrFile);
        string text = isFile ? IonFiles.Read(ionOrFile) : await SourceOfAsync(scope, ionOrFile).ConfigureAwait(false);
        IonParseResult parsed = IonParser.Parse(text, ionOrFile, EngineCatalogue.Default.Descriptors);
        if (parsed.Definition is not { } ion)
        {
            throw new CommandException(
                ConsoleErrorCodes.Invalid, $"'{ionOrFile}' is no valid ION, so it has no graph", "correct what the lines above name")
            {
                Details = [.. parsed.Diagnostics.Select(finding => finding.ToString())],
            };
        }

        string graph = mermaid ? IonGraphRenderer.RenderMermaid(ion) : IonGraphRenderer.RenderText(ion);
        if (scope.Output.Format == OutputFormat.Json)
        {
            var document = new GraphDocument(ion.Id, mermaid ? "mermaid" : "text", graph);
            scope.Output.Json(JsonSerializer.SerializeToElement(document, CommandJson.Default.GraphDocument));
            return;
        }

        foreach (string line in graph.TrimEnd('\n').Split('\n'))
        {
            scope.Output.Line(line);
        }
    }

    private static async Task<string> SourceOfAsync(CommandScope scope, string ion)
    {
        var (_, detail) = await scope.Host
            .AskAsync(ConsoleVerbs.IonShow, Arguments.Of(("ion", ion)), null, ConsoleJson.Default.IonDetailView, scope.Cancellation).ConfigureAwait(false);
        return detail.Source;
    }
}
