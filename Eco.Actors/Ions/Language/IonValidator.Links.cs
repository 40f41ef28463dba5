namespace Eco.Actors.Ions.Language;

/// <content>The upper level.</content>
public static partial class IonValidator
{
    private static void CheckLinks(IonDefinition ion, IonFindings findings)
    {
        var seen = new HashSet<(LinkEnd, LinkEnd, SignalKind)>();
        foreach (var (index, link) in ion.Links.Index())
        {
            string path = IonLinkReader.PathOf(index);
            foreach (var end in new[] { link.From, link.To })
            {
                var node = ion.Nodes.FirstOrDefault(n => n.Name == end.Node);
                if (node is null || (end.Component is { } name && (node.Pipeline?.Components.Components.All(c => c.Name != name) ?? true)))
                {
                    findings.Error(path, $"the end '{end}' does not exist", NearestName.Hint(end.Node, ion.Nodes.Select(n => n.Name)));
                }
            }

            if (!seen.Add((link.From, link.To, link.Signal)))
            {
                findings.Error(path, $"there is already a link {link.From} -> {link.To} for {IonText.Name(link.Signal)}", "remove one of them");
            }
        }
    }

    /// <summary>Whether every node can start: what waits for signals must in the end wait for something that runs by itself.</summary>
    private static void CheckStarts(IonDefinition ion, IonFindings findings)
    {
        foreach (var node in ion.Nodes)
        {
            if (node.Pipeline?.Run is { Kind: RunKind.Event, Signal: { } signal } && ion.Links.All(l => l.To.Node != node.Name || l.Signal != signal))
            {
                findings.Error(
                    $"{PathOf(node)}.run.event.signal",
                    $"'{node.Name}' runs on each {IonText.Name(signal)}, and none is linked to it: it never starts",
                    $"add a link {{ from = ..., to = {node.Name}, signal = {IonText.Name(signal)} }}");
            }
        }

        var byName = ion.Nodes.DistinctBy(n => n.Name).ToDictionary(n => n.Name, StringComparer.Ordinal);
        var targets = ion.Links.ToLookup(l => l.From.Node, l => l.To.Node, StringComparer.Ordinal);
        foreach (var group in IonGraphs.FindCyclicGroups(byName.Keys, name => targets[name].Where(byName.ContainsKey)))
        {
            if (group.All(name => byName[name].Pipeline?.Run.Kind is null or RunKind.Event))
            {
                var cycle = IonGraphs.FindCycle(group, name => targets[name].Where(group.Contains))!;
                findings.Error(
                    PathOf(byName[cycle[0]]),
                    $"these nodes wait for each other and never start: {string.Join(" -> ", cycle)}",
                    "let one of them run continuously or on a schedule");
            }
        }
    }
}
