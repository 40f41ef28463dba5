using System.Globalization;

namespace Eco.Runtime.Hocon;

/// <content>Typed access by path. A missing or unfit value is an error with the place where it was, or should have been, written.</content>
public sealed partial class HoconObject
{
    private delegate bool Conversion<T>(HoconNode node, out T? value, out string? problem);

    /// <summary>Finds what stands at a path; null when nothing does, or when it is <c>null</c>.</summary>
    public HoconNode? Find(string path)
    {
        HoconNode? node = this;
        foreach (string element in HoconPath.Parse(path))
        {
            node = node is HoconObject o && o.TryGetValue(element, out var value) ? value : null;
        }

        return node is { Kind: HoconKind.Null } ? null : node;
    }

    /// <summary>The text at a path.</summary>
    /// <exception cref="HoconException">Nothing is there, or something else.</exception>
    public string GetString(string path) => Get<string>(path, HoconConversions.TryToText);

    /// <summary>The text at a path, or the fallback when nothing is there.</summary>
    public string GetString(string path, string fallback) => Find(path) is null ? fallback : GetString(path);

    /// <summary>The whole number at a path.</summary>
    /// <exception cref="HoconException">Nothing is there, or something else.</exception>
    public int GetInt(string path)
    {
        long value = GetLong(path);
        return value is >= int.MinValue and <= int.MaxValue
            ? (int)value
            : throw Unfit(path, Find(path)!, $"is {value}, outside of {int.MinValue} to {int.MaxValue}");
    }

    /// <summary>The whole number at a path, or the fallback when nothing is there.</summary>
    public int GetInt(string path, int fallback) => Find(path) is null ? fallback : GetInt(path);

    /// <summary>The whole number at a path.</summary>
    /// <exception cref="HoconException">Nothing is there, or something else.</exception>
    public long GetLong(string path) => Get<long>(path, HoconConversions.TryToInteger);

    /// <summary>The finite number at a path.</summary>
    /// <exception cref="HoconException">Nothing is there, or something else.</exception>
    public double GetDouble(string path) => Get<double>(path, HoconConversions.TryToDouble);

    /// <summary>The finite number at a path, or the fallback when nothing is there.</summary>
    public double GetDouble(string path, double fallback) => Find(path) is null ? fallback : GetDouble(path);

    /// <summary>The boolean at a path.</summary>
    /// <exception cref="HoconException">Nothing is there, or something else.</exception>
    public bool GetBool(string path) => Get<bool>(path, HoconConversions.TryToFlag);

    /// <summary>The boolean at a path, or the fallback when nothing is there.</summary>
    public bool GetBool(string path, bool fallback) => Find(path) is null ? fallback : GetBool(path);

    /// <summary>The duration at a path; a bare number is in milliseconds.</summary>
    /// <exception cref="HoconException">Nothing is there, or something else.</exception>
    public TimeSpan GetDuration(string path) => Get<TimeSpan>(path, HoconConversions.TryToDuration);

    /// <summary>The duration at a path, or the fallback when nothing is there.</summary>
    public TimeSpan GetDuration(string path, TimeSpan fallback) => Find(path) is null ? fallback : GetDuration(path);

    /// <summary>The period of the calendar at a path; a bare number is in days.</summary>
    /// <exception cref="HoconException">Nothing is there, or something else.</exception>
    public HoconPeriod GetPeriod(string path) => Get<HoconPeriod>(path, HoconConversions.TryToPeriod);

    /// <summary>The size at a path, in bytes.</summary>
    /// <exception cref="HoconException">Nothing is there, or something else.</exception>
    public long GetSizeBytes(string path) => Get<long>(path, HoconConversions.TryToSizeBytes);

    /// <summary>The size at a path in bytes, or the fallback when nothing is there.</summary>
    public long GetSizeBytes(string path, long fallback) => Find(path) is null ? fallback : GetSizeBytes(path);

    /// <summary>The object at a path.</summary>
    /// <exception cref="HoconException">Nothing is there, or something else.</exception>
    public HoconObject GetObject(string path) => Get<HoconObject>(path, HoconConversions.TryToObject);

    /// <summary>The array at a path; an object with numbered fields counts as one.</summary>
    /// <exception cref="HoconException">Nothing is there, or something else.</exception>
    public HoconArray GetArray(string path) => Get<HoconArray>(path, HoconConversions.TryToArray);

    /// <summary>The list of texts at a path.</summary>
    /// <exception cref="HoconException">Nothing is there, or something else.</exception>
    public IReadOnlyList<string> GetStringList(string path) => GetList<string>(path, HoconConversions.TryToText);

    /// <summary>The list of finite numbers at a path.</summary>
    /// <exception cref="HoconException">Nothing is there, or something else.</exception>
    public IReadOnlyList<double> GetDoubleList(string path) => GetList<double>(path, HoconConversions.TryToDouble);

    /// <summary>
    /// The values of fields whose names are whole numbers not below zero, by those numbers; null when there are none (specification: "Conversion
    /// of numerically-indexed objects to arrays").
    /// </summary>
    internal HoconArray? ToNumberedArray()
    {
        var numbered = new SortedDictionary<int, HoconNode>();
        foreach (var field in this)
        {
            if (int.TryParse(field.Key, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int index) && index >= 0)
            {
                numbered[index] = field.Value;
            }
        }

        return numbered.Count == 0 ? null : new HoconArray(Place, [.. numbered.Values]);
    }

    private static HoconException Unfit(string path, HoconNode node, string problem) => new(node.Position, $"'{path}' {problem}");

    private T Get<T>(string path, Conversion<T> convert)
    {
        var node = Find(path) ?? throw new HoconException(Position, $"'{path}' is missing", "add it to this object");
        return convert(node, out var value, out string? problem) ? value! : throw Unfit(path, node, problem!);
    }

    private List<T> GetList<T>(string path, Conversion<T> convert)
    {
        var values = new List<T>();
        foreach (var item in GetArray(path))
        {
            values.Add(convert(item, out var value, out string? problem) ? value! : throw Unfit($"{path}[{values.Count}]", item, problem!));
        }

        return values;
    }
}
