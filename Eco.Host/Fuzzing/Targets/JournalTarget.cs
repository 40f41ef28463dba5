using System.Collections.Immutable;
using System.Globalization;
using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Sqlite;
using Microsoft.Data.Sqlite;

namespace Eco.Host.Fuzzing.Targets;

/// <summary>Journal rows: all as payloads, some of them through a journal file whose columns hold what they never should.</summary>
internal sealed class JournalTarget : IFuzzTarget
{
    private const string Entity = "ion/fuzz";
    private const int ThroughFileEvery = 16;
    private static readonly string[] Tables = ["journal", "snapshot", "outbox"];

    private readonly string _folder = Directory.CreateTempSubdirectory("eco-fuzz-").FullName;
    private readonly SqliteConnection _connection;
    private readonly JournalReader _reader;

    public JournalTarget(FuzzCorpus corpus)
    {
        Corpus = corpus.Rows;
        string path = Path.Combine(_folder, "journal.db");
        SqliteJournal.Open(new SqliteJournalOptions { Path = path }).DisposeAsync().AsTask().GetAwaiter().GetResult();
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        _connection.Open();
        Execute("PRAGMA synchronous=OFF");
        foreach (string table in Tables)
        {
            Execute(RowOf(table));
        }

        _reader = JournalReader.Open(path);
    }

    /// <inheritdoc/>
    public string Name => "journal";

    /// <inheritdoc/>
    public ImmutableArray<byte[]> Corpus { get; }

    /// <inheritdoc/>
    public ImmutableArray<string> Tokens { get; } =
        ["\":null", "\":[]", "\":{}", "\":-1", "\":\"\"", ",null", "{\"$type\":\"x\"}", "1.0@x", "-1.-1@", "99999999999999999999.1@x", "1.2", "/1\n", "/2\n", "ion.submitted", "00:00:01", "[[[["];

    /// <inheritdoc/>
    public bool Read(byte[] input)
    {
        StoredRow row = StoredRow.Of(input);
        ulong digest = Digest(input);
        if (digest % ThroughFileEvery == 0)
        {
            _ = ReadThroughFile(row, digest / ThroughFileEvery);
        }

        try
        {
            HybridTimestamp.Parse(row.Timestamp);
            Messages.Check(row.Manifest, row.Payload);
            return true;
        }
        catch (Exception error) when (error is MessageFormatException or FormatException)
        {
            // That entity's recovery fails with it.
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _reader.Dispose();
        _connection.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static ulong Digest(ReadOnlySpan<byte> input)
    {
        ulong hash = 14695981039346656037;
        foreach (byte c in input)
        {
            hash = (hash ^ c) * 1099511628211;
        }

        return hash ^ (hash >> 29);
    }

    /// <summary>Reads the row back from a file. Damage is told by the columns, by the chain of hashes, or by the payload.</summary>
    private bool ReadThroughFile(StoredRow row, ulong choice)
    {
        string table = Tables[choice % (ulong)Tables.Length];
        string payload = table == "snapshot" ? "snapshot" : "message";
        using SqliteCommand update = _connection.CreateCommand();
        update.CommandText = $"UPDATE {table} SET {payload} = $1, manifest = $2, hlc = $3, sequence_number = $4";
        object message = (choice >> 4) % 3 == 0 ? System.Text.Encoding.UTF8.GetString(row.Payload) : row.Payload;
        object manifest = (choice >> 6) % 4 == 0 ? System.Text.Encoding.UTF8.GetBytes(row.Manifest) : row.Manifest;
        object hlc = (choice >> 8) % 8 == 0 ? (object)(long)choice : row.Timestamp;
        object number = ((choice >> 12) % 8) switch { 0 => (long)choice, 1 => -1L, 2 => "x" + row.Manifest, _ => 1L };
        object[] values = [message, manifest, hlc, number];
        for (int i = 0; i < values.Length; i++)
        {
            update.Parameters.AddWithValue("$" + (i + 1).ToString(CultureInfo.InvariantCulture), values[i]);
        }

        update.ExecuteNonQuery();
        try
        {
            foreach (object answer in _reader.Recover(new RecoverRequest(1, Entity)))
            {
                Check(answer);
            }

            _reader.Read(new ReadEvents(1, [new PartitionPosition(0, 0)], 10));
            return true;
        }
        catch (Exception error) when (error is JournalDamageException or FormatException or MessageFormatException or SqliteException)
        {
            return false;
        }
    }

    private static void Check(object answer)
    {
        if (answer is RecoveryStarted { Snapshot: { } snapshot })
        {
            Messages.Check(snapshot.Manifest, snapshot.Payload);
        }

        foreach (JournalEvent stored in (answer as RecoveredEvents)?.Events ?? [])
        {
            Messages.Check(stored.Manifest, stored.Payload);
        }
    }

    /// <summary>A row with all that a table demands, whatever columns it has.</summary>
    private string RowOf(string table)
    {
        using SqliteCommand columns = _connection.CreateCommand();
        columns.CommandText = $"SELECT name, type FROM pragma_table_info('{table}') WHERE \"notnull\" = 1 AND dflt_value IS NULL";
        var names = new List<string>();
        var values = new List<string>();
        using SqliteDataReader row = columns.ExecuteReader();
        while (row.Read())
        {
            names.Add(row.GetString(0));
            values.Add((row.GetString(0), row.GetString(1)) switch
            {
                ("persistence_id" or "sender", _) => $"'{Entity}'",
                ("hlc", _) => "'1.0@fuzz'",
                (_, "INTEGER") => "1",
                (_, "BLOB") => "x'7b7d'",
                _ => "'x'",
            });
        }

        return $"INSERT INTO {table}({string.Join(", ", names)}) VALUES ({string.Join(", ", values)})";
    }

    private void Execute(string sql)
    {
        using SqliteCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
