using System.Collections.Immutable;

namespace Eco.Runtime.Hocon;

/// <summary>What a document may draw on beside its own text.</summary>
public sealed record HoconOptions
{
    /// <summary>No includes, no environment, the default limits.</summary>
    public static HoconOptions Default { get; } = new();

    /// <summary>Bounds on the cost.</summary>
    public HoconLimits Limits { get; init; } = HoconLimits.Default;

    /// <summary>
    /// Where substitutions look for what the document does not define. Handed in rather than read, so that the same document always gives
    /// the same tree.
    /// </summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Where included documents come from; null makes every include an error.</summary>
    public IIncludeSource? Includes { get; init; }
}
