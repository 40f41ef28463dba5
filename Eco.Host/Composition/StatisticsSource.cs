using System.Collections.Immutable;
using Eco.Actors.Console;
using Eco.Actors.Timeline.Sql;
using Eco.Runtime.Persistence.Postgres;
using Eco.Runtime.Persistence.Statistics;

namespace Eco.Host.Composition;

/// <summary>The newest statistics out of a server's store, for <c>eco ion show</c> and <c>eco agents</c>.</summary>
/// <param name="reader">The store's reader, closed with this.</param>
/// <param name="newest">The newest values of an ION, at most so many.</param>
/// <param name="positions">How far the server has each agent's statistics.</param>
internal sealed class StatisticsSource(
    IDisposable reader, Func<string, int, ImmutableArray<StatisticsRow>> newest, Func<ImmutableArray<IngestPosition>> positions) : IStatisticsSource, IDisposable
{
    private const int AtMost = 1000;

    /// <summary>Opens a statistics file read-only.</summary>
    public static StatisticsSource Open(string path)
    {
        StatisticsReader reader = StatisticsReader.Open(path);
        return new StatisticsSource(reader, reader.Newest, reader.Positions);
    }

    /// <summary>Reads from the database that the servers share; connects when first asked.</summary>
    public static StatisticsSource Of(PostgresOptions database)
    {
        var reader = new PostgresStatisticsReader(database);
        return new StatisticsSource(reader, reader.Newest, reader.Positions);
    }

    public ImmutableArray<StatisticView> Newest(string ion) =>
        [.. newest(ion, AtMost).Select(row => new StatisticView(
            row.Ion, row.Node, row.Agent, row.Name, row.Value, DateTimeOffset.FromUnixTimeMilliseconds(row.Timestamp.WallMilliseconds)))];

    public ImmutableSortedDictionary<string, AgentBufferView> Buffers()
    {
        var buffers = ImmutableSortedDictionary.CreateBuilder<string, AgentBufferView>(StringComparer.Ordinal);
        foreach (IngestPosition position in positions())
        {
            // In the order of incarnations: the last one stays.
            buffers[position.Agent] = new AgentBufferView(position.BufferedRows, position.BufferedBytes, position.ReportedDropped);
        }

        return buffers.ToImmutable();
    }

    public void Dispose() => reader.Dispose();
}
