using System.Collections.Immutable;
using Eco.Host.Output;
using Eco.Runtime.Hocon;

namespace Eco.Host.Composition;

/// <summary>What a reading of options has found so far.</summary>
internal sealed class OptionsFindings
{
    public List<HoconDiagnostic> Errors { get; } = [];

    /// <summary>The path of every setting that was read, for the test that compares them with reference.conf.</summary>
    public SortedSet<string> KeysRead { get; } = new(StringComparer.Ordinal);
}

/// <summary>
/// One object of settings: what the user wrote over what reference.conf holds. Every reading records its key, so that whatever the user wrote
/// beside the keys that are read is an error with the nearest valid key. A wrong value is an error and gives the default.
/// </summary>
internal sealed class OptionsSection(HoconObject? written, HoconObject reference, string path, OptionsFindings findings)
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    private delegate bool Conversion<T>(HoconNode node, out T? value, out string? problem);

    public OptionsSection Section(string key)
    {
        _known.Add(key);
        HoconObject inner = reference.GetObject(key);
        HoconNode? node = Written(key);
        if (node is not null and not HoconObject)
        {
            Wrong(node.Position, key, "is not an object", "write " + key + " { ... }");
        }

        return new OptionsSection(node as HoconObject, inner, PathOf(key), findings);
    }

    public string Text(string key) => Read<string>(key, HoconConversions.TryToText);

    public string Text(string key, Func<string, string?> problemOf)
    {
        string text = Text(key);
        if (problemOf(text) is { } problem && Written(key) is { } node)
        {
            Wrong(node.Position, key, $"is '{text}': {problem}", null);
            return reference.GetString(key);
        }

        return text;
    }

    public string Choice(string key, params ReadOnlySpan<string> choices)
    {
        string text = Text(key);
        if (choices.Contains(text))
        {
            return text;
        }

        Wrong(key, $"is '{text}'", $"write {string.Join(" or ", choices.ToArray())}");
        return reference.GetString(key);
    }

    public int Integer(string key, int least, int most)
    {
        long value = Read<long>(key, HoconConversions.TryToInteger);
        if (value >= least && value <= most)
        {
            return (int)value;
        }

        Wrong(Written(key)!.Position, key, $"is {value}, outside of {least} to {most}", null);
        return reference.GetInt(key);
    }

    public long Bytes(string key, long least, long most)
    {
        long value = Read<long>(key, HoconConversions.TryToSizeBytes);
        if (value >= least && value <= most)
        {
            return value;
        }

        Wrong(Written(key)!.Position, key, $"is {Plain.Bytes(value)}, outside of {Plain.Bytes(least)} to {Plain.Bytes(most)}", null);
        return reference.GetSizeBytes(key);
    }

    public TimeSpan Duration(string key, TimeSpan least, TimeSpan most)
    {
        TimeSpan value = Read<TimeSpan>(key, HoconConversions.TryToDuration);
        if (value >= least && value <= most)
        {
            return value;
        }

        Wrong(
            Written(key)!.Position, key, $"is {Plain.Duration(value)}, outside of {Plain.Duration(least)} to {Plain.Duration(most)}", null);
        return reference.GetDuration(key);
    }

    /// <summary>A duration, or null where the setting is the word <c>forever</c>.</summary>
    public TimeSpan? DurationOrForever(string key, TimeSpan least, TimeSpan most)
    {
        TimeSpan value = Read<TimeSpan>(key, TryToDurationOrForever);
        if (value == Timeout.InfiniteTimeSpan || (value >= least && value <= most))
        {
            return value == Timeout.InfiniteTimeSpan ? null : value;
        }

        Wrong(
            Written(key)!.Position, key, $"is {Plain.Duration(value)}, outside of {Plain.Duration(least)} to {Plain.Duration(most)}", "or write forever");
        return null;
    }

    public ImmutableArray<string> TextList(string key)
    {
        HoconArray list = Read<HoconArray>(key, HoconConversions.TryToArray);
        var texts = ImmutableArray.CreateBuilder<string>(list.Count);
        foreach (HoconNode item in list)
        {
            if (HoconConversions.TryToText(item, out string? text, out string? problem))
            {
                texts.Add(text);
            }
            else
            {
                Wrong(item.Position, $"{key}[{texts.Count}]", problem, null);
            }
        }

        return texts.ToImmutable();
    }

    /// <summary>A list of texts, or one text with commas between them, as a variable of the environment holds it.</summary>
    public ImmutableArray<string> TextListOrLine(string key) =>
        Written(key) is { } node && HoconConversions.TryToText(node, out _, out _)
            ? [.. Text(key).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)]
            : TextList(key);

    public ImmutableSortedDictionary<string, string> TextMap(string key)
    {
        var map = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (HoconField field in Read<HoconObject>(key, HoconConversions.TryToObject))
        {
            if (HoconConversions.TryToText(field.Value, out string? text, out string? problem))
            {
                map[field.Key] = text;
            }
            else
            {
                Wrong(field.Value.Position, $"{key}.{field.Key}", problem, null);
            }
        }

        return map.ToImmutable();
    }

    /// <summary>The objects of a list, each over the same defaults.</summary>
    public IReadOnlyList<(OptionsSection Section, HoconObject Written)> Objects(string key, OptionsSection defaults)
    {
        var sections = new List<(OptionsSection, HoconObject)>();
        int index = 0;
        foreach (HoconNode item in Read<HoconArray>(key, HoconConversions.TryToArray))
        {
            string itemPath = $"{key}[{index++}]";
            if (item is HoconObject entry)
            {
                sections.Add((defaults.Over(entry, PathOf(itemPath)), entry));
            }
            else
            {
                Wrong(item.Position, itemPath, "is not an object", "write { id = \"...\" }");
            }
        }

        return sections;
    }

    /// <summary>A text that has no default.</summary>
    public string? Required(string key, HoconObject owner, Func<string, string?> problemOf)
    {
        _known.Add(key);
        if (Written(key) is not { } node)
        {
            Wrong(owner.Position, key, "is missing", $"add {key} = \"...\"");
            return null;
        }

        string? problem;
        if (HoconConversions.TryToText(node, out string? text, out problem) && (problem = problemOf(text)) is null)
        {
            return text;
        }

        Wrong(node.Position, key, text is null ? problem! : $"is '{text}': {problem}", null);
        return null;
    }

    /// <summary>Reports what was written and is not read. Called when all readings are done.</summary>
    public void RejectUnknown()
    {
        foreach (HoconField field in written ?? Enumerable.Empty<HoconField>())
        {
            if (!_known.Contains(field.Key))
            {
                string? meant = Nearest.Of(field.Key, _known);
                Wrong(
                    field.KeyPosition,
                    field.Key,
                    "is no setting",
                    meant is not null ? $"did you mean '{meant}'?" : $"the settings here are: {string.Join(", ", _known.Order(StringComparer.Ordinal))}");
            }
        }
    }

    public void Wrong(string key, string problem, string hint) => Wrong(Written(key)?.Position ?? reference.Position, key, problem, hint);

    // The defaults of list entries may themselves be changed by the user: what the user wrote there goes before reference.conf.
    private OptionsSection Over(HoconObject entry, string entryPath) => new(entry, Merged(), entryPath, findings);

    private HoconObject Merged() =>
        written is null
            ? reference
            : HoconParser.Parse($"merged = {HoconRenderer.Render(reference)}\nmerged = {HoconRenderer.Render(written)}", path).GetObject("merged");

    private HoconNode? Written(string key) =>
        written is not null && written.TryGetField(key, out HoconField? field) && field.Value.Kind != HoconKind.Null ? field.Value : null;

    private T Read<T>(string key, Conversion<T> convert)
    {
        _known.Add(key);
        findings.KeysRead.Add(PathOf(key));
        if (Written(key) is { } node)
        {
            if (convert(node, out T? value, out string? problem))
            {
                return value!;
            }

            Wrong(node.Position, key, problem!, null);
        }

        HoconNode fallback = reference.TryGetField(key, out HoconField? field)
            ? field.Value
            : throw new InvalidOperationException($"reference.conf lacks '{PathOf(key)}'");
        return convert(fallback, out T? standard, out string? wrong)
            ? standard!
            : throw new InvalidOperationException($"'{PathOf(key)}' of reference.conf {wrong}");
    }

    private void Wrong(HoconPosition position, string key, string problem, string? hint) =>
        findings.Errors.Add(new HoconDiagnostic(position, $"'{PathOf(key)}' {problem}", hint));

    private static bool TryToDurationOrForever(HoconNode node, out TimeSpan value, out string? problem)
    {
        value = Timeout.InfiniteTimeSpan;
        problem = null;
        return (HoconConversions.TryToText(node, out string? text, out _) && text == "forever") || HoconConversions.TryToDuration(node, out value, out problem);
    }

    private string PathOf(string key) => path.Length == 0 ? key : $"{path}.{key}";
}
