using System.Collections.Immutable;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Eco.Engines.Abstractions;
using Eco.Runtime.Hocon;

namespace Eco.Actors.Ions.Language;

/// <summary>Reads the components of a node: their types, what feeds them, and their settings in canonical text.</summary>
internal sealed class IonComponentReader
{
    private const int MostTextLength = 4096;
    private const int MostListEntries = 10_000;

    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly IonFindings _findings;
    private readonly ImmutableArray<ComponentDescriptor>? _types;
    private readonly Dictionary<string, ComponentDescriptor?> _descriptors = new(StringComparer.Ordinal);

    private IonComponentReader(IonFindings findings, ImmutableArray<ComponentDescriptor>? types)
    {
        _findings = findings;
        _types = types;
    }

    /// <param name="section">The components.</param>
    /// <param name="types">What the engine offers; null when the engine is not known, so that nothing can be said of types.</param>
    public static PipelineSpec Read(IonSection section, ImmutableArray<ComponentDescriptor>? types)
    {
        if (section.Source.Count is 0 or > IonLimits.MaxComponents)
        {
            section.Findings.Error(section.Path, $"there are {section.Source.Count} components", $"1 to {IonLimits.MaxComponents}");
        }

        var reader = new IonComponentReader(section.Findings, types);
        var sections = new List<(string Name, string Type, IonSection Section)>();
        foreach (var field in section.Fields.Take(IonLimits.MaxComponents))
        {
            if (reader.ReadType(field, section) is { } read)
            {
                sections.Add(read);
            }
        }

        return new PipelineSpec([.. sections.Select(s => reader.ReadComponent(s.Name, s.Type, s.Section))]);
    }

    private (string Name, string Type, IonSection Section)? ReadType(HoconField field, IonSection parent)
    {
        string path = parent.PathOf(IonSection.Shorten(field.Key));
        _findings.Positions.Keep(path, field.KeyPosition);
        if (!IonLimits.IsName(field.Key))
        {
            _findings.Error(field.KeyPosition, path, $"'{IonSection.Shorten(field.Key)}' is not a component's name", IonParser.NameRule);
        }

        if (!HoconConversions.TryToObject(field.Value, out var source, out string? problem))
        {
            _findings.Error(field.Value.Position, path, $"the component {problem}", "write NAME { type = ... }");
            return null;
        }

        var section = new IonSection(source, path, _findings);
        string type = section.Required("type", "write type = GROUP.NAME, such as train.kmeans") ?? string.Empty;
        var descriptor = _types?.FirstOrDefault(t => t.Type == type);
        if (descriptor is null && _types is { } types && type.Length > 0)
        {
            section.Wrong("type", $"the engine has no component type '{type}'", NearestName.Hint(type, types.Select(t => t.Type)));
        }

        _descriptors[field.Key] = descriptor;
        return (field.Key, type, section);
    }

    private ComponentSpec ReadComponent(string name, string type, IonSection section)
    {
        if (_descriptors[name] is not { } descriptor)
        {
            return new ComponentSpec(name, type, ImmutableSortedDictionary<string, PortReference>.Empty, ImmutableSortedDictionary<string, string>.Empty);
        }

        var inputs = ReadInputs(section, descriptor);
        var settings = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var setting in descriptor.Settings)
        {
            if (section.Node(setting.Name) is { } node)
            {
                if (TryRead(node, setting, out string? value, out string? problem, out string? hint))
                {
                    settings[setting.Name] = value!;
                }
                else
                {
                    _findings.Error(node.Position, section.PathOf(setting.Name), problem!, hint ?? setting.Documentation);
                }
            }
            else if (setting.Required)
            {
                _findings.Error(section.Path, $"the setting '{setting.Name}' is missing", setting.Documentation);
            }
            else if (setting.Default is { } standard)
            {
                settings[setting.Name] = standard;
            }
        }

