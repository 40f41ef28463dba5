using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Eco.Actors.Timeline.Sql;

/// <summary>How a person names a model: the beginning of its hash, or <c>ion/name@version</c> (without a version: the newest).</summary>
/// <param name="HashPrefix">Lower-case hexadecimal digits, or null.</param>
/// <param name="Ion">The ION, where no hash is given.</param>
/// <param name="Name">The model's name within the ION.</param>
/// <param name="Version">The version, or null for the newest.</param>
internal sealed record ModelName(string? HashPrefix, string? Ion, string? Name, long? Version)
{
    private const int LeastDigits = 4;

    public static bool TryParse(string text, [NotNullWhen(true)] out ModelName? name, [NotNullWhen(false)] out string? problem)
    {
        name = null;
        problem = null;
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
        {
            if (text.Length is < LeastDigits or > 64 || !text.All(char.IsAsciiHexDigit))
            {
                problem = $"'{text}' is neither the beginning of a hash nor ion/name@version";
                return false;
            }

            name = new ModelName(text.ToLowerInvariant(), null, null, null);
            return true;
        }

        int at = text.LastIndexOf('@');
        string model = at > slash ? text[(slash + 1)..at] : text[(slash + 1)..];
        long? version = null;
        if (at > slash)
        {
            if (!long.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long parsed))
            {
                problem = $"'{text[(at + 1)..]}' in '{text}' is not a version number";
                return false;
            }

            version = parsed;
        }

        if (slash == 0 || model.Length == 0)
        {
            problem = $"'{text}' lacks {(slash == 0 ? "the ION before" : "the name after")} '/'";
            return false;
        }

        name = new ModelName(null, text[..slash], model, version);
        return true;
    }
}
