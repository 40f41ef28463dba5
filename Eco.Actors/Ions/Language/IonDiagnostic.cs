using System.Globalization;

namespace Eco.Actors.Ions.Language;

/// <summary>One thing that was found in an ION's text.</summary>
/// <param name="Severity">How bad it is.</param>
/// <param name="File">The file, or another name of the text.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
/// <param name="Path">The key's path, such as <c>ion.nodes.edge.run</c>; empty where the text does not parse.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Hint">What would be right, or null.</param>
public sealed record IonDiagnostic(IonSeverity Severity, string File, int Line, int Column, string Path, string Message, string? Hint)
{
    /// <summary><c>file:line:column</c>.</summary>
    public string Where => string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}:{Column}");

    /// <summary><c>file:line:column: error: path: message (hint)</c>.</summary>
    public override string ToString()
    {
        string severity = Severity == IonSeverity.Error ? "error" : "warning";
        string path = Path.Length == 0 ? string.Empty : $"{Path}: ";
        return Hint is null ? $"{Where}: {severity}: {path}{Message}" : $"{Where}: {severity}: {path}{Message} ({Hint})";
    }
}
