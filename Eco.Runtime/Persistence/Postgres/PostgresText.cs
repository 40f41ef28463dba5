using System.Text;

namespace Eco.Runtime.Persistence.Postgres;

/// <summary>Texts as PostgreSQL can hold them.</summary>
internal static class PostgresText
{
    /// <summary>A text without NUL and without halves of surrogate pairs, which the server takes in no column: each becomes U+FFFD.</summary>
    public static string Storable(string text)
    {
        StringBuilder? changed = null;
        for (int i = 0; i < text.Length; i++)
        {
            bool isPair = char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]);
            if (!isPair && (text[i] == '\0' || char.IsSurrogate(text[i])))
            {
                changed ??= new StringBuilder(text);
                changed[i] = '\uFFFD';
            }

            i += isPair ? 1 : 0;
        }

        return changed?.ToString() ?? text;
    }
}
