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

    /// <summary>Whether the text is a number: JSON's format, leading zeros and a dot without digits on one of its sides allowed.</summary>
    public static bool IsNumber(ReadOnlySpan<char> text)
    {
        int start = text.StartsWith("-") ? 1 : 0;
        int end = SkipDigits(text, start);
        int digits = end - start;
        if (end < text.Length && text[end] == '.')
        {
            int fraction = SkipDigits(text, end + 1);
            digits += fraction - end - 1;
            end = fraction;
        }

        if (digits == 0 || end == text.Length)
        {
            return digits > 0;
        }

        if (text[end] is not ('e' or 'E'))
        {
            return false;
        }

        int exponent = end + 1 < text.Length && text[end + 1] is '+' or '-' ? end + 2 : end + 1;
        return exponent < text.Length && SkipDigits(text, exponent) == text.Length;
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
