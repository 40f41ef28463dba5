using System.Collections.Immutable;
using Eco.Runtime.Actors;
using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Statistics;

namespace Eco.Actors.Agents.Instances;

/// <summary>Averages the statistics of the steps of a window, so that what is kept and sent does not grow with the pace of a pipeline.</summary>
internal sealed class StatisticsWindow(
    IStatisticsStore store, string ion, string node, string agent, Func<string, StatisticPriority> priorityOf)
{
    private readonly SortedDictionary<string, (double Sum, int Count)> _sums = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, double> _last = new(StringComparer.Ordinal);
    private long _correlation;

    public void Add(ImmutableSortedDictionary<string, double> statistics)
    {
        foreach ((string name, double value) in statistics)
        {
            (double sum, int count) = _sums.GetValueOrDefault(name);
            _sums[name] = (sum + value, count + 1);
            _last[name] = value;
        }
    }

    public void Flush(HybridClock clock, IActorRef replyTo)
    {
        Record(_sums.Select(entry => (entry.Key, entry.Value.Sum / entry.Value.Count, priorityOf(entry.Key))), clock, replyTo);
        _sums.Clear();
    }

    /// <summary>Records the window, and then each statistic as it was last: what a finished pipeline ends with is no average.</summary>
    public void Finish(HybridClock clock, IActorRef replyTo)
    {
        Flush(clock, replyTo);
        Record(_last.Select(entry => (entry.Key, entry.Value, StatisticPriority.Result)), clock, replyTo);
        _last.Clear();
    }

    /// <summary>Records a value of the node's own, at once.</summary>
    public void Note(string name, double value, HybridClock clock, IActorRef replyTo) =>
        Record([(name, value, StatisticPriority.Result)], clock, replyTo);

    private void Record(IEnumerable<(string Name, double Value, StatisticPriority Priority)> values, HybridClock clock, IActorRef replyTo)
    {
        HybridTimestamp now = clock.Now();
        ImmutableArray<NewStatistic> rows = [.. values.Select(entry => new NewStatistic(ion, node, agent, entry.Name, entry.Value, now, entry.Priority))];
        if (!rows.IsEmpty)
        {
            store.Record(new RecordStatistics(++_correlation, rows), replyTo);
        }
    }
}
