using System.Collections.Immutable;
using System.Globalization;
using Eco.Runtime.Hocon;

namespace Eco.Actors.Ions.Language;

/// <summary>
/// Typed reading of one object of an ION's text. Each wrong value is reported with its place and replaced by a default, so that reading goes on;
/// keys that nobody asked for are reported at the end.
/// </summary>
internal sealed class IonSection(HoconObject source, string path, IonFindings findings)
{
    private readonly SortedSet<string> _asked = new(StringComparer.Ordinal);

    private delegate bool Conversion<T>(HoconNode node, out T? value, out string? problem);

    public string Path { get; } = path;

    public IonFindings Findings { get; } = findings;

    public HoconObject Source { get; } = source;

    public IEnumerable<HoconField> Fields => Source;

    public bool Has(string key) => Find(key) is not null;

    public string? Text(string key) => Get<string>(key, HoconConversions.TryToText);

    public string? ShortText(string key)
    {
        string? text = Text(key);
        if (text?.Length > IonLimits.MaxTextLength)
        {
            Wrong(key, $"has {text.Length} characters", $"at most {IonLimits.MaxTextLength}");
            return null;
        }

        // It will be shown on terminals, which obey control characters.
        if (text is not null && text.Any(char.IsControl))
        {
            Wrong(key, "holds a control character, such as a line end", "write it on one line");
            return null;
        }

        return text;
    }

    public string? Required(string key, string hint)
    {
        if (Find(key) is null)
        {
            Findings.Error(Path, $"'{key}' is missing", hint);
            return null;
        }

        return ShortText(key);
    }

    public int Integer(string key, int fallback, int minimum, int maximum)
    {
        if (Find(key) is null)
        {
            return fallback;
        }

        if (!TryGet<long>(key, HoconConversions.TryToInteger, out long value))
        {
            return fallback;
        }

        if (value < minimum || value > maximum)
        {
            Wrong(key, string.Create(CultureInfo.InvariantCulture, $"is {value}"), string.Create(CultureInfo.InvariantCulture, $"{minimum} to {maximum}"));
            return fallback;
        }

        return (int)value;
    }

    public double? Number(string key) => TryGet<double>(key, HoconConversions.TryToDouble, out double value) ? value : null;

    public TimeSpan Duration(string key, TimeSpan fallback, TimeSpan minimum, TimeSpan maximum)
    {
        if (!TryGet<TimeSpan>(key, HoconConversions.TryToDuration, out var value))
        {
            return fallback;
        }

        if (value < minimum || value > maximum)
        {
            Wrong(key, $"is {IonText.Duration(value)}", $"{IonText.Duration(minimum)} to {IonText.Duration(maximum)}");
            return fallback;
        }

        return value;
    }

    public T Choice<T>(string key, T fallback)
        where T : struct, Enum
    {
        if (ShortText(key) is not { } text)
        {
            return fallback;
        }

        foreach (var value in Enum.GetValues<T>())
        {
            if (text == IonText.Name(value))
            {
                return value;
            }
        }

        Wrong(key, $"is '{text}'", NearestName.Hint(text, Enum.GetValues<T>().Select(v => IonText.Name(v))));
        return fallback;
    }

    public ImmutableArray<string> Texts(string key)
    {
        if (Get<HoconArray>(key, HoconConversions.TryToArray) is not { } array)
        {
            return [];
        }

        var texts = ImmutableArray.CreateBuilder<string>();
        foreach (var item in array)
        {
            if (!HoconConversions.TryToText(item, out string? text, out string? problem))
            {
                Findings.Error(item.Position, PathOf(key), $"an entry {problem}");
            }
            else if (text.Length is 0 or > IonLimits.MaxTextLength)
            {
                Findings.Error(item.Position, PathOf(key), $"an entry has {text.Length} characters", $"1 to {IonLimits.MaxTextLength}");
            }
            else if (texts.Contains(text))
            {
                Findings.Error(item.Position, PathOf(key), $"'{text}' is there twice");
            }
            else
            {
                texts.Add(text);
            }
        }

        return texts.ToImmutable();
    }

    public IonSection? Section(string key)
    {
        var value = Get<HoconObject>(key, HoconConversions.TryToObject);
        return value is null ? null : new IonSection(value, PathOf(key), Findings);
    }

    public HoconNode? Node(string key) => Find(key);

    public void Wrong(string key, string what, string? hint) => Findings.Error(PathOf(key), what, hint);

    public string PathOf(string key) => $"{Path}.{HoconPath.Render(key)}";

    /// <summary>Reports every key that was not asked for.</summary>
    public void RejectOthers()
    {
        foreach (var field in Source.Where(f => !_asked.Contains(f.Key)))
        {
            Findings.Error(field.KeyPosition, PathOf(Shorten(field.Key)), "unknown key", NearestName.Hint(field.Key, _asked));
        }
    }

    public static string Shorten(string key) => key.Length <= IonLimits.MaxNameLength ? key : string.Concat(key.AsSpan(0, IonLimits.MaxNameLength), "...");

    private HoconNode? Find(string key)
    {
        _asked.Add(key);
        if (!Source.TryGetField(key, out var field) || field.Value.Kind == HoconKind.Null)
        {
            return null;
        }

        Findings.Positions.Keep(PathOf(key), field.Value.Position);
        return field.Value;
    }

    private T? Get<T>(string key, Conversion<T> convert)
        where T : class => TryGet(key, convert, out var value) ? value : null;

    private bool TryGet<T>(string key, Conversion<T> convert, out T? value)
    {
        value = default;
        if (Find(key) is not { } node)
        {
            return false;
        }

        if (convert(node, out value, out string? problem))
        {
            return true;
        }

        Findings.Error(node.Position, PathOf(key), problem!);
        return false;
    }
}
