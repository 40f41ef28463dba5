using System.Collections.Immutable;
using Eco.Host.Fleet;
using Npgsql;

namespace Eco.Host.Chaos;

/// <summary>What the servers' database says while the run goes on and at its end. Reads only.</summary>
internal sealed class ChaosDatabase : IAsyncDisposable
{
    private static readonly TimeSpan AwayFor = TimeSpan.FromSeconds(60);
    private readonly NpgsqlDataSource _source;
    private readonly TimeProvider _time;

    /// <summary>Connects when it is first asked.</summary>
    public ChaosDatabase(PostgresServer server, TimeProvider time)
    {
        _time = time;
        _source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(server.ConnectionString) { Password = server.Password, MaxPoolSize = 4 }.ConnectionString);
    }

    /// <summary>The partitions that a server owns, with their epochs.</summary>
    public async Task<ImmutableArray<(int Partition, long Epoch)>> OwnedByAsync(string server, CancellationToken stop) =>
    [
        .. (await ReadAsync(
            "SELECT partition, owner_epoch, writer_id FROM ownership ORDER BY partition",
            row => (Partition: row.GetInt32(0), Epoch: row.GetInt64(1), Writer: row.GetString(2)),
            stop).ConfigureAwait(false))
            .Where(row => row.Writer.StartsWith(server + "/", StringComparison.Ordinal))
            .Select(row => (row.Partition, row.Epoch)),
    ];

    /// <summary>The epoch of each partition.</summary>
    public async Task<ImmutableDictionary<int, long>> EpochsAsync(CancellationToken stop) =>
        (await ReadAsync("SELECT partition, owner_epoch FROM ownership", row => (row.GetInt32(0), row.GetInt64(1)), stop).ConfigureAwait(false))
            .ToImmutableDictionary(row => row.Item1, row => row.Item2);

    /// <summary>Reads rows; waits for a while where the database is away.</summary>
    public async Task<List<T>> ReadAsync<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken stop)
    {
        List<T>? rows = null;
        string cause = string.Empty;
        await Polling.UntilAsync(
            "the database answers",
            async () =>
            {
                try
                {
                    rows = await ReadOnceAsync(sql, read, stop).ConfigureAwait(false);
                    return true;
                }
                catch (NpgsqlException error) when (error.IsTransient)
                {
                    cause = error.Message;
                    return false;
                }
            },
            AwayFor,
            _time,
            stop,
            () => cause).ConfigureAwait(false);
        return rows!;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private async Task<List<T>> ReadOnceAsync<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken stop)
    {
        NpgsqlCommand command = _source.CreateCommand(sql);
        await using (command.ConfigureAwait(false))
        {
            NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                var rows = new List<T>();
                while (await reader.ReadAsync(stop).ConfigureAwait(false))
                {
                    rows.Add(read(reader));
                }

                return rows;
            }
        }
    }
}
