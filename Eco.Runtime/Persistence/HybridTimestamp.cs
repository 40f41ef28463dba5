using System.Globalization;
using System.Text.Json.Serialization;

namespace Eco.Runtime.Persistence;

/// <summary>
/// A hybrid logical clock reading: wall time in Unix milliseconds, a counter that breaks ties and keeps causality when clocks are
/// skewed, and the host that made it (Kulkarni et al., "Logical Physical Clocks", 2014).
/// </summary>
/// <param name="WallMilliseconds">Unix time in milliseconds, never behind any reading this host has seen.</param>
/// <param name="Counter">Orders readings of the same millisecond.</param>
/// <param name="Host">The identity of the host that made the reading; the last tie-breaker.</param>
[JsonConverter(typeof(HybridTimestampJsonConverter))]
public readonly record struct HybridTimestamp(long WallMilliseconds, int Counter, string Host) : IComparable<HybridTimestamp>
{
    /// <inheritdoc/>
    public int CompareTo(HybridTimestamp other)
    {
        int byWall = WallMilliseconds.CompareTo(other.WallMilliseconds);
        if (byWall != 0)
        {
            return byWall;
        }

        int byCounter = Counter.CompareTo(other.Counter);
        return byCounter != 0 ? byCounter : string.CompareOrdinal(Host, other.Host);
    }

    /// <summary>Renders <c>wall.counter@host</c>, which sorts like the reading when the wall part has the same number of digits.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{WallMilliseconds}.{Counter}@{Host}");

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <exception cref="FormatException">The text is not <c>wall.counter@host</c>.</exception>
    public static HybridTimestamp Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int dot = text.IndexOf('.', StringComparison.Ordinal);
        int at = text.IndexOf('@', StringComparison.Ordinal);
        if (dot <= 0 || at <= dot
            || !long.TryParse(text.AsSpan(0, dot), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long wall)
            || !int.TryParse(text.AsSpan(dot + 1, at - dot - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int counter))
        {
            throw new FormatException($"'{text}' is not a hybrid timestamp (wall.counter@host)");
        }

        return new HybridTimestamp(wall, counter, text[(at + 1)..]);
    }

    /// <summary>Whether the left reading is earlier.</summary>
    public static bool operator <(HybridTimestamp left, HybridTimestamp right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left reading is later.</summary>
    public static bool operator >(HybridTimestamp left, HybridTimestamp right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left reading is not later.</summary>
    public static bool operator <=(HybridTimestamp left, HybridTimestamp right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the left reading is not earlier.</summary>
    public static bool operator >=(HybridTimestamp left, HybridTimestamp right) => left.CompareTo(right) >= 0;
}
