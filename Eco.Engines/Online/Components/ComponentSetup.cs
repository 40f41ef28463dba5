using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Eco.Engines.Abstractions;

namespace Eco.Engines.Online.Components;

/// <summary>
/// What a component is made from: its name, its settings with defaults filled in and checked, and where it runs. A text setting of the form
/// <c>label:NAME</c> stands for that label of the agent.
/// </summary>
internal sealed class ComponentSetup
{
    private const string LabelPrefix = "label:";
    private readonly ComponentSpec _spec;
    private readonly ComponentDescriptor _descriptor;

    public ComponentSetup(ComponentSpec spec, ComponentDescriptor descriptor, PipelineContext context)
    {
        _spec = spec;
        _descriptor = descriptor;
        Context = context;
    }

    public string Name => _spec.Name;

    public PipelineContext Context { get; }

    /// <summary>Whether something inside the pipeline feeds an input port.</summary>
    public bool IsFed(string port) => _spec.Inputs.ContainsKey(port);

    public double Number(string name)
    {
        (string text, SettingDescriptor setting) = Find(name);
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value)
            ? InRange(value, setting)
            : throw Wrong(name, text, "a finite number");
    }

    public long Integer(string name)
    {
        (string text, SettingDescriptor setting) = Find(name);
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
            ? (long)InRange(value, setting)
            : throw Wrong(name, text, "a whole number");
    }

    public int Int(string name) => (int)Integer(name);

    public bool Flag(string name) => Find(name).Text switch { "true" => true, "false" => false, string text => throw Wrong(name, text, "true or false") };

    public string Text(string name) => Resolve(name, Find(name).Text);

    /// <summary>A text setting that holds a whole number, so that it may come from a label.</summary>
    public int IntegerText(string name, int minimum, int maximum)
    {
        string text = Text(name);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= minimum && value <= maximum
            ? value
            : throw Wrong(name, text, $"a whole number from {minimum} to {maximum}, or {LabelPrefix}NAME for a label that holds one");
    }

    public ImmutableArray<string> Texts(string name)
    {
        string text = Find(name).Text;
        return [.. List<string>(name, text, "a list of texts").Select(item => Resolve(name, item))];
    }

    public ImmutableArray<double> Numbers(string name)
    {
        string text = Find(name).Text;
        return [.. List<double>(name, text, "a list of numbers")];
    }

    public PipelineException Wrong(string name, string value, string wanted)
        => new($"component '{Name}' ({_descriptor.Type}): {name} is '{value}'; {wanted} is wanted");

    private static string Join(IEnumerable<string> names) => string.Join(", ", names);

    private List<T> List<T>(string name, string text, string wanted)
    {
        try
        {
            return JsonSerializer.Deserialize<List<T>>(text) ?? throw Wrong(name, text, wanted);
        }
        catch (JsonException)
        {
            throw Wrong(name, text, wanted);
        }
    }

    private string Resolve(string name, string text)
    {
        if (!text.StartsWith(LabelPrefix, StringComparison.Ordinal))
        {
            return text;
        }

        string label = text[LabelPrefix.Length..];
        return Context.Labels.TryGetValue(label, out string? value)
            ? value
            : throw new PipelineException(
                $"component '{Name}' ({_descriptor.Type}): {name} refers to label '{label}', which agent '{Context.AgentId}' does not have; "
                + (Context.Labels.IsEmpty ? "it has none" : $"it has {Join(Context.Labels.Keys)}"));
    }

    private (string Text, SettingDescriptor Setting) Find(string name)
    {
        SettingDescriptor setting = _descriptor.Settings.First(s => s.Name == name);
        string? text = _spec.Settings.GetValueOrDefault(name, setting.Default!);
        return text is null
            ? throw new PipelineException($"component '{Name}' ({_descriptor.Type}): setting '{name}' is missing: {setting.Documentation}")
            : (text, setting);
    }

    private double InRange(double value, SettingDescriptor setting)
        => value < setting.Minimum || value > setting.Maximum
            ? throw Wrong(setting.Name, value.ToString("R", CultureInfo.InvariantCulture), FormattableString.Invariant($"a number from {setting.Minimum} to {setting.Maximum}"))
            : value;
}
