namespace Eco.Runtime.Hocon;

/// <summary>One thing that is wrong with a document.</summary>
/// <param name="Position">Where.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Hint">What would be right, or null where nothing useful can be said.</param>
public sealed record HoconDiagnostic(HoconPosition Position, string Message, string? Hint = null)
{
    /// <summary><c>file:line:column: message (hint)</c>.</summary>
    public override string ToString() => Hint is null ? $"{Position}: {Message}" : $"{Position}: {Message} ({Hint})";
}
