using System.Collections.Immutable;
using Eco.Engines.Abstractions;

namespace Eco.Tests.Ions.Language;

/// <summary>An engine's component types as these tests need them; the real ones may change without changing the language.</summary>
internal static class Catalogue
{
    private static readonly PortDescriptor Rows = new("rows", PortType.Rows);
    private static readonly PortDescriptor Model = new("model", PortType.Model);
    private static readonly PortDescriptor Statistics = new("statistics", PortType.Statistics);

    public static IReadOnlyDictionary<string, ImmutableArray<ComponentDescriptor>> Engines { get; } = new Dictionary<string, ImmutableArray<ComponentDescriptor>>
    {
        ["online"] =
        [
            new("source.moving-clusters", [], [Rows], [Integer("clusters", "4", 1, 255), new("edge", SettingKind.Text, "0", false, null, null, "Which clusters")], "A generator"),
            new("source.csv", [], [Rows], [new("paths", SettingKind.TextList, null, true, null, null, "Files to read"), new("header", SettingKind.Flag, "true", false, null, null, "Whether there is one")], "Files"),
            new("transform.standardise", [Rows], [Rows], [new("scales", SettingKind.NumberList, null, false, null, null, "Fixed scales")], "Scales"),
            new("train.kmeans", [Rows, new("merged", PortType.Model, Required: false)], [Model, new("prior", PortType.Model), Statistics], [Integer("clusters", "4", 1, 255), new("decay", SettingKind.Number, "0.9", false, 0.001, 1, "What old rows lose"), new("pause", SettingKind.Duration, null, false, 0, 60_000, "A pause")], "k-means"),
            new("infer.anomaly", [Rows, Model], [new("scores", PortType.Scores)], [], "Scores"),
            new("evaluate.anomaly", [Rows, new("scores", PortType.Scores)], [Statistics], [], "Judges scores"),
            new("merge.kmeans", [new("models", PortType.Model, Many: true)], [Model, Statistics], [], "Merges"),
            new("sink.statistics", [new("statistics", PortType.Statistics)], [], [], "Keeps numbers"),
        ],
    };

    private static SettingDescriptor Integer(string name, string standard, double minimum, double maximum) =>
        new(name, SettingKind.Integer, standard, false, minimum, maximum, $"How many {name}");
}
