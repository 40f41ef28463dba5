using System.Text.Encodings.Web;
using System.Text.Json;
using Eco.Actors.Console;
using Spectre.Console;

namespace Eco.Host.Output;

/// <summary>
/// Where a command writes: data to standard output in the format asked for, everything else to standard error. On a terminal tables are drawn;
/// otherwise they are plain lines.
/// </summary>
public sealed class CommandOutput
{
    private static readonly JsonWriterOptions JsonLayout = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Made when something is drawn: most commands, and every host, draw nothing and need not load what draws.
    private IAnsiConsole? _terminal;

    /// <summary>Writes to these streams.</summary>
    public CommandOutput(ConsoleIo io, OutputFormat format, bool color, bool verbose)
    {
        ArgumentNullException.ThrowIfNull(io);
        Io = io;
        Format = format;
        Verbose = verbose;
        Color = color && io.AllowColor;
    }

    /// <summary>The streams.</summary>
    public ConsoleIo Io { get; }

    /// <summary>The format of data.</summary>
    public OutputFormat Format { get; }

    /// <summary>Whether to show what only a developer needs.</summary>
    public bool Verbose { get; }

    /// <summary>Whether colour may be used.</summary>
    public bool Color { get; }

    /// <summary>Whether a live display can be drawn: a terminal that a person reads, and text asked for.</summary>
    public bool Live => Format == OutputFormat.Text && Io.OutIsTerminal && Color;

    /// <summary>Spectre's console over standard output, for live displays.</summary>
    public IAnsiConsole Terminal => _terminal ??= CreateTerminal();

    /// <summary>A line of text on standard output; control characters are taken out.</summary>
    public void Line(string text = "") => Io.Out.WriteLine(Plain.Clean(text));

    /// <summary>A remark on standard error.</summary>
    public void Note(string text) => Io.Error.WriteLine(Plain.Clean(text));

    /// <summary>A table, or what to say when it has no rows.</summary>
    public void Table(TextTable table, string whenEmpty)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (table.Rows.Count == 0)
        {
            Line(whenEmpty);
            return;
        }

        if (!Io.OutIsTerminal || !Color)
        {
            foreach (string line in table.PlainLines())
            {
                Line(line);
            }

            return;
        }

        Draw(table);
    }

    /// <summary>The JSON document of a command.</summary>
    public void Json(JsonElement document)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, JsonLayout))
        {
            document.WriteTo(writer);
        }

        Io.Out.WriteLine(System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }

    /// <summary>An error: a line of cause and a line of cure on standard error.</summary>
    public void Error(ConsoleError error)
    {
        ArgumentNullException.ThrowIfNull(error);
        if (!string.IsNullOrEmpty(error.Cause))
        {
            Io.Error.WriteLine($"eco: {Plain.Clean(error.Cause)}");
        }

        if (!string.IsNullOrEmpty(error.Cure))
        {
            Io.Error.WriteLine($"     {Plain.Clean(error.Cure)}");
        }
    }

    private void Draw(TextTable table)
    {
        var drawn = new Table { Border = TableBorder.Rounded };
        foreach (string heading in table.Headings)
        {
            drawn.AddColumn(new TableColumn(new Markup($"[bold]{Markup.Escape(heading)}[/]")));
        }

        foreach (var row in table.Rows)
        {
            drawn.AddRow(row.Select(cell => new Text(Plain.Clean(cell))).ToArray());
        }

        Terminal.Write(drawn);
    }

    private IAnsiConsole CreateTerminal()
    {
        IAnsiConsole terminal = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(Io.Out),
            Ansi = Color ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = Color ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = Io.OutIsTerminal && Color ? InteractionSupport.Yes : InteractionSupport.No,
        });
        terminal.Profile.Width = Io.Width;
        return terminal;
    }
}
