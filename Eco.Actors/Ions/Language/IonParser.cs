using System.Collections.Immutable;
using Eco.Engines.Abstractions;
using Eco.Runtime.Hocon;

namespace Eco.Actors.Ions.Language;

/// <summary>Reads and checks an ION's text. docs/ion-language.md is the reference of the language.</summary>
public static class IonParser
{
    private const string Root = "ion";

    /// <summary>Reads a text; all errors are found at once.</summary>
    /// <param name="text">HOCON.</param>
    /// <param name="file">Its name in findings.</param>
    /// <param name="engines">The component types of each engine, by the engine's name.</param>
    /// <param name="options">What the text may draw on; null for nothing.</param>
    public static IonParseResult Parse(
        string text,
        string file,
        IReadOnlyDictionary<string, ImmutableArray<ComponentDescriptor>> engines,
        HoconOptions? options = null) => Read(HoconParser.TryParse(text, file, options), file, engines);

    /// <summary>Reads a document that is already parsed as HOCON, or reports why it is not.</summary>
    /// <param name="document">The outcome of parsing.</param>
    /// <param name="file">Its name in findings.</param>
    /// <param name="engines">The component types of each engine, by the engine's name.</param>
    public static IonParseResult Read(
        HoconParseResult document,
        string file,
        IReadOnlyDictionary<string, ImmutableArray<ComponentDescriptor>> engines)
    {
        ArgumentNullException.ThrowIfNull(document);
        ArgumentNullException.ThrowIfNull(engines);
        var positions = new IonPositions(file);
        if (document.Root is null)
        {
            var unreadable = document.Diagnostics.Select(d =>
                new IonDiagnostic(IonSeverity.Error, d.Position.File, d.Position.Line, d.Position.Column, string.Empty, d.Message, d.Hint));
            return new IonParseResult(null, null, [.. unreadable], positions);
        }

        var findings = new IonFindings(positions);
        string? id = null;
        IonDefinition? definition = null;
        if (FindIon(document.Root, findings) is { } ion)
        {
            (id, definition) = ReadIon(ion, engines);
        }

        return new IonParseResult(id, findings.HasErrors ? null : definition, findings.InOrder(), positions);
    }

    // Beside the ION the root may hold values for its substitutions, so that other keys are no error.
    private static IonSection? FindIon(HoconNode root, IonFindings findings)
    {
        if (root is not HoconObject document)
        {
            findings.Error(root.Position, Root, "the document is a list, not an object", "write ion { ... }");
            return null;
        }

        if (!document.TryGetField(Root, out var field))
        {
            findings.Error(root.Position, Root, "'ion' is missing", NearestName.Distance(document.FirstOrDefault()?.Key ?? string.Empty, Root) == 1 ? "did you mean 'ion'?" : "write ion { id = ..., nodes { ... }, links = [...] }");
            return null;
        }

        findings.Positions.Keep(Root, field.Value.Position);
        if (HoconConversions.TryToObject(field.Value, out var ion, out string? problem))
        {
            return new IonSection(ion, Root, findings);
        }

        findings.Error(field.Value.Position, Root, problem, "write ion { id = ..., nodes { ... }, links = [...] }");
        return null;
    }

    private static (string? Id, IonDefinition Definition) ReadIon(IonSection ion, IReadOnlyDictionary<string, ImmutableArray<ComponentDescriptor>> engines)
    {
        string? id = ion.Required("id", "write id = NAME");
        if (id is not null && !IonLimits.IsName(id))
        {
            ion.Wrong("id", $"'{id}' is not an id", NameRule);
        }

        string title = ion.ShortText("title") ?? id ?? string.Empty;
        ImmutableArray<NodeDefinition> nodes = ion.Section("nodes") is { } section ? ReadNodes(section, engines) : [];
        var links = new IonLinkReader(nodes, engines).Read(ion, out bool complete);
        ion.RejectOthers();
        var definition = new IonDefinition(id ?? string.Empty, title, nodes, links);
        IonValidator.Check(definition, engines, ion.Findings, complete);
        return (id, definition);
    }

    private static ImmutableArray<NodeDefinition> ReadNodes(IonSection section, IReadOnlyDictionary<string, ImmutableArray<ComponentDescriptor>> engines)
    {
        var nodes = ImmutableArray.CreateBuilder<NodeDefinition>();
        foreach (var field in section.Fields.Take(IonLimits.MaxNodes))
        {
            string path = section.PathOf(IonSection.Shorten(field.Key));
            if (!IonLimits.IsName(field.Key))
            {
                section.Findings.Error(field.KeyPosition, path, $"'{IonSection.Shorten(field.Key)}' is not a node's name", NameRule);
            }

            section.Findings.Positions.Keep(path, field.KeyPosition);
            if (!HoconConversions.TryToObject(field.Value, out var node, out string? problem))
            {
                section.Findings.Error(field.Value.Position, path, $"the node {problem}", "write NAME { engine = ..., ... }");
                continue;
            }

            nodes.Add(IonNodeReader.Read(field.Key, new IonSection(node, path, section.Findings), engines));
        }

        if (section.Source.Count > IonLimits.MaxNodes)
        {
            section.Findings.Error(section.Path, $"there are {section.Source.Count} nodes", $"at most {IonLimits.MaxNodes}");
        }

        return nodes.ToImmutable();
    }

    internal const string NameRule = "lower-case letters, digits, '.', '_' and '-', at most 64, beginning with a letter or digit";
}
