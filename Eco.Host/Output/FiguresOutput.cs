using System.Text.Json;

namespace Eco.Host.Output;

/// <summary>How a measuring command ends: its figures on the standard output, and in a file where one is named.</summary>
internal static class FiguresOutput
{
    /// <summary>Prints and saves.</summary>
    /// <returns>The exit code.</returns>
    public static int Show(FiguresReport report, CommandOutput output, string? jsonFile)
    {
        if (output.Format == OutputFormat.Json)
        {
            using JsonDocument document = JsonDocument.Parse(report.ToJson());
            output.Json(document.RootElement);
        }
        else
        {
            if (report.RowTable() is { } rows)
            {
                output.Table(rows, "no rows");
                output.Line();
            }

            output.Table(report.ToTable(), "no figures");
        }

        if (jsonFile is not null)
        {
            report.Save(jsonFile);
        }

        return report.ExitCode;
    }
}
