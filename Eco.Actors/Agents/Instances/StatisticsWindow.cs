using System.Collections.Immutable;
using Eco.Runtime.Actors;
using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Statistics;

namespace Eco.Actors.Agents.Instances;

/// <summary>Averages the statistics of the steps of a window, so that what is kept and sent does not grow with the pace of a pipeline.</summary>
internal sealed class StatisticsWindow(IStatisticsStore store, string ion, string node, string agent)
{
    private readonly SortedDictionary<string, (double Sum, int Count)> _sums = new(StringComparer.Ordinal);
    private long _correlation;

    public void Add(ImmutableSortedDictionary<string, double> statistics)
    {
        foreach ((string name, double value) in statistics)
        {
            (double sum, int count) = _sums.GetValueOrDefault(name);
            _sums[name] = (sum + value, count + 1);
        }
    }

    public void Flush(HybridClock clock, IActorRef replyTo)
    {
        if (_sums.Count == 0)
        {
            return;
        }

        HybridTimestamp now = clock.Now();
        ImmutableArray<NewStatistic> rows =
            [.. _sums.Select(entry => new NewStatistic(ion, node, agent, entry.Key, entry.Value.Sum / entry.Value.Count, now))];
        _sums.Clear();
        store.Record(new RecordStatistics(++_correlation, rows), replyTo);
    }
}
