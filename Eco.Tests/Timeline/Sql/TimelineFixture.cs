using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Eco.Actors.Console;
using Eco.Actors.Timeline;
using Eco.Actors.Timeline.Sql;
using Eco.Host.Composition;
using Eco.Runtime.Persistence;
using Microsoft.Data.Sqlite;
using NUnit.Framework;

namespace Eco.Tests.Timeline.Sql;

/// <summary>A timeline in memory with a writer and a reader over the same connection.</summary>
internal sealed class TimelineFixture : IDisposable
{
    public const string HashA = "aaaa11112222333344445555666677778888999900001111222233334444aaaa";
    public const string HashB = "aaaabbbb2222333344445555666677778888999900001111222233334444bbbb";

    private readonly SqliteConnection _connection;

    public TimelineFixture()
    {
        SQLitePCL.Batteries_V2.Init();
        _connection = new SqliteConnection("Data Source=:memory:");
        _connection.Open();
        Database = new TimelineDatabase(_connection);
        Reader = new TimelineReader(_connection, statistics: null, EngineCatalogue.Default.Descriptors);
    }

    public TimelineDatabase Database { get; }

    public TimelineReader Reader { get; }

    /// <summary>An event at a second after the epoch.</summary>
    public static ProjectedEvent At(long ordering, int second, params TimelineChange[] changes) =>
        new(ordering, Partition: 0, new HybridTimestamp(second * 1000L, 0, "server"), [.. changes]);

    public static DateTimeOffset Second(int second) => DateTimeOffset.FromUnixTimeSeconds(second);

    public long Apply(params ProjectedEvent[] events) => Database.Apply([.. events]);

    public ConsoleReply Answer(string verb, params (string Name, string Value)[] arguments) => Reader.Answer(
        new ConsoleRequest(7, verb, arguments.ToImmutableSortedDictionary(pair => pair.Name, pair => pair.Value, StringComparer.Ordinal)));

    public T Read<T>(JsonTypeInfo<T> type, string verb, params (string Name, string Value)[] arguments)
    {
        ConsoleReply reply = Answer(verb, arguments);
        Assert.That(reply.Error, Is.Null);
        Assert.That(reply.Id, Is.EqualTo(7));
        return reply.Data!.Value.Deserialize(type)!;
    }

    public void Dispose() => _connection.Dispose();
}
