using System.Collections.Immutable;

namespace Eco.Runtime.Hocon;

/// <summary>A document cannot be used. Holds everything that is wrong with it, each with its place.</summary>
public sealed class HoconException : Exception
{
    private const int ShownInMessage = 10;

    /// <summary>Makes the exception.</summary>
    /// <param name="diagnostics">What is wrong; at least one entry.</param>
    public HoconException(ImmutableArray<HoconDiagnostic> diagnostics)
        : base(Describe(diagnostics))
    {
        Diagnostics = diagnostics;
    }

    internal HoconException(HoconPosition position, string message, string? hint = null)
        : this([new HoconDiagnostic(position, message, hint)])
    {
    }

    /// <summary>What is wrong, in the order of the text.</summary>
    public ImmutableArray<HoconDiagnostic> Diagnostics { get; }

    private static string Describe(ImmutableArray<HoconDiagnostic> diagnostics)
    {
        var lines = diagnostics.Take(ShownInMessage).Select(d => d.ToString());
        string text = string.Join('\n', lines);
        return diagnostics.Length > ShownInMessage ? $"{text}\n... and {diagnostics.Length - ShownInMessage} more" : text;
    }
}
