using System.Globalization;

namespace Eco.Runtime.Hocon;

/// <summary>Where something stands in a text.</summary>
/// <param name="File">The file's name as the reader was given it, or another name of the source.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in UTF-16 code units; a tab counts as one.</param>
public readonly record struct HoconPosition(string File, int Line, int Column)
{
    /// <summary><c>file:line:column</c>, as editors and terminals recognise it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}:{Column}");
}
