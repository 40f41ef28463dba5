using System.Globalization;
using System.Text;
using Eco.Engines.Abstractions;

namespace Eco.Actors.Ions.Language;

/// <summary>Draws the two levels of an ION, for the terminal and as Mermaid.</summary>
public static class IonGraphRenderer
{
    /// <summary>
    /// Text for a terminal: a block for each node, in it its components as a tree along the flow of data, and below it the links that leave it.
    /// </summary>
    public static string RenderText(IonDefinition ion)
    {
        ArgumentNullException.ThrowIfNull(ion);
        var text = new StringBuilder();
        text.Append(ion.Id).Append(ion.Title.Length > 0 && ion.Title != ion.Id ? $" - {ion.Title}" : string.Empty).Append('\n');
        foreach (var node in ion.Nodes)
        {
            text.Append('\n').Append("┌─ ").Append(node.Name).Append("  ").Append(Describe(node)).Append('\n');
            if (node.Pipeline is { } pipeline)
            {
                AppendComponents(text, pipeline);
            }

            var links = ion.Links.Where(l => l.From.Node == node.Name).ToList();
            text.Append(links.Count == 0 ? "└─\n" : string.Empty);
            for (int i = 0; i < links.Count; i++)
            {
                string from = links[i].From.Component is { } component ? $"{component} " : string.Empty;
                text.Append(CultureInfo.InvariantCulture, $"{(i == links.Count - 1 ? '└' : '├')}─ {from}═{Label(links[i])}═▶ {links[i].To}\n");
            }
        }

        return text.ToString();
    }

    /// <summary>A Mermaid flow chart: a subgraph for each pipeline, a hexagon for each policy.</summary>
    public static string RenderMermaid(IonDefinition ion)
    {
        ArgumentNullException.ThrowIfNull(ion);
        var text = new StringBuilder("flowchart LR\n");
        var ids = new Dictionary<(string Node, string? Component), string>();
        foreach (var (n, node) in ion.Nodes.Index())
        {
            string nodeId = string.Create(CultureInfo.InvariantCulture, $"n{n}");
            ids[(node.Name, null)] = nodeId;
            if (node.Pipeline is not { } pipeline)
            {
                text.Append(CultureInfo.InvariantCulture, $"  {nodeId}{{{{\"{Escape(node.Name)}<br/>{Escape(Describe(node))}\"}}}}\n");
                continue;
            }

            text.Append(CultureInfo.InvariantCulture, $"  subgraph {nodeId}[\"{Escape(node.Name)}: {Escape(Describe(node))}\"]\n");
            foreach (var (c, component) in pipeline.Components.Components.Index())
            {
                string id = string.Create(CultureInfo.InvariantCulture, $"{nodeId}_{c}");
                ids[(node.Name, component.Name)] = id;
                text.Append(CultureInfo.InvariantCulture, $"    {id}[\"{Escape(component.Name)}<br/>{Escape(component.Type)}\"]\n");
            }

            foreach (var component in pipeline.Components.Components)
            {
                foreach (var (port, source) in component.Inputs)
                {
                    text.Append(CultureInfo.InvariantCulture, $"    {ids[(node.Name, source.Component)]} -->|{Escape(Flow(source.Port, port))}| {ids[(node.Name, component.Name)]}\n");
                }
            }

            text.Append("  end\n");
        }

        foreach (var link in ion.Links)
        {
            text.Append(CultureInfo.InvariantCulture, $"  {ids[(link.From.Node, link.From.Component)]} ==>|{Label(link)}| {ids[(link.To.Node, link.To.Component)]}\n");
        }

        return text.ToString();
    }

    private static void AppendComponents(StringBuilder text, PipelineNode pipeline)
    {
        var drawn = new HashSet<string>(StringComparer.Ordinal);
        var components = pipeline.Components.Components;
        foreach (var root in components.Where(c => c.Inputs.IsEmpty))
        {
            AppendComponent(text, components, root, "│  ", string.Empty, drawn);
        }
    }

    /// <summary>Draws a component below the one that feeds its first input, and names its other feeders.</summary>
    private static void AppendComponent(
        StringBuilder text, IReadOnlyList<ComponentSpec> components, ComponentSpec component, string indent, string arrow, HashSet<string> drawn)
    {
        drawn.Add(component.Name);
        var others = component.Inputs.Skip(arrow.Length > 0 ? 1 : 0).Select(i => $"{i.Key} from {i.Value}").ToList();
        string more = others.Count > 0 ? $"  ({string.Join(", ", others)})" : string.Empty;
        text.Append(indent).Append(arrow).Append(component.Name).Append("  ").Append(component.Type).Append(more).Append('\n');
        string below = arrow.Length == 0 ? indent : indent + (arrow[0] == '└' ? "   " : "│  ");
        var fed = components.Where(c => c.Inputs.FirstOrDefault().Value?.Component == component.Name && !drawn.Contains(c.Name)).ToList();
        for (int i = 0; i < fed.Count; i++)
        {
            var (port, source) = fed[i].Inputs.First();
            AppendComponent(text, components, fed[i], below, $"{(i == fed.Count - 1 ? '└' : '├')}─{Flow(source.Port, port)}─▶ ", drawn);
        }
    }

    private static string Flow(string output, string input) => output == input ? output : $"{output} as {input}";

    private static string Label(LinkDefinition link) => $"{IonText.Name(link.Signal)}, {IonText.Name(link.Consistency)}";

    private static string Describe(NodeDefinition node)
    {
        if (node.Policy is { } policy)
        {
            return policy.Gate is { } gate
                ? $"gate: {gate.Node} {gate.Statistic} {IonText.Name(gate.Comparison)} {IonText.Number(gate.Bound)}"
                : "approval by an operator";
        }

        var pipeline = node.Pipeline!;
        string rounds = pipeline.Rounds is { } r
            ? string.Create(CultureInfo.InvariantCulture, $"; rounds of {(r.Quorum == 0 ? "all" : $"at least {r.Quorum}")}, deadline {IonText.Duration(r.Deadline)}, late: {IonText.Name(r.Late)}")
            : string.Empty;
        return $"{pipeline.Engine} on {IonText.Selector(pipeline.On)}; {IonText.Run(pipeline.Run)}{rounds}";
    }

    private static string Escape(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("\"", "&quot;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal)
        .Replace("|", "&#124;", StringComparison.Ordinal)
        .ReplaceLineEndings(" ");
}
