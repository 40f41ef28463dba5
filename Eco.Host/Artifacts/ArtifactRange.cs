using System.Globalization;

namespace Eco.Host.Artifacts;

/// <summary>The bytes of an artefact that a request is about.</summary>
/// <param name="From">The first.</param>
/// <param name="Count">How many.</param>
internal readonly record struct ArtifactRange(long From, long Count)
{
    private const string Unit = "bytes";

    /// <summary>Reads the header <c>Range</c> of a request: one range, as RFC 9110 has it. Anything else asks for the whole, which the RFC allows.</summary>
    /// <param name="header">The header's text; null if there is none.</param>
    /// <param name="length">The artefact's bytes.</param>
    /// <param name="range">What is to be sent.</param>
    /// <returns>False if the range lies outside of the artefact.</returns>
    public static bool TryRead(string? header, long length, out ArtifactRange range)
    {
        range = new ArtifactRange(0, length);
        if (header is null || !header.StartsWith(Unit + "=", StringComparison.OrdinalIgnoreCase) || header.Contains(',', StringComparison.Ordinal))
        {
            return true;
        }

        string[] ends = header[(Unit.Length + 1)..].Split('-');
        if (ends.Length != 2 || !TryNumber(ends[0], out long? first) || !TryNumber(ends[1], out long? last) || (first is null && last is null) || last < first)
        {
            return true;
        }

        if (first is null)
        {
            long count = Math.Min(last!.Value, length);
            range = new ArtifactRange(length - count, count);
            return count > 0;
        }

        range = new ArtifactRange(first.Value, Math.Min(last ?? long.MaxValue - 1, length - 1) - first.Value + 1);
        return first < length;
    }

    /// <summary>Reads the header <c>Content-Range</c> of a request: <c>bytes FROM-TO/TOTAL</c>.</summary>
    public static bool TryReadContent(string header, out ArtifactRange range, out long total)
    {
        range = default;
        total = 0;
        string[] parts = header.StartsWith(Unit + " ", StringComparison.OrdinalIgnoreCase) ? header[(Unit.Length + 1)..].Split('-', '/') : [];
        if (parts.Length != 3 || !TryNumber(parts[0], out long? from) || !TryNumber(parts[1], out long? to) || !TryNumber(parts[2], out long? all)
            || from is null || to is null || all is null || to < from || to >= all)
        {
            return false;
        }

        range = new ArtifactRange(from.Value, to.Value - from.Value + 1);
        total = all.Value;
        return true;
    }

    /// <summary>The header <c>Content-Range</c> for this part of an artefact.</summary>
    public string ContentRange(long total) => string.Create(CultureInfo.InvariantCulture, $"{Unit} {From}-{From + Count - 1}/{total}");

    private static bool TryNumber(string text, out long? number)
    {
        number = null;
        if (text.Length == 0)
        {
            return true;
        }

        bool isNumber = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value);
        number = value;
        return isNumber;
    }
}
