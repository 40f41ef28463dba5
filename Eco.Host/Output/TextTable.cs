using System.Collections.Immutable;

namespace Eco.Host.Output;

/// <summary>Rows under headings, as data: how they are drawn is decided at writing.</summary>
public sealed class TextTable
{
    private readonly List<ImmutableArray<string>> _rows = [];

    /// <summary>A table with these headings.</summary>
    public TextTable(params ReadOnlySpan<string> headings) => Headings = [.. headings];

    /// <summary>The headings.</summary>
    public ImmutableArray<string> Headings { get; }

    /// <summary>The rows, each with a cell per heading.</summary>
    public IReadOnlyList<ImmutableArray<string>> Rows => _rows;

    /// <summary>Adds a row.</summary>
    /// <exception cref="ArgumentException">It has not a cell per heading.</exception>
    public TextTable Add(params ReadOnlySpan<string> cells)
    {
        if (cells.Length != Headings.Length)
        {
            throw new ArgumentException($"a row of {cells.Length} cells under {Headings.Length} headings", nameof(cells));
        }

        _rows.Add([.. cells]);
        return this;
    }

    /// <summary>Columns padded with blanks, two between them, no rules: easy to cut, the same everywhere.</summary>
    public IEnumerable<string> PlainLines()
    {
        int[] widths = [.. Headings.Select((heading, column) => _rows.Select(row => row[column].Length).Append(heading.Length).Max())];
        return _rows.Prepend(Headings).Select(row => string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }
}
