using System.Collections.Immutable;
using Eco.Actors.Console;

namespace Eco.Actors.Timeline.Sql;

/// <summary>Where the newest statistics are read: they are primary data in a file of their own, not part of the projection.</summary>
public interface IStatisticsSource
{
    /// <summary>The newest value of every statistic of an ION, ordered by node, agent and name; at most 1,000.</summary>
    ImmutableArray<StatisticView> Newest(string ion);

    /// <summary>What the buffers of agents took when they last said so; for each agent its newest incarnation.</summary>
    ImmutableSortedDictionary<string, AgentBufferView> Buffers();
}
