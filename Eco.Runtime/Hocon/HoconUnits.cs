using System.Collections.Frozen;
using System.Globalization;

namespace Eco.Runtime.Hocon;

/// <summary>Numbers with units (specification: "Units format", "Duration format", "Size in bytes format").</summary>
internal static class HoconUnits
{
    private static readonly FrozenDictionary<string, decimal> TicksOfUnit = Expand(
        ("ns nano nanos nanosecond nanoseconds", 0.01m),
        ("us micro micros microsecond microseconds", TimeSpan.TicksPerMicrosecond),
        ("ms milli millis millisecond milliseconds", TimeSpan.TicksPerMillisecond),
        ("s second seconds", TimeSpan.TicksPerSecond),
        ("m minute minutes", TimeSpan.TicksPerMinute),
        ("h hour hours", TimeSpan.TicksPerHour),
        ("d day days", TimeSpan.TicksPerDay));

    // Months are below zero, days above.
    private static readonly FrozenDictionary<string, decimal> MonthsOrDaysOfUnit = Expand(
        ("d day days", 1), ("w week weeks", 7), ("m mo month months", -1), ("y year years", -12));

    private static readonly FrozenDictionary<string, decimal> BytesOfUnit = MakeSizes();

    /// <summary>Reads a duration; without a unit it is in milliseconds.</summary>
    /// <returns>What is wrong, or null.</returns>
    public static string? ParseDuration(string text, out TimeSpan value)
    {
        value = default;
        if (Split(text, "ms", TicksOfUnit, "a duration such as 10s", "ns, us, ms, s, m, h or d", out decimal number, out decimal factor) is { } problem)
        {
            return problem;
        }

        // Rounded to a thousandth of a nanosecond first: a sixtieth of a minute has no end in decimals and still means one second.
        if (!TryScale(number, factor, 5, out decimal ticks))
        {
            return $"is {HoconConversions.Shorten(text)}, longer than the longest duration, {TimeSpan.MaxValue.TotalDays:F0} days";
        }

        value = new TimeSpan((long)ticks);
        return null;
    }

    /// <summary>Reads a period; without a unit it is in days.</summary>
    /// <returns>What is wrong, or null.</returns>
    public static string? ParsePeriod(string text, out HoconPeriod value)
    {
        value = default;
        if (Split(text, "d", MonthsOrDaysOfUnit, "a period such as 3 weeks", "d, w, m or mo, y", out decimal number, out decimal factor) is { } problem)
        {
            return problem;
        }

        if (!decimal.IsInteger(number) || Math.Abs(number) > int.MaxValue / Math.Abs(factor))
        {
            return $"is {HoconConversions.Shorten(text)}, and a period is a whole number of days, weeks, months or years";
        }

        int amount = (int)(number * Math.Abs(factor));
        value = factor < 0 ? new HoconPeriod(amount, 0) : new HoconPeriod(0, amount);
        return null;
    }

    /// <summary>Reads a size; without a unit it is in bytes.</summary>
    /// <returns>What is wrong, or null.</returns>
    public static string? ParseSize(string text, out long bytes)
    {
        bytes = 0;
        if (Split(text, "B", BytesOfUnit, "a size such as 64MiB", "B, kB, MB, GB, KiB, MiB or GiB", out decimal number, out decimal factor) is { } problem)
        {
            return problem;
        }

        if (number < 0)
        {
            return $"is {HoconConversions.Shorten(text)}, and a size is not negative";
        }

        if (!TryScale(number, factor, 28, out decimal scaled))
        {
            return $"is {HoconConversions.Shorten(text)}, larger than {long.MaxValue} bytes";
        }

        bytes = (long)scaled;
        return null;
    }

    private static string? Split(
        string text, string defaultUnit, FrozenDictionary<string, decimal> units, string example, string list, out decimal number, out decimal factor)
    {
        var trimmed = TrimAll(text);
        int letters = trimmed.Length;
        while (letters > 0 && char.IsLetter(trimmed[letters - 1]))
        {
            letters--;
        }

        string unit = letters == trimmed.Length ? defaultUnit : trimmed[letters..].ToString();
        factor = 0;
        if (!decimal.TryParse(TrimAll(trimmed[..letters]), NumberStyles.Float & ~NumberStyles.AllowLeadingWhite & ~NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out number))
        {
            return $"is '{HoconConversions.Shorten(text)}', not {example}";
        }

        return units.TryGetValue(unit, out factor) ? null : $"has the unit '{HoconConversions.Shorten(unit)}', which is none of {list}";
    }

    private static bool TryScale(decimal number, decimal factor, int decimals, out decimal scaled)
    {
        scaled = 0;
        if (Math.Abs(number) > long.MaxValue / factor)
        {
            return false;
        }

        scaled = decimal.Truncate(Math.Round(number * factor, decimals));
        return Math.Abs(scaled) <= long.MaxValue;
    }

    private static ReadOnlySpan<char> TrimAll(ReadOnlySpan<char> text)
    {
        while (text.Length > 0 && HoconCharacters.IsWhitespace(text[0]))
        {
            text = text[1..];
        }

        while (text.Length > 0 && HoconCharacters.IsWhitespace(text[^1]))
        {
            text = text[..^1];
        }

        return text;
    }

    private static ReadOnlySpan<char> TrimAll(string text) => TrimAll(text.AsSpan());

    private static FrozenDictionary<string, decimal> MakeSizes()
    {
        var units = new List<(string, decimal)> { ("B b byte bytes", 1) };
        var decimals = new[] { "kilo", "mega", "giga", "tera", "peta", "exa", "zetta", "yotta" };
        var binaries = new[] { "kibi", "mebi", "gibi", "tebi", "pebi", "exbi", "zebi", "yobi" };
        decimal thousands = 1;
        decimal powers = 1;
        for (int i = 0; i < decimals.Length; i++)
        {
            thousands *= 1000;
            powers *= 1024;
            char letter = char.ToUpperInvariant(decimals[i][0]);
            char small = char.ToLowerInvariant(letter);
            units.Add(($"{(i == 0 ? small : letter)}B {decimals[i]}byte {decimals[i]}bytes", thousands));
            units.Add(($"{letter} {small} {letter}i {letter}iB {binaries[i]}byte {binaries[i]}bytes", powers));
        }

        return Expand([.. units]);
    }

    private static FrozenDictionary<string, decimal> Expand(params ReadOnlySpan<(string Names, decimal Factor)> units)
    {
        var table = new Dictionary<string, decimal>(StringComparer.Ordinal);
        foreach (var (names, factor) in units)
        {
            foreach (string name in names.Split(' '))
            {
                table.Add(name, factor);
            }
        }

        return table.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