        section.RejectOthers();
        return new ComponentSpec(name, type, inputs, settings.ToImmutable());
    }

    private ImmutableSortedDictionary<string, PortReference> ReadInputs(IonSection section, ComponentDescriptor descriptor)
    {
        var inputs = ImmutableSortedDictionary.CreateBuilder<string, PortReference>(StringComparer.Ordinal);
        switch (section.Node("from"))
        {
            case null:
                break;
            case HoconObject ports:
                foreach (var field in ports)
                {
                    string path = $"{section.PathOf("from")}.{HoconPath.Render(IonSection.Shorten(field.Key))}";
                    if (descriptor.Inputs.FirstOrDefault(i => i.Name == field.Key) is { } port)
                    {
                        ReadInput(field.Value, path, port, inputs);
                    }
                    else
                    {
                        _findings.Error(field.KeyPosition, path, $"{descriptor.Type} has no such input", NearestName.Hint(field.Key, descriptor.Inputs.Select(i => i.Name)) ?? "it has no inputs");
                    }
                }

                break;
            case { } node when descriptor.Inputs.IsEmpty:
                _findings.Error(node.Position, section.PathOf("from"), $"{descriptor.Type} has no inputs", "remove 'from'");
                break;
            case { } node:
                ReadInput(node, section.PathOf("from"), descriptor.Inputs[0], inputs);
                break;
        }

        return inputs.ToImmutable();
    }

    private void ReadInput(HoconNode node, string path, PortDescriptor port, ImmutableSortedDictionary<string, PortReference>.Builder inputs)
    {
        _findings.Positions.Keep(path, node.Position);
        if (!HoconConversions.TryToText(node, out string? text, out string? problem))
        {
            _findings.Error(node.Position, path, problem, "write COMPONENT or COMPONENT.PORT; for several inputs from { PORT = COMPONENT.PORT }");
            return;
        }

        var meant = Split(text).Where(s => _descriptors.ContainsKey(s.Component)).ToList();
        if (meant.Count != 1)
        {
            _findings.Error(
                node.Position,
                path,
                meant.Count == 0 ? $"there is no component '{IonSection.Shorten(text)}'" : $"'{text}' is ambiguous: {string.Join(" or ", meant.Select(m => $"output '{m.Port}' of '{m.Component}'"))}",
                meant.Count == 0 ? NearestName.Hint(text, _descriptors.Keys) : "rename one of them");
            return;
        }

        var (component, output) = meant[0];
        if (_descriptors[component] is not { } source)
        {
            // The unknown type is reported; that the input is fed is true all the same.
            inputs[port.Name] = new PortReference(component, output ?? port.Name);
            return;
        }

        var found = output is null
            ? source.Outputs.FirstOrDefault(o => o.Type == port.Type)
            : source.Outputs.FirstOrDefault(o => o.Name == output);
        if (found is not null && found.Type == port.Type)
        {
            inputs[port.Name] = new PortReference(component, found.Name);
            return;
        }

        string fitting = string.Join(", ", source.Outputs.Where(o => o.Type == port.Type).Select(o => $"{component}.{o.Name}"));
        string gives = source.Outputs.IsEmpty ? "it has no outputs" : $"it gives {string.Join(", ", source.Outputs.Select(o => $"{o.Name} ({IonText.Name(o.Type)})"))}";
        _findings.Error(
            node.Position,
            path,
            found is not null ? $"'{IonSection.Shorten(text)}' gives {IonText.Name(found.Type)}, and the input '{port.Name}' takes {IonText.Name(port.Type)}"
                : output is not null ? $"'{component}' ({source.Type}) has no output '{IonSection.Shorten(output)}'"
                : $"'{component}' ({source.Type}) gives nothing that the input '{port.Name}' takes, which is {IonText.Name(port.Type)}",
            fitting.Length > 0 ? $"write {fitting}" : gives);
    }

    /// <summary>A name may hold dots, so that each dot may be the one between component and port, as far as a name can reach.</summary>
    private static IEnumerable<(string Component, string? Port)> Split(string text)
    {
        yield return (text, null);
        for (int dot = text.IndexOf('.', StringComparison.Ordinal); dot is >= 0 and <= IonLimits.MaxNameLength; dot = text.IndexOf('.', dot + 1))
        {
            yield return (text[..dot], text[(dot + 1)..]);
        }
    }

    private static bool TryRead(HoconNode node, SettingDescriptor setting, out string? value, out string? problem, out string? hint)
    {
        value = null;
        hint = null;
        switch (setting.Kind)
        {
            case SettingKind.Number:
                return HoconConversions.TryToDouble(node, out double number, out problem) && InRange(number, setting, ref problem, ref hint, value = IonText.Number(number));
            case SettingKind.Integer:
                return HoconConversions.TryToInteger(node, out long integer, out problem)
                    && InRange(integer, setting, ref problem, ref hint, value = integer.ToString(CultureInfo.InvariantCulture));
            case SettingKind.Flag:
                bool read = HoconConversions.TryToFlag(node, out bool flag, out problem);
                value = flag ? "true" : "false";
                return read;
            case SettingKind.Duration:
                return HoconConversions.TryToDuration(node, out var duration, out problem)
                    && InRange(duration.TotalMilliseconds, setting, ref problem, ref hint, value = IonText.Number(duration.TotalMilliseconds));
            case SettingKind.Text:
                return HoconConversions.TryToText(node, out value, out problem) && NotTooLong(value.Length, MostTextLength, "characters", ref problem);
            default:
                return TryReadList(node, setting.Kind, out value, out problem, out hint);
        }
    }

    private static bool TryReadList(HoconNode node, SettingKind kind, out string? value, out string? problem, out string? hint)
    {
        value = null;
        hint = node is HoconValue ? "write it in brackets: [a, b]" : null;
        if (!HoconConversions.TryToArray(node, out var array, out problem) || !NotTooLong(array.Count, MostListEntries, "entries", ref problem))
        {
            return false;
        }

        var texts = new List<string>();
        var numbers = new List<double>();
        foreach (var item in array)
        {
            string? text = null;
            double number = 0;
            bool read = kind == SettingKind.NumberList ? HoconConversions.TryToDouble(item, out number, out problem) : HoconConversions.TryToText(item, out text, out problem);
            if (!read || (text is not null && !NotTooLong(text.Length, MostTextLength, "characters", ref problem)))
            {
                problem = $"entry {texts.Count + 1} {problem}";
                return false;
            }

            texts.Add(text ?? string.Empty);
            numbers.Add(number);
        }

        value = kind == SettingKind.NumberList ? JsonSerializer.Serialize(numbers, Json) : JsonSerializer.Serialize(texts, Json);
        return true;
    }

    private static bool NotTooLong(int length, int most, string what, ref string? problem)
    {
        if (length <= most)
        {
            return true;
        }

        problem = string.Create(CultureInfo.InvariantCulture, $"has {length} {what}, more than {most}");
        return false;
    }

    private static bool InRange(double number, SettingDescriptor setting, ref string? problem, ref string? hint, string written)
    {
        if (!(number < setting.Minimum) && !(number > setting.Maximum))
        {
            return true;
        }

        string unit = setting.Kind == SettingKind.Duration ? "ms" : string.Empty;
        problem = $"is {written}{unit}, out of range";
        hint = (setting.Minimum, setting.Maximum) switch
        {
            ({ } low, { } high) => $"{IonText.Number(low)}{unit} to {IonText.Number(high)}{unit}: {setting.Documentation}",
            ({ } low, null) => $"at least {IonText.Number(low)}{unit}: {setting.Documentation}",
            (_, { } high) => $"at most {IonText.Number(high)}{unit}: {setting.Documentation}",
            _ => setting.Documentation,
        };
        return false;
    }
}
