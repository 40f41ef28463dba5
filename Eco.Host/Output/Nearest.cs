namespace Eco.Host.Output;

/// <summary>Finds what a person probably meant.</summary>
public static class Nearest
{
    // More than that is another word, however long it is.
    private const int MostErrors = 8;

    /// <summary>The candidate with the fewest typing errors, if they are few enough for the word's length.</summary>
    public static string? Of(string word, IEnumerable<string> candidates)
    {
        ArgumentNullException.ThrowIfNull(word);
        ArgumentNullException.ThrowIfNull(candidates);
        int most = Math.Clamp(word.Length / 3, 1, MostErrors);
        return candidates
            .Where(candidate => Math.Abs(candidate.Length - word.Length) <= most || candidate.StartsWith(word, StringComparison.OrdinalIgnoreCase))
            .Select(candidate => (Candidate: candidate, Distance: Distance(word, candidate)))
            .Where(found => found.Distance <= most || found.Candidate.StartsWith(word, StringComparison.OrdinalIgnoreCase))
            .OrderBy(found => found.Distance)
            .ThenBy(found => found.Candidate, StringComparer.Ordinal)
            .Select(found => found.Candidate)
            .FirstOrDefault();
    }

    /// <summary>Insertions, deletions, replacements and swaps of neighbours (optimal string alignment), without regard to case.</summary>
    public static int Distance(string first, string second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        var distance = new int[first.Length + 1, second.Length + 1];
        for (int i = 0; i <= first.Length; i++)
        {
            for (int j = 0; j <= second.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    distance[i, j] = i + j;
                    continue;
                }

                bool same = Same(first[i - 1], second[j - 1]);
                int least = Math.Min(
                    Math.Min(distance[i - 1, j] + 1, distance[i, j - 1] + 1),
                    distance[i - 1, j - 1] + (same ? 0 : 1));
                bool swapped = i > 1 && j > 1 && Same(first[i - 1], second[j - 2]) && Same(first[i - 2], second[j - 1]);
                distance[i, j] = swapped ? Math.Min(least, distance[i - 2, j - 2] + 1) : least;
            }
        }

        return distance[first.Length, second.Length];
    }

    private static bool Same(char left, char right) => char.ToLowerInvariant(left) == char.ToLowerInvariant(right);
}
