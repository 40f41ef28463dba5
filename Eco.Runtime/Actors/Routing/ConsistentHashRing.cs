using System.Globalization;

namespace Eco.Runtime.Actors.Routing;

/// <summary>Points on a ring, several for each routee; a key belongs to the next point.</summary>
internal sealed class ConsistentHashRing
{
    private readonly ulong[] _points;
    private readonly int[] _owners;

    private ConsistentHashRing(ulong[] points, int[] owners)
    {
        _points = points;
        _owners = owners;
    }

    public static ConsistentHashRing Empty { get; } = new([], []);

    public static ConsistentHashRing Of(IReadOnlyList<Routee> routees, int virtualNodesFactor)
    {
        var points = new List<(ulong Point, string Name, int Owner)>(routees.Count * virtualNodesFactor);
        for (int owner = 0; owner < routees.Count; owner++)
        {
            // By name, not by place in the list: a routee keeps its points when another one goes.
            string name = routees[owner] is ActorRefRoutee routee ? routee.Actor.Path.Address : routees[owner].ToString();
            for (int i = 0; i < virtualNodesFactor; i++)
            {
                points.Add((ConsistentHash.Of($"{name}#{i.ToString(CultureInfo.InvariantCulture)}"), name, owner));
            }
        }

        points.Sort(static (a, b) => a.Point != b.Point ? a.Point.CompareTo(b.Point) : string.CompareOrdinal(a.Name, b.Name));
        return new ConsistentHashRing([.. points.Select(p => p.Point)], [.. points.Select(p => p.Owner)]);
    }

    public int OwnerOf(ulong hash)
    {
        int index = Array.BinarySearch(_points, hash);
        if (index < 0)
        {
            index = ~index;
        }

        return _owners[index < _points.Length ? index : 0];
    }
}
