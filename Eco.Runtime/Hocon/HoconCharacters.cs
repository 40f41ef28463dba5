using System.Globalization;

namespace Eco.Runtime.Hocon;

/// <summary>The classes of characters of the specification.</summary>
internal static class HoconCharacters
{
    private const string Forbidden = "$\"{}[]:=,+#`^?!@*&\\";

    private static readonly bool[] AsciiUnquoted = MakeUnquoted();

    /// <summary>White space of any kind, the newline included.</summary>
    public static bool IsWhitespace(char c) => c < 128
        ? c is ' ' or (>= '\t' and <= '\r') or (>= '\u001c' and <= '\u001f')
        : c == '\ufeff' || char.GetUnicodeCategory(c) is UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    /// <summary>Whether the character may stand in an unquoted string; two slashes in a row are for the caller to see.</summary>
    public static bool IsUnquoted(char c) => c < 128 ? AsciiUnquoted[c] : !IsWhitespace(c);

    /// <summary>Whether a token that begins with this must begin with a number.</summary>
    public static bool IsNumberStart(char c) => char.IsAsciiDigit(c) || c == '-';

    /// <summary>Whether the character may occur in a number.</summary>
    public static bool IsNumberPart(char c) => char.IsAsciiDigit(c) || c is '-' or '+' or '.' or 'e' or 'E';

    /// <summary>Whether the text is a number in JSON's format.</summary>
    public static bool IsJsonNumber(ReadOnlySpan<char> text)
    {
        int i = text.StartsWith("-") ? 1 : 0;
        int whole = SkipDigits(text, i);
        if (whole == i || (text[i] == '0' && whole > i + 1))
        {
            return false;
        }

        i = whole;
        if (i < text.Length && text[i] == '.')
        {
            int fraction = SkipDigits(text, i + 1);
            if (fraction == i + 1)
            {
                return false;
            }

            i = fraction;
        }

        if (i < text.Length && text[i] is 'e' or 'E')
        {
            int digits = i + 1 < text.Length && text[i + 1] is '+' or '-' ? i + 2 : i + 1;
            int end = SkipDigits(text, digits);
            return end > digits && end == text.Length;
        }

        return i == text.Length;
    }

    /// <summary>How an error message shows a character.</summary>
    public static string Show(char c) => c switch
    {
        '\n' => "the end of the line",
        < ' ' or '\u007f' or > '\u007e' => string.Create(CultureInfo.InvariantCulture, $"U+{(int)c:X4}"),
        _ => $"'{c}'",
    };

    private static int SkipDigits(ReadOnlySpan<char> text, int from)
    {
        while (from < text.Length && char.IsAsciiDigit(text[from]))
        {
            from++;
        }

        return from;
    }

    private static bool[] MakeUnquoted()
    {
        var table = new bool[128];
        for (char c = '\0'; c < 128; c++)
        {
            table[c] = !IsWhitespace(c) && !Forbidden.Contains(c, StringComparison.Ordinal);
        }

        return table;
    }
}
