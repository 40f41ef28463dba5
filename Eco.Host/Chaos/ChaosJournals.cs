using System.Collections.Immutable;
using System.Data.Common;
using Eco.Host.Fleet;
using Eco.Runtime.Persistence;
using Microsoft.Data.Sqlite;

namespace Eco.Host.Chaos;

/// <summary>All journals of a run: the servers' database and the agents' files.</summary>
/// <param name="ServerEvents">The servers' events, of each partition in its own order.</param>
/// <param name="AgentEvents">The agents' events, of each file in its own order.</param>
/// <param name="Sent">The last number that a sender has given out to a receiver.</param>
/// <param name="Booked">The last number that a receiver has booked of a sender.</param>
/// <param name="Parked">Messages that were set aside.</param>
/// <param name="Statistics">What became of each agent's statistics.</param>
internal sealed record ChaosJournals(
    ImmutableArray<StoredEvent> ServerEvents,
    ImmutableArray<StoredEvent> AgentEvents,
    ImmutableSortedDictionary<(string Sender, string Receiver), long> Sent,
    ImmutableSortedDictionary<(string Sender, string Receiver), long> Booked,
    ImmutableArray<string> Parked,
    ImmutableArray<ChaosStatistics> Statistics)
{
    private const string Events =
        "SELECT ordering, persistence_id, sequence_number, created, manifest, message, writer_uuid, owner_epoch, hlc";

    private const string SentRows = "SELECT sender, receiver, last_seq FROM outbox_position";
    private const string BookedRows = "SELECT sender, receiver, last_seq FROM inbox";
    private const string ParkedRows = "SELECT sender, receiver, sequence_number, manifest, reason FROM parked";

    /// <summary>Reads everything.</summary>
    public static async Task<ChaosJournals> ReadAsync(EcoFleet fleet, ChaosDatabase database, CancellationToken stop)
    {
        List<StoredEvent> server = await database.ReadAsync(
            Events + ", partition FROM journal ORDER BY partition, ordering",
            row => Event(row, row.GetInt32(9)),
            stop).ConfigureAwait(false);
        List<((string, string), long)> sent = await database.ReadAsync(SentRows, row => ((row.GetString(0), row.GetString(1)), row.GetInt64(2)), stop).ConfigureAwait(false);
        List<((string, string), long)> booked = await database.ReadAsync(BookedRows, row => ((row.GetString(0), row.GetString(1)), row.GetInt64(2)), stop).ConfigureAwait(false);
        List<string> parked = await database.ReadAsync(
            ParkedRows, row => ParkedText(row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetString(3), row.GetString(4)), stop).ConfigureAwait(false);
        var agents = new List<StoredEvent>();
        var statistics = new List<ChaosStatistics>();
        foreach (HostNode host in fleet.AgentHosts)
        {
            foreach (string agent in host.Agents)
            {
                statistics.Add(await StatisticsAsync(agent, host.State.Agent(agent).Statistics, database, stop).ConfigureAwait(false));
            }
        }

        foreach (string file in AgentFiles(fleet))
        {
            using SqliteConnection connection = Open(file);
            agents.AddRange(Read(
                connection,
                Events + " FROM journal ORDER BY ordering",
                row => Event(row, 0)));
            sent.AddRange(Read(connection, SentRows, row => ((row.GetString(0), row.GetString(1)), row.GetInt64(2))));
            booked.AddRange(Read(connection, BookedRows, row => ((row.GetString(0), row.GetString(1)), row.GetInt64(2))));
            parked.AddRange(Read(connection, ParkedRows, row => ParkedText(row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetString(3), row.GetString(4))));
        }

        return new ChaosJournals([.. server], [.. agents], Sorted(sent), Sorted(booked), [.. parked], [.. statistics]);
    }

    /// <summary>Messages of agents that the servers have booked so far.</summary>
    public static async Task<long> BookedByServersAsync(ChaosDatabase database, CancellationToken stop) => (await database.ReadAsync(
        "SELECT COALESCE(SUM(last_seq), 0)::BIGINT FROM inbox WHERE sender LIKE 'agent/%'", row => row.GetInt64(0), stop).ConfigureAwait(false))[0];

    /// <summary>Messages that wait for an acknowledgement, everywhere.</summary>
    public static async Task<long> OutstandingAsync(EcoFleet fleet, ChaosDatabase database, CancellationToken stop)
    {
        const string Count = "SELECT count(*) FROM outbox";
        long waiting = (await database.ReadAsync(Count, row => row.GetInt64(0), stop).ConfigureAwait(false))[0];
        foreach (string file in AgentFiles(fleet))
        {
            using SqliteConnection connection = Open(file);
            waiting += Read(connection, Count, row => row.GetInt64(0))[0];
        }

        return waiting;
    }

    private static async Task<ChaosStatistics> StatisticsAsync(string agent, string file, ChaosDatabase database, CancellationToken stop)
    {
        // An agent goes on recording, sending and deleting what is stored: only what was read while the servers stored nothing belongs together.
        (long UpTo, long Stored) before;
        (long UpTo, long Stored) position = await PositionAsync(agent, database, stop).ConfigureAwait(false);
        (long Recorded, long Dropped, long Held) own;
        do
        {
            before = position;
            own = OfAgent(file, before.UpTo);
            position = await PositionAsync(agent, database, stop).ConfigureAwait(false);
        }
        while (position != before);

        long repeated = (await database.ReadAsync(
            $"SELECT count(*) - count(DISTINCT (d.series, d.incarnation, d.sequence_number)) FROM statistics_stored d JOIN statistics_series s ON s.id = d.series WHERE s.agent = '{agent}'",
            row => row.GetInt64(0),
            stop).ConfigureAwait(false))[0];
        return new ChaosStatistics(agent, own.Recorded, position.Stored, own.Held, own.Dropped, repeated);
    }

    private static async Task<(long UpTo, long Stored)> PositionAsync(string agent, ChaosDatabase database, CancellationToken stop) =>
        (await database.ReadAsync(
            $"SELECT up_to, stored FROM statistics_position WHERE agent = '{agent}'", row => (row.GetInt64(0), row.GetInt64(1)), stop).ConfigureAwait(false))
            .SingleOrDefault();

    // In one transaction: what it counts and what it holds are of one moment.
    private static (long Recorded, long Dropped, long Held) OfAgent(string file, long upTo)
    {
        using SqliteConnection connection = Open(file);
        using SqliteTransaction transaction = connection.BeginTransaction(deferred: true);
        (long recorded, long dropped) = Read(
            connection, "SELECT last_sequence_number, dropped_0 + dropped_1 + dropped_2 FROM counters", row => (row.GetInt64(0), row.GetInt64(1)))[0];
        long held = 0;
        for (int priority = 0; priority < 3; priority++)
        {
            held += Read(connection, FormattableString.Invariant($"SELECT count(*) FROM buffer_{priority} WHERE sequence_number > {upTo}"), row => row.GetInt64(0))[0];
        }

        return (recorded, dropped, held);
    }

    private static ImmutableSortedDictionary<(string Sender, string Receiver), long> Sorted(IEnumerable<((string, string) Pair, long Number)> rows) =>
        rows.ToImmutableSortedDictionary(row => row.Pair, row => row.Number, Comparer<(string Sender, string Receiver)>.Create((one, other) =>
            string.CompareOrdinal(one.Sender, other.Sender) is var order and not 0 ? order : string.CompareOrdinal(one.Receiver, other.Receiver)));

    private static IEnumerable<string> AgentFiles(EcoFleet fleet) =>
        fleet.AgentHosts.SelectMany(host => host.Agents.Select(agent => host.State.Agent(agent).Journal));

    private static StoredEvent Event(DbDataReader row, int partition) => new(
        partition,
        row.GetInt64(0),
        row.GetString(1),
        row.GetInt64(2),
        row.GetInt64(3),
        row.GetString(4),
        (byte[])row[5],
        row.GetString(6),
        row.GetInt64(7),
        HybridTimestamp.Parse(row.GetString(8)));

    private static string ParkedText(string sender, string receiver, long number, string manifest, string reason) =>
        FormattableString.Invariant($"{manifest} {number} of {sender} is parked at {receiver}: {reason}");

    private static SqliteConnection Open(string file)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ConnectionString);
        connection.Open();
        return connection;
    }

    private static List<T> Read<T>(SqliteConnection connection, string sql, Func<SqliteDataReader, T> read)
    {
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // A constant of this class.
        command.CommandText = sql;
#pragma warning restore CA2100
        using SqliteDataReader reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    }
}
