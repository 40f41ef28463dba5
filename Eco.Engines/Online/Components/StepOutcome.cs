using System.Collections.Immutable;
using Eco.Engines.Abstractions;

namespace Eco.Engines.Online.Components;

/// <summary>What the components of a pipeline have brought so far in one step.</summary>
internal sealed class StepOutcome
{
    public Dictionary<PortReference, object> Values { get; } = [];

    public SortedDictionary<string, double> Statistics { get; } = new(StringComparer.Ordinal);

    public List<EmittedModel> Models { get; } = [];

    public List<EmittedNotice> Notices { get; } = [];

    public int Rows { get; set; }

    public long RawBytes { get; set; }

    public StepResult ToResult(bool finished) => new(
        Rows, RawBytes, finished, Statistics.ToImmutableSortedDictionary(StringComparer.Ordinal), [.. Models], [.. Notices]);
}
