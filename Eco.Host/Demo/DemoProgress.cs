using System.Collections.Immutable;
using Eco.Actors.Console;

namespace Eco.Host.Demo;

/// <summary>What the live events of a demo add up to. Not safe for use by several threads.</summary>
/// <param name="ion">The demo's ION.</param>
internal sealed class DemoProgress(string ion)
{
    private readonly SortedDictionary<string, SortedDictionary<string, double>> _statistics = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, SortedSet<string>> _afterEnd = new(StringComparer.Ordinal);

    /// <summary>Merge rounds so far.</summary>
    public long Rounds { get; set; }

    /// <summary>Whether the ION has completed.</summary>
    public bool Completed { get; set; }

    /// <summary>Agents whose node has exhausted its sources.</summary>
    public int Succeeded { get; private set; }

    /// <summary>The newest line of the story.</summary>
    public string LastEvent { get; private set; } = "starting";

    /// <summary>Why the demo cannot go on, if it cannot.</summary>
    public string? Failure { get; private set; }

    /// <summary>Takes in a live event.</summary>
    public void Take(LiveView view)
    {
        if (view.Ion != ion)
        {
            return;
        }

        if (view is { Kind: "statistic", Agent: { } agent, Value: { } value })
        {
            Add(agent, view.Text, value);
            return;
        }

        LastEvent = $"{view.Kind} {view.Node} {view.Agent}: {view.Text}";
        switch (view.Kind)
        {
            case "round-merged":
                Rounds++;
                break;
            case "instance-succeeded":
                Succeeded++;
                break;
            case "ion-completed":
                Completed = true;
                break;
            case "instance-quarantined":
                Failure = $"{view.Node} on {view.Agent} is quarantined: {view.Text}";
                break;
        }
    }

    /// <summary>Takes in a statistic.</summary>
    public void Add(string agent, string name, double value)
    {
        Of(_statistics, agent)[name] = value;
        if (Completed)
        {
            Of(_afterEnd, agent).Add(name);
        }
    }

    /// <summary>The newest value, or null.</summary>
    public double? Newest(string agent, string name) =>
        _statistics.TryGetValue(agent, out SortedDictionary<string, double>? values) && values.TryGetValue(name, out double value) ? value : null;

    /// <summary>Agents that have said anything.</summary>
    public IEnumerable<string> Agents => _statistics.Keys;

    /// <summary>Whether these statistics have come once more from so many agents after the end: they are final.</summary>
    public bool IsFinal(int agents, ImmutableArray<string> names) =>
        _afterEnd.Count(entry => names.All(entry.Value.Contains)) >= agents;

    /// <summary>All newest values.</summary>
    public ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, double>> Snapshot() =>
        _statistics.ToImmutableSortedDictionary(
            entry => entry.Key, entry => entry.Value.ToImmutableSortedDictionary(StringComparer.Ordinal), StringComparer.Ordinal);

    private static T Of<T>(SortedDictionary<string, T> by, string agent)
        where T : new()
    {
        if (!by.TryGetValue(agent, out T? found))
        {
            found = new T();
            by.Add(agent, found);
        }

        return found;
    }
}
