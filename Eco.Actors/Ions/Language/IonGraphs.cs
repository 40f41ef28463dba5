namespace Eco.Actors.Ions.Language;

/// <summary>Cycles in small directed graphs. Iterative, so that a long chain needs no deep stack.</summary>
internal static class IonGraphs
{
    /// <summary>One cycle, its first name repeated at the end; null when there is none.</summary>
    public static IReadOnlyList<string>? FindCycle(IEnumerable<string> names, Func<string, IEnumerable<string>> next)
    {
        var done = new HashSet<string>(StringComparer.Ordinal);
        foreach (string start in names)
        {
            var way = new List<string>();
            var open = new Stack<IEnumerator<string>>();
            void Enter(string name)
            {
                way.Add(name);
                open.Push(next(name).GetEnumerator());
            }

            if (!done.Contains(start))
            {
                Enter(start);
            }

            while (open.TryPeek(out var choices))
            {
                if (!choices.MoveNext())
                {
                    open.Pop().Dispose();
                    done.Add(way[^1]);
                    way.RemoveAt(way.Count - 1);
                }
                else if (way.IndexOf(choices.Current) is >= 0 and var at)
                {
                    return [.. way[at..], choices.Current];
                }
                else if (!done.Contains(choices.Current))
                {
                    Enter(choices.Current);
                }
            }
        }

        return null;
    }

    /// <summary>The strongly connected groups that hold a cycle, each in the order of the names.</summary>
    public static IEnumerable<IReadOnlyList<string>> FindCyclicGroups(IReadOnlyCollection<string> names, Func<string, IEnumerable<string>> next)
    {
        var reach = names.ToDictionary(n => n, n => Reach(n, next), StringComparer.Ordinal);
        var placed = new HashSet<string>(StringComparer.Ordinal);
        foreach (string name in names)
        {
            if (placed.Contains(name) || !reach[name].Contains(name))
            {
                continue;
            }

            var group = names.Where(other => reach[name].Contains(other) && reach[other].Contains(name)).ToList();
            placed.UnionWith(group);
            yield return group;
        }
    }

    private static HashSet<string> Reach(string start, Func<string, IEnumerable<string>> next)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>([start]);
        while (open.TryPop(out string? name))
        {
            foreach (string further in next(name))
            {
                if (reached.Add(further))
                {
                    open.Push(further);
                }
            }
        }

        return reached;
    }
}
