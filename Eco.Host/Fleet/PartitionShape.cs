using System.Collections.Immutable;

namespace Eco.Host.Fleet;

/// <summary>How Jepsen's tests cut a cluster's network; each cut is a list of who is not heard by whom.</summary>
internal static class PartitionShape
{
    /// <summary>The shapes, by name.</summary>
    public static ImmutableArray<string> Names { get; } = ["random-node", "halves", "random-halves", "majorities-ring"];

    /// <summary>Who is not heard by whom in a shape.</summary>
    /// <param name="shape">One of <see cref="Names"/>.</param>
    /// <param name="members">At least two.</param>
    /// <param name="random">Decides where the shape leaves a choice.</param>
    public static ImmutableArray<(string From, string To)> Of(string shape, ImmutableArray<string> members, Random random) => shape switch
    {
        "random-node" => Split(members, [members[random.Next(members.Length)]]),
        "halves" => Split(members, members[..(members.Length / 2)]),
        "random-halves" => Split(members, Shuffled(members, random)[..(members.Length / 2)]),
        "majorities-ring" => Ring(Shuffled(members, random)),
        _ => throw new ArgumentOutOfRangeException(nameof(shape), shape, $"the shapes are: {string.Join(", ", Names)}"),
    };

    private static ImmutableArray<(string From, string To)> Split(ImmutableArray<string> members, ImmutableArray<string> part) =>
    [
        .. from one in part
           from other in members.Except(part)
           from pair in (ImmutableArray<(string, string)>)[(one, other), (other, one)]
           select pair,
    ];

    // Everybody hears a majority, and no two the same one.
    private static ImmutableArray<(string From, string To)> Ring(ImmutableArray<string> members)
    {
        int majority = (members.Length / 2) + 1;
        var pairs = ImmutableArray.CreateBuilder<(string, string)>();
        for (int first = 0; first < members.Length; first++)
        {
            string[] heard = [.. Enumerable.Range(first, majority).Select(index => members[index % members.Length])];
            string listener = heard[majority / 2];
            pairs.AddRange(members.Except(heard).Select(unheard => (unheard, listener)));
        }

        return pairs.ToImmutable();
    }

    private static ImmutableArray<string> Shuffled(ImmutableArray<string> members, Random random)
    {
        string[] order = [.. members];
        random.Shuffle(order);
        return [.. order];
    }
}
