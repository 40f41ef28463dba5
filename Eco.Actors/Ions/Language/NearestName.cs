namespace Eco.Actors.Ions.Language;

/// <summary>Finds what somebody may have meant.</summary>
internal static class NearestName
{
    private const int ListedAtMost = 16;
    private const int ComparedLength = 64;

    /// <summary>The nearest candidate as a question, otherwise the candidates; null when there are none.</summary>
    public static string? Hint(string name, IEnumerable<string> candidates)
    {
        var all = candidates.Distinct(StringComparer.Ordinal).ToList();
        if (all.Count == 0)
        {
            return null;
        }

        var nearest = all.Select(c => (Name: c, Distance: Distance(name, c))).OrderBy(c => c.Distance).ThenBy(c => c.Name, StringComparer.Ordinal).First();
        if (nearest.Distance <= Math.Max(1, (Math.Min(name.Length, nearest.Name.Length) + 1) / 3))
        {
            return $"did you mean '{nearest.Name}'?";
        }

        string more = all.Count > ListedAtMost ? ", ..." : string.Empty;
        return $"known: {string.Join(", ", all.Take(ListedAtMost))}{more}";
    }

    /// <summary>Edits that turn one text into the other: insert, delete, replace, swap neighbours (optimal string alignment).</summary>
    internal static int Distance(string from, string to)
    {
        from = from.Length > ComparedLength ? from[..ComparedLength] : from;
        to = to.Length > ComparedLength ? to[..ComparedLength] : to;
        var table = new int[from.Length + 1, to.Length + 1];
        for (int i = 0; i <= from.Length; i++)
        {
            table[i, 0] = i;
        }

        for (int j = 0; j <= to.Length; j++)
        {
            table[0, j] = j;
        }

        for (int i = 1; i <= from.Length; i++)
        {
            for (int j = 1; j <= to.Length; j++)
            {
                int replace = table[i - 1, j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
                table[i, j] = Math.Min(replace, Math.Min(table[i - 1, j], table[i, j - 1]) + 1);
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                {
                    table[i, j] = Math.Min(table[i, j], table[i - 2, j - 2] + 1);
                }
            }
        }

        return table[from.Length, to.Length];
    }
}
