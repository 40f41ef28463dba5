using System.Collections.Immutable;

namespace Eco.Actors.Ions.Language;

/// <summary>One difference between two versions of an ION.</summary>
/// <param name="Kind">What became of it.</param>
/// <param name="Node">The node that it concerns; null for the ION itself and for links.</param>
/// <param name="Subject">What it is: <c>node edge</c>, <c>link a -> b (model)</c>, <c>title</c>.</param>
/// <param name="Details">Of a change: each value, <c>key: old -> new</c>.</param>
public sealed record IonChange(IonChangeKind Kind, string? Node, string Subject, ImmutableArray<string> Details)
{
    /// <summary><c>+ node x</c>, <c>- node x</c> or <c>~ node x: key: old -> new; ...</c>.</summary>
    public override string ToString() => Kind switch
    {
        IonChangeKind.Added => $"+ {Subject}",
        IonChangeKind.Removed => $"- {Subject}",
        _ => $"~ {Subject}: {string.Join("; ", Details)}",
    };
}
