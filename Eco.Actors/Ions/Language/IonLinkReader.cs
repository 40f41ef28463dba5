using System.Collections.Immutable;
using System.Globalization;
using Eco.Engines.Abstractions;
using Eco.Runtime.Hocon;

namespace Eco.Actors.Ions.Language;

/// <summary>Reads the links, and finds the component that an end means when it names only the node.</summary>
internal sealed class IonLinkReader(ImmutableArray<NodeDefinition> nodes, IReadOnlyDictionary<string, ImmutableArray<ComponentDescriptor>> engines)
{
    /// <param name="ion">The whole ION.</param>
    /// <param name="complete">Whether every link could be read.</param>
    public ImmutableArray<LinkDefinition> Read(IonSection ion, out bool complete)
    {
        complete = true;
        if (ion.Node("links") is not { } node)
        {
            return [];
        }

        if (!HoconConversions.TryToArray(node, out var array, out string? problem))
        {
            complete = node is HoconObject { Count: 0 };
            ion.Findings.Error(node.Position, ion.PathOf("links"), problem, "write links = [ { from = ..., to = ..., signal = model } ]");
            return [];
        }

        if (array.Count > IonLimits.MaxLinks)
        {
            ion.Findings.Error(node.Position, ion.PathOf("links"), $"there are {array.Count} links", $"at most {IonLimits.MaxLinks}");
        }

        var links = ImmutableArray.CreateBuilder<LinkDefinition>();
        foreach (var (index, item) in array.Take(IonLimits.MaxLinks).Index())
        {
            string path = PathOf(index);
            ion.Findings.Positions.Keep(path, item.Position);
            if (!HoconConversions.TryToObject(item, out var source, out problem))
            {
                ion.Findings.Error(item.Position, path, $"the link {problem}", "write { from = ..., to = ..., signal = model }");
                complete = false;
            }
            else if (ReadLink(new IonSection(source, path, ion.Findings)) is { } link)
            {
                links.Add(link);
            }
            else
            {
                complete = false;
            }
        }

        return links.ToImmutable();
    }

    /// <summary>The path of a link that was read.</summary>
    public static string PathOf(int index) => string.Create(CultureInfo.InvariantCulture, $"ion.links[{index}]");

    private LinkDefinition? ReadLink(IonSection section)
    {
        string? from = section.Required("from", "write from = NODE or NODE.COMPONENT");
        string? to = section.Required("to", "write to = NODE or NODE.COMPONENT");
        string? signalText = section.Required("signal", "write signal = model | statistics | event | alert");
        var signal = section.Choice("signal", SignalKind.Model);
        var consistency = section.Choice("consistency", ConsistencyLevel.Eventual);
        section.RejectOthers();
        if (signalText is null || signalText != IonText.Name(signal))
        {
            return null;
        }

        var source = from is null ? null : FindEnd(section, "from", from, signal);
        var target = to is null ? null : FindEnd(section, "to", to, signal);
        return source is null || target is null ? null : new LinkDefinition(source, target, signal, consistency);
    }

    private LinkEnd? FindEnd(IonSection link, string key, string text, SignalKind signal)
    {
        var meant = nodes.Where(n => n.Name == text || text.StartsWith($"{n.Name}.", StringComparison.Ordinal)).ToList();
        if (meant.Count == 0)
        {
            string node = text.Split('.')[0];
            link.Wrong(key, $"there is no node '{node}'", NearestName.Hint(node, nodes.Select(n => n.Name)));
            return null;
        }

        if (meant.Count > 1)
        {
            link.Wrong(key, $"'{text}' is ambiguous: it may begin with the node {string.Join(" or ", meant.Select(n => n.Name))}", "rename one of them");
            return null;
        }

        string? component = text == meant[0].Name ? null : text[(meant[0].Name.Length + 1)..];
        return meant[0].Pipeline is { } pipeline
            ? FindComponent(link, key, meant[0].Name, pipeline, component, signal)
            : FindPolicy(link, key, meant[0].Name, component, signal);
    }

    private static LinkEnd? FindPolicy(IonSection link, string key, string node, string? component, SignalKind signal)
    {
        if (component is not null)
        {
            link.Wrong(key, $"'{node}' is a policy and has no component '{component}'", $"write {key} = {node}");
            return null;
        }

        if (signal != SignalKind.Model)
        {
            link.Wrong(key, $"the policy '{node}' decides about models, not about {IonText.Name(signal)}", "write signal = model");
            return null;
        }

        return new LinkEnd(node, null);
    }

    private LinkEnd? FindComponent(IonSection link, string key, string node, PipelineNode pipeline, string? component, SignalKind signal)
    {
        bool source = key == "from";
        var candidates = pipeline.Components.Components.Where(c => source ? Emits(pipeline, c, signal) : Takes(pipeline, c, signal)).Select(c => c.Name).ToList();
        string does = source ? "emits" : "takes";
        string what = IonText.Name(signal);

        // Whether an unknown type has the port cannot be said; its error has been reported.
        bool unknown = pipeline.Components.Components.Any(c => Descriptor(pipeline, c) is null);
        if (component is not null)
        {
            if (pipeline.Components.Components.All(c => c.Name != component))
            {
                link.Wrong(key, $"the node '{node}' has no component '{component}'", NearestName.Hint(component, pipeline.Components.Components.Select(c => c.Name)));
                return null;
            }

            bool whole = signal is SignalKind.Event or SignalKind.Alert && source;
            if (!candidates.Contains(component) && !unknown && !whole)
            {
                link.Wrong(key, $"'{node}.{component}' {does} no {what}{(source ? string.Empty : " from outside")}", candidates.Count == 0 ? $"no component of '{node}' does" : $"write {string.Join(" or ", candidates.Select(c => $"{node}.{c}"))}");
                return null;
            }

            return new LinkEnd(node, component);
        }

        bool triggers = !source && pipeline.Run is { Kind: RunKind.Event } run && run.Signal == signal;
        if (signal != SignalKind.Model && (source || triggers))
        {
            return new LinkEnd(node, null);
        }

        if (candidates.Count == 1)
        {
            return new LinkEnd(node, candidates[0]);
        }

        if (candidates.Count == 0 && (triggers || unknown))
        {
            return new LinkEnd(node, null);
        }

        link.Wrong(
            key,
            candidates.Count == 0 ? $"no component of '{node}' {does} {what}{(source ? string.Empty : ", and the node does not run on it")}" : $"'{node}' is ambiguous: several of its components {(source ? "emit" : "take")} {what}",
            candidates.Count == 0 ? null : $"write {string.Join(" or ", candidates.Select(c => $"{node}.{c}"))}");
        return null;
    }

    private bool Emits(PipelineNode pipeline, ComponentSpec component, SignalKind signal) =>
        Descriptor(pipeline, component)?.Outputs.Any(o => o.Type == IonText.PortOf(signal)) ?? false;

    private bool Takes(PipelineNode pipeline, ComponentSpec component, SignalKind signal) =>
        Descriptor(pipeline, component)?.Inputs.Any(i => i.Type == IonText.PortOf(signal) && !component.Inputs.ContainsKey(i.Name)) ?? false;

    private ComponentDescriptor? Descriptor(PipelineNode pipeline, ComponentSpec component) =>
        engines.TryGetValue(pipeline.Engine, out var types) ? types.FirstOrDefault(t => t.Type == component.Type) : null;
}
