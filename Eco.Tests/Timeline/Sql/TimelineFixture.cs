using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Eco.Actors.Console;
using Eco.Actors.Timeline;
using Eco.Actors.Timeline.Sql;
using Eco.Host.Composition;
using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Postgres;
using Eco.Tests.Persistence.Postgres;
using Microsoft.Data.Sqlite;
using NUnit.Framework;

namespace Eco.Tests.Timeline.Sql;

/// <summary>An empty timeline: in memory, or in a schema of its own of the tests' PostgreSQL.</summary>
internal sealed class TimelineFixture : IDisposable
{
    public const string HashA = "aaaa11112222333344445555666677778888999900001111222233334444aaaa";
    public const string HashB = "aaaabbbb2222333344445555666677778888999900001111222233334444bbbb";

    /// <summary>The databases that the timeline can be in.</summary>
    public const string Sqlite = "SQLite";

    /// <summary>The databases that the timeline can be in.</summary>
    public const string Postgres = "PostgreSQL";

    private readonly SqliteConnection? _connection;

    public TimelineFixture(string kind = Sqlite)
    {
        Func<ITimelineSql> open;
        if (kind == Sqlite)
        {
            SQLitePCL.Batteries_V2.Init();
            _connection = new SqliteConnection("Data Source=:memory:");
            _connection.Open();
            open = () => SqliteTimeline.Over(_connection);
        }
        else
        {
            var options = new PostgresOptions { ConnectionString = PostgresServerOfTests.NewSchema() };
            open = () => new PostgresTimeline(options, "timeline");
        }

        Database = new TimelineDatabase(open());
        Reader = new TimelineReader(open(), statistics: null, EngineCatalogue.Default.Descriptors);
    }

    public TimelineDatabase Database { get; }

    public TimelineReader Reader { get; }

    /// <summary>An event at a second after the epoch.</summary>
    public static ProjectedEvent At(long ordering, int second, params TimelineChange[] changes) =>
        new(ordering, new HybridTimestamp(second * 1000L, 0, "server"), [.. changes]);

    public static DateTimeOffset Second(int second) => DateTimeOffset.FromUnixTimeSeconds(second);

    /// <summary>Applies events of partition 0 after what is applied already.</summary>
    public bool Apply(params ProjectedEvent[] events) => Apply(0, events);

    public bool Apply(int partition, params ProjectedEvent[] events)
    {
        long from = Database.Offsets().FirstOrDefault(offset => offset.Partition == partition).Ordering;
        return Database.Apply([.. events], [new PartitionPosition(partition, from)], [new PartitionPosition(partition, events[^1].Ordering)]);
    }

    public ConsoleReply Answer(string verb, params (string Name, string Value)[] arguments) => Reader.Answer(
        new ConsoleRequest(7, verb, arguments.ToImmutableSortedDictionary(pair => pair.Name, pair => pair.Value, StringComparer.Ordinal)));

    public T Read<T>(JsonTypeInfo<T> type, string verb, params (string Name, string Value)[] arguments)
    {
        ConsoleReply reply = Answer(verb, arguments);
        Assert.That(reply.Error, Is.Null);
        Assert.That(reply.Id, Is.EqualTo(7));
        return reply.Data!.Value.Deserialize(type)!;
    }

    public void Dispose()
    {
        Database.Dispose();
        Reader.Dispose();
        _connection?.Dispose();
    }
}
