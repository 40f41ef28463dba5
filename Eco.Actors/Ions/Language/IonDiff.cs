using System.Collections.Immutable;
using System.Globalization;

namespace Eco.Actors.Ions.Language;

/// <summary>Compares two versions of an ION by value. The order of nodes and links in the text is no difference.</summary>
public static class IonDiff
{
    private const string Nothing = "(none)";

    /// <summary>What changes from one version to the next, nodes before links; empty when nothing does.</summary>
    /// <param name="before">The running version; null when there is none, so that everything is new.</param>
    /// <param name="after">The submitted version.</param>
    public static ImmutableArray<IonChange> Compare(IonDefinition? before, IonDefinition after)
    {
        ArgumentNullException.ThrowIfNull(after);
        var changes = ImmutableArray.CreateBuilder<IonChange>();
        if (before is not null && before.Title != after.Title)
        {
            changes.Add(new IonChange(IonChangeKind.Changed, null, "title", [Change("title", before.Title, after.Title)]));
        }

        Compare(
            (before?.Nodes ?? []).Select(n => (n.Name, Describe(n))),
            after.Nodes.Select(n => (n.Name, Describe(n))),
            name => (name, $"node {name}"),
            changes);
        Compare(
            (before?.Links ?? []).Select(l => (NameOf(l), Describe(l))),
            after.Links.Select(l => (NameOf(l), Describe(l))),
            name => (null, $"link {name}"),
            changes);
        return changes.ToImmutable();
    }

    /// <summary>Whether two nodes mean the same, so that a running one need not be touched.</summary>
    public static bool AreSame(NodeDefinition one, NodeDefinition other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        return one.Name == other.Name && Describe(one).SequenceEqual(Describe(other));
    }

    private static void Compare(
        IEnumerable<(string Name, SortedDictionary<string, string> Values)> before,
        IEnumerable<(string Name, SortedDictionary<string, string> Values)> after,
        Func<string, (string? Node, string Subject)> subject,
        ImmutableArray<IonChange>.Builder changes)
    {
        var old = before.ToDictionary(p => p.Name, p => p.Values, StringComparer.Ordinal);
        foreach (var (name, values) in after)
        {
            var (node, text) = subject(name);
            if (!old.Remove(name, out var previous))
            {
                changes.Add(new IonChange(IonChangeKind.Added, node, text, []));
                continue;
            }

            ImmutableArray<string> details =
            [
                .. previous.Keys.Union(values.Keys).Order(StringComparer.Ordinal)
                    .Select(key => (Key: key, Old: previous.GetValueOrDefault(key, Nothing), New: values.GetValueOrDefault(key, Nothing)))
                    .Where(c => c.Old != c.New)
                    .Select(c => Change(c.Key, c.Old, c.New)),
            ];
            if (!details.IsEmpty)
            {
                changes.Add(new IonChange(IonChangeKind.Changed, node, text, details));
            }
        }

        foreach (string name in old.Keys.Order(StringComparer.Ordinal))
        {
            var (node, text) = subject(name);
            changes.Add(new IonChange(IonChangeKind.Removed, node, text, []));
        }
    }

    private static string Change(string key, string before, string after) => $"{key}: {before} -> {after}";

    private static string NameOf(LinkDefinition link) => $"{link.From} -> {link.To} ({IonText.Name(link.Signal)})";

    private static SortedDictionary<string, string> Describe(LinkDefinition link) =>
        new(StringComparer.Ordinal) { ["consistency"] = IonText.Name(link.Consistency) };

    /// <summary>All that a node says, as keys and values in canonical text.</summary>
    private static SortedDictionary<string, string> Describe(NodeDefinition node)
    {
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (node.Policy is { } policy)
        {
            values["policy"] = IonText.Name(policy.Kind);
            if (policy.Gate is { } gate)
            {
                values["gate"] = $"{gate.Node} {gate.Statistic} {IonText.Name(gate.Comparison)} {IonText.Number(gate.Bound)}";
            }
        }

        if (node.Pipeline is { } pipeline)
        {
            Describe(pipeline, values);
        }

        return values;
    }

    private static void Describe(PipelineNode pipeline, SortedDictionary<string, string> values)
    {
        values["engine"] = pipeline.Engine;
        values["on"] = IonText.Selector(pipeline.On with { Agents = [.. pipeline.On.Agents.Order(StringComparer.Ordinal)], Capabilities = [.. pipeline.On.Capabilities.Order(StringComparer.Ordinal)] });
        values["run"] = IonText.Run(pipeline.Run);
        values["run.steps"] = pipeline.Run.Steps.ToString(CultureInfo.InvariantCulture);
        values["run.overlap"] = IonText.Name(pipeline.Run.Overlap);
        values["relaunch"] = string.Create(
            CultureInfo.InvariantCulture,
            $"{IonText.Duration(pipeline.Relaunch.MinBackoff)} to {IonText.Duration(pipeline.Relaunch.MaxBackoff)}, {pipeline.Relaunch.MaxFailures} failures");
        if (pipeline.Rounds is { } rounds)
        {
            values["rounds"] = string.Create(
                CultureInfo.InvariantCulture,
                $"quorum {rounds.Quorum}, deadline {IonText.Duration(rounds.Deadline)}, late {IonText.Name(rounds.Late)}");
        }

        foreach (var component in pipeline.Components.Components)
        {
            string prefix = $"components.{component.Name}";
            values[prefix] = component.Type;
            foreach (var (port, source) in component.Inputs)
            {
                values[$"{prefix}.from.{port}"] = source.ToString();
            }

            foreach (var (setting, value) in component.Settings)
            {
                values[$"{prefix}.{setting}"] = value;
            }
        }
    }
}
