using System.Collections.Immutable;
using System.Globalization;
using Eco.Host.Output;

namespace Eco.Host.Campaigns;

/// <summary>The figures of a campaign (docs/figures.md).</summary>
internal static class CampaignReport
{
    private const double KernelGoal = 400_000;
    private const double CampaignGoal = 240_000;

    /// <summary>Makes the report.</summary>
    /// <param name="seeds">The seeds that were asked for.</param>
    /// <param name="totals">What their runs came to.</param>
    /// <param name="different">Seeds that ran otherwise in a second process; null where none was asked.</param>
    /// <param name="threads">How many ran at a time.</param>
    /// <param name="seconds">How long all of them took.</param>
    /// <param name="kernelEventsPerSecond">The kernel alone, on one core; null where it was not measured.</param>
    public static FiguresReport Of(
        ImmutableArray<long> seeds, CampaignTotals totals, int? different, int threads, double seconds, double? kernelEventsPerSecond)
    {
        ImmutableArray<(string Name, Figure Figure)>.Builder figures = ImmutableArray.CreateBuilder<(string, Figure)>();
        if (kernelEventsPerSecond is { } kernel)
        {
            figures.Add(("kernel-events-per-second", Figure.AtLeast(kernel, "events/s", KernelGoal)));
        }

        if (totals.Seeds > 0)
        {
            figures.Add(("events-per-second", Figure.AtLeast(totals.Events / seconds / threads, "events/s", CampaignGoal)));
            figures.Add(("seeds-per-second", Figure.Plain(totals.Seeds / seconds, "seeds/s")));
            figures.Add(("virtual-hours", Figure.Plain(totals.VirtualTime.TotalHours, "h")));
            figures.Add(("failures", Figure.AtMost(totals.FailedSeeds, "seeds", 0)));
            figures.Add(("fault-state-pairs-hit", Figure.Plain(totals.Table.Pairs, "pairs")));
            figures.Add(("events-per-seed-least", Figure.AtLeast(totals.LeastEvents, "events", CampaignRun.LeastEvents)));
            figures.Add(("actors-per-seed", Figure.AtLeast((double)totals.Actors / totals.Seeds, "actors", 200)));
        }

        if (different is { } others)
        {
            figures.Add(("other-traces", Figure.AtMost(others, "seeds", 0)));
        }

        return new FiguresReport("simulate", seeds, figures.ToImmutable(), Rows(totals));
    }

    // A row for each state, a column for each fault.
    private static ImmutableArray<ImmutableArray<(string Column, object? Value)>> Rows(CampaignTotals totals)
    {
        var rows = totals.Table.Rows;
        string[] faults = [.. rows.Select(row => row.Fault).Distinct().Order().Select(fault => fault.ToString())];
        return
        [
            .. rows.GroupBy(row => row.State, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group =>
                ImmutableArray.CreateRange<(string, object?)>(
                [
                    ("state", group.Key),
                    .. faults.Select(fault => (fault, (object?)group
                        .Where(row => row.Fault.ToString() == fault)
                        .Sum(row => row.Count)
                        .ToString(CultureInfo.InvariantCulture))),
                ])),
        ];
    }
}
