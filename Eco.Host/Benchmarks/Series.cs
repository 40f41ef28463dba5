using System.Collections.Immutable;

namespace Eco.Host.Benchmarks;

/// <summary>The same thing measured several times.</summary>
/// <param name="Values">In the order of the runs; at least one.</param>
internal sealed record Series(ImmutableArray<double> Values)
{
    public double Minimum => Values.Min();

    public double Maximum => Values.Max();

    /// <summary>The one in the middle; of an even number the mean of the two.</summary>
    public double Median
    {
        get
        {
            ImmutableArray<double> sorted = Values.Sort();
            int middle = sorted.Length / 2;
            return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        }
    }

    /// <summary>The end of a row: minimum, median, maximum, and each run.</summary>
    public IEnumerable<(string Column, object? Value)> ToColumns() =>
    [
        ("minimum", Minimum),
        ("median", Median),
        ("maximum", Maximum),
        .. Values.Select((value, run) => (System.FormattableString.Invariant($"run{run + 1}"), (object?)value)),
    ];
}
