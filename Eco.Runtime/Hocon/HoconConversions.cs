using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Eco.Runtime.Hocon;

/// <summary>
/// The specification's automatic type conversions. Each gives either the value or what is wrong, as a sentence part that can follow the name of
/// the setting: "is a list, not a number".
/// </summary>
public static class HoconConversions
{
    /// <summary>Text from any simple value but null.</summary>
    public static bool TryToText(HoconNode node, [NotNullWhen(true)] out string? value, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(node);
        value = node is HoconValue { Kind: not HoconKind.Null } simple ? simple.Text : null;
        problem = value is null ? $"is {node.KindName}, not a text" : null;
        return value is not null;
    }

    /// <summary>A finite number from a number or from text that is one.</summary>
    public static bool TryToDouble(HoconNode node, out double value, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(node);
        value = 0;
        problem = null;
        if (node is not HoconValue { Kind: HoconKind.Number or HoconKind.String } simple)
        {
            problem = $"is {node.KindName}, not a number";
        }
        else if (!double.TryParse(simple.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out value))
        {
            problem = $"is '{Shorten(simple.Text)}', not a number";
        }
        else if (!double.IsFinite(value))
        {
            problem = $"is '{Shorten(simple.Text)}', which is not a finite number";
        }

        return problem is null;
    }

    /// <summary>A whole number from a number or from text that is one; <c>1e3</c> and <c>10.0</c> are whole.</summary>
    public static bool TryToInteger(HoconNode node, out long value, [NotNullWhen(false)] out string? problem)
    {
        value = 0;
        if (!TryToDouble(node, out double number, out problem))
        {
            return false;
        }

        string text = ((HoconValue)node).Text;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out value))
        {
            return true;
        }

        if (number != Math.Truncate(number))
        {
            problem = $"is {Shorten(text)}, not a whole number";
            return false;
        }

        // Above 2^53 the text was not a plain integer and a double no longer knows its last digits.
        if (Math.Abs(number) > 1L << 53)
        {
            problem = $"is {Shorten(text)}, too large for a whole number";
            return false;
        }

        value = (long)number;
        return true;
    }

    /// <summary>A boolean from a boolean or from <c>yes</c>, <c>on</c>, <c>no</c>, <c>off</c>.</summary>
    public static bool TryToFlag(HoconNode node, out bool value, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(node);
        string? text = node is HoconValue { Kind: HoconKind.Boolean or HoconKind.String } simple ? simple.Text : null;
        value = text is "true" or "yes" or "on";
        problem = value || text is "false" or "no" or "off" ? null
            : text is null ? $"is {node.KindName}, not true or false"
            : $"is '{Shorten(text)}', not true or false";
        return problem is null;
    }

    /// <summary>A duration: a number of milliseconds, or text with a unit such as <c>10s</c>.</summary>
    public static bool TryToDuration(HoconNode node, out TimeSpan value, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(node);
        value = default;
        problem = node is HoconValue { Kind: HoconKind.Number or HoconKind.String } simple
            ? HoconUnits.ParseDuration(simple.Text, out value)
            : $"is {node.KindName}, not a duration such as 10s";
        return problem is null;
    }

    /// <summary>A period: a number of days, or text with a unit such as <c>3 weeks</c>.</summary>
    public static bool TryToPeriod(HoconNode node, out HoconPeriod value, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(node);
        value = default;
        problem = node is HoconValue { Kind: HoconKind.Number or HoconKind.String } simple
            ? HoconUnits.ParsePeriod(simple.Text, out value)
            : $"is {node.KindName}, not a period such as 3 weeks";
        return problem is null;
    }

    /// <summary>A size in bytes: a number of bytes, or text with a unit such as <c>64 MiB</c>.</summary>
    public static bool TryToSizeBytes(HoconNode node, out long value, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(node);
        value = 0;
        problem = node is HoconValue { Kind: HoconKind.Number or HoconKind.String } simple
            ? HoconUnits.ParseSize(simple.Text, out value)
            : $"is {node.KindName}, not a size such as 64MiB";
        return problem is null;
    }

    /// <summary>An array, or an object with numbered fields taken as one.</summary>
    public static bool TryToArray(HoconNode node, [NotNullWhen(true)] out HoconArray? value, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(node);
        value = node as HoconArray ?? (node as HoconObject)?.ToNumberedArray();
        problem = value is null ? $"is {node.KindName}, not a list" : null;
        return value is not null;
    }

    /// <summary>An object.</summary>
    public static bool TryToObject(HoconNode node, [NotNullWhen(true)] out HoconObject? value, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(node);
        value = node as HoconObject;
        problem = value is null ? $"is {node.KindName}, not an object" : null;
        return value is not null;
    }

    internal static string Shorten(string text) => text.Length <= 60 ? text : string.Concat(text.AsSpan(0, 57), "...");
}
