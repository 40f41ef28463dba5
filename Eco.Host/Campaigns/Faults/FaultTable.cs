using System.Collections.Immutable;

namespace Eco.Host.Campaigns.Faults;

/// <summary>How often each fault met each state of an actor: (fault, kind of actor and what it was doing) to a count.</summary>
internal sealed class FaultTable
{
    private readonly SortedDictionary<(FaultKind Fault, string State), long> _counts =
        new(Comparer<(FaultKind Fault, string State)>.Create(static (x, y) =>
            x.Fault != y.Fault ? x.Fault.CompareTo(y.Fault) : string.CompareOrdinal(x.State, y.State)));

    /// <summary>How many different pairs were met.</summary>
    public int Pairs => _counts.Count;

    /// <summary>All counts, by fault and state.</summary>
    public ImmutableArray<(FaultKind Fault, string State, long Count)> Rows =>
        [.. _counts.Select(entry => (entry.Key.Fault, entry.Key.State, entry.Value))];

    /// <summary>A fault meets a state.</summary>
    public void Hit(FaultKind fault, string state) => Add(fault, state, 1);

    /// <summary>Adds another table's counts.</summary>
    public void Add(FaultTable other)
    {
        ArgumentNullException.ThrowIfNull(other);
        foreach (((FaultKind fault, string state), long count) in other._counts)
        {
            Add(fault, state, count);
        }
    }

    private void Add(FaultKind fault, string state, long count) =>
        _counts[(fault, state)] = _counts.GetValueOrDefault((fault, state)) + count;
}
