using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using Eco.Actors.Console;
using Eco.Host.Commands;

namespace Eco.Host.Output;

/// <summary>
/// What a measuring command found: <c>{"command", "version", "seeds", "machine", "figures": {NAME: {"value", "unit", "goal", "met"}},
/// "rows": [...]}</c>. The names are those of <c>docs/figures.md</c>.
/// </summary>
/// <param name="Command">The command line without its options, such as <c>experiment federated-kmeans</c>.</param>
/// <param name="Seeds">The seeds that it ran with; may be empty.</param>
/// <param name="Figures">By name, in the order of printing.</param>
/// <param name="Rows">What the figures were made of, a row per run or series: by column a number, a text or null.</param>
public sealed record FiguresReport(
    string Command,
    ImmutableArray<long> Seeds,
    ImmutableArray<(string Name, Figure Figure)> Figures,
    ImmutableArray<ImmutableArray<(string Column, object? Value)>> Rows)
{
    private static readonly JsonWriterOptions Layout = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>0, or the exit code of a goal that is not met.</summary>
    public int ExitCode => Figures.Any(entry => entry.Figure.Met == false) ? ExitCodes.GoalNotMet : ExitCodes.Success;

    /// <summary>The figures as a table for people.</summary>
    public TextTable ToTable()
    {
        var table = new TextTable("FIGURE", "VALUE", "UNIT", "GOAL", "MET");
        foreach ((string name, Figure figure) in Figures)
        {
            table.Add(
                name,
                Plain.Number(figure.Value),
                figure.Unit,
                Plain.OrDash(figure.Goal),
                figure.Met switch { true => "yes", false => "NO", null => "-" });
        }

        return table;
    }

    /// <summary>What the figures were made of, as a table for people; null if there is nothing.</summary>
    public TextTable? RowTable()
    {
        if (Rows.IsEmpty)
        {
            return null;
        }

        var table = new TextTable([.. Rows[0].Select(cell => cell.Column.ToUpperInvariant())]);
        foreach (ImmutableArray<(string Column, object? Value)> row in Rows)
        {
            table.Add([.. row.Select(cell => cell.Value switch
            {
                null => "-",
                double number => Plain.Number(number),
                long number => Plain.Number(number),
                _ => cell.Value.ToString() ?? "-",
            })]);
        }

        return table;
    }

    /// <summary>The JSON document.</summary>
    public byte[] ToJson()
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Layout))
        {
            Write(writer);
        }

        return buffer.ToArray();
    }

    /// <summary>Writes the JSON document to a file, all or nothing.</summary>
    /// <exception cref="CommandException">The file cannot be written.</exception>
    public void Save(string path) => Guard(path, () =>
    {
        File.WriteAllBytes(Temporary(path), [.. ToJson(), (byte)'\n']);
        File.Move(Temporary(path), path, overwrite: true);
    });

    /// <summary>Finds out before minutes of measuring whether <see cref="Save"/> can work afterwards.</summary>
    /// <exception cref="CommandException">The file cannot be written.</exception>
    public static void RequireWritable(string? path)
    {
        if (path is not null)
        {
            Guard(path, () =>
            {
                if (path.Length == 0 || Directory.Exists(path))
                {
                    throw new IOException(path.Length == 0 ? "it names no file" : "it is a folder");
                }

                File.WriteAllBytes(Temporary(path), []);
                File.Delete(Temporary(path));
            });
        }
    }

    private static string Temporary(string path) => path + ".tmp";

    private static void Guard(string path, Action write)
    {
        try
        {
            write();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                ConsoleErrorCodes.Internal, $"the figures cannot be written to '{path}': {error.Message}", "name a file that can be written with --json", error);
        }
    }

    private void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("command", Command);
        writer.WriteString("version", BuildInfo.Version);
        writer.WriteStartArray("seeds");
        foreach (long seed in Seeds)
        {
            writer.WriteNumberValue(seed);
        }

        writer.WriteEndArray();
        writer.WriteString("machine", BuildInfo.Machine);
        writer.WriteStartObject("figures");
        foreach ((string name, Figure figure) in Figures)
        {
            writer.WriteStartObject(name);
            WriteValue(writer, "value", figure.Value);
            writer.WriteString("unit", figure.Unit);
            WriteValue(writer, "goal", figure.Goal);
            WriteValue(writer, "met", figure.Met);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteStartArray("rows");
        foreach (ImmutableArray<(string Column, object? Value)> row in Rows)
        {
            writer.WriteStartObject();
            foreach ((string column, object? value) in row)
            {
                WriteValue(writer, column, value);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter writer, string name, object? value)
    {
        switch (value)
        {
            case double number when double.IsFinite(number):
                writer.WriteNumber(name, number);
                break;
            case null or double:
                writer.WriteNull(name);
                break;
            case bool flag:
                writer.WriteBoolean(name, flag);
                break;
            case int number:
                writer.WriteNumber(name, number);
                break;
            case long number:
                writer.WriteNumber(name, number);
                break;
            case string text:
                writer.WriteString(name, text);
                break;
            default:
                throw new ArgumentException($"column '{name}' holds a {value.GetType().Name}; a number, a text, a flag or null fits", nameof(value));
        }
    }
}
