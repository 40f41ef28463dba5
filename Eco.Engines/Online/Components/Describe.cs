using System.Globalization;
using Eco.Engines.Abstractions;

namespace Eco.Engines.Online.Components;

/// <summary>Short forms for descriptors.</summary>
internal static class Describe
{
    public static readonly PortDescriptor RowsIn = new("rows", PortType.Rows);
    public static readonly PortDescriptor RowsOut = new("rows", PortType.Rows);
    public static readonly PortDescriptor ModelIn = new("model", PortType.Model);
    public static readonly PortDescriptor ModelOut = new("model", PortType.Model);
    public static readonly PortDescriptor PriorOut = new("prior", PortType.Model);
    public static readonly PortDescriptor MergedIn = new("merged", PortType.Model, Required: false);
    public static readonly PortDescriptor ModelsIn = new("models", PortType.Model, Many: true);
    public static readonly PortDescriptor ScoresIn = new("scores", PortType.Scores);
    public static readonly PortDescriptor ScoresOut = new("scores", PortType.Scores);
    public static readonly PortDescriptor StatisticsOut = new("statistics", PortType.Statistics);

    public static readonly SettingDescriptor EmitEvery = Integer(
        "emit-every", 0, 0, 1_000_000, "Emit the model for ION links after every so many batches; 0 for never");

    public static readonly SettingDescriptor Batches = Integer("batches", 0, 0, 1_000_000_000, "Batches until the source is exhausted; 0 for no end");

    public static SettingDescriptor Number(string name, double byDefault, double minimum, double maximum, string documentation)
        => new(name, SettingKind.Number, byDefault.ToString("R", CultureInfo.InvariantCulture), false, minimum, maximum, documentation);

    public static SettingDescriptor Integer(string name, long byDefault, long minimum, long maximum, string documentation)
        => new(name, SettingKind.Integer, byDefault.ToString(CultureInfo.InvariantCulture), false, minimum, maximum, documentation);

    public static SettingDescriptor Text(string name, string? byDefault, string documentation, bool required = false)
        => new(name, SettingKind.Text, byDefault, required, null, null, documentation);

    public static SettingDescriptor Flag(string name, bool byDefault, string documentation)
        => new(name, SettingKind.Flag, byDefault ? "true" : "false", false, null, null, documentation);

    public static SettingDescriptor Texts(string name, string? byDefault, bool required, string documentation)
        => new(name, SettingKind.TextList, byDefault, required, null, null, documentation);

    public static SettingDescriptor Numbers(string name, string? byDefault, bool required, string documentation)
        => new(name, SettingKind.NumberList, byDefault, required, null, null, documentation);
}
