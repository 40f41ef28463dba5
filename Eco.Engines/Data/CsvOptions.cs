using System.Collections.Immutable;

namespace Eco.Engines.Data;

/// <summary>How a CSV file is read.</summary>
public sealed record CsvOptions
{
    /// <summary>The character between fields.</summary>
    public char Delimiter { get; init; } = ',';

    /// <summary>Whether the first line names the columns. Without names, columns are numbers from 1.</summary>
    public bool Header { get; init; } = true;

    /// <summary>Feature columns in the order wanted; empty for all but the label.</summary>
    public ImmutableArray<string> Features { get; init; } = [];

    /// <summary>The label column, or null.</summary>
    public string? Label { get; init; }
}
