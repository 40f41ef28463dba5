using System.Collections.Immutable;
using Eco.Actors.Console;
using Eco.Actors.Timeline.Sql;
using Eco.Runtime.Persistence.Statistics;

namespace Eco.Host.Composition;

/// <summary>The newest statistics out of a server's statistics file, for <c>eco ion show</c> and <c>eco agents</c>.</summary>
internal sealed class StatisticsSource(StatisticsReader reader) : IStatisticsSource, IDisposable
{
    private const int AtMost = 1000;

    /// <summary>Opens a statistics file read-only.</summary>
    public static StatisticsSource Open(string path) => new(StatisticsReader.Open(path));

    public ImmutableArray<StatisticView> Newest(string ion) =>
        [.. reader.Newest(ion, AtMost).Select(row => new StatisticView(
            row.Ion, row.Node, row.Agent, row.Name, row.Value, DateTimeOffset.FromUnixTimeMilliseconds(row.Timestamp.WallMilliseconds)))];

    public ImmutableSortedDictionary<string, AgentBufferView> Buffers()
    {
        var buffers = ImmutableSortedDictionary.CreateBuilder<string, AgentBufferView>(StringComparer.Ordinal);
        foreach (IngestPosition position in reader.Positions())
        {
            // In the order of incarnations: the last one stays.
            buffers[position.Agent] = new AgentBufferView(position.BufferedRows, position.BufferedBytes, position.ReportedDropped);
        }

        return buffers.ToImmutable();
    }

    public void Dispose() => reader.Dispose();
}
