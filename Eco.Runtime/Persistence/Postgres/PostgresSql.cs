using Eco.Runtime.Persistence.Journals;
using Npgsql;

namespace Eco.Runtime.Persistence.Postgres;

/// <summary>Short words for commands with parameters $1, $2, ... and for reading their rows.</summary>
internal static class PostgresSql
{
    /// <summary>Adds a command to a batch.</summary>
    public static void Add(this NpgsqlBatch batch, string sql, params ReadOnlySpan<SqlValue> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (SqlValue value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value.Value });
        }

        batch.BatchCommands.Add(command);
    }

    /// <summary>A command of its own.</summary>
    public static NpgsqlCommand Command(this NpgsqlConnection connection, string sql, params ReadOnlySpan<SqlValue> values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (SqlValue value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value.Value });
        }

        return command;
    }

    /// <summary>Runs a command.</summary>
    public static int Execute(this NpgsqlConnection connection, string sql, params ReadOnlySpan<SqlValue> values)
    {
        using NpgsqlCommand command = connection.Command(sql, values);
        return command.ExecuteNonQuery();
    }

    /// <summary>Reads all rows of a query.</summary>
    public static List<T> Query<T>(this NpgsqlConnection connection, Func<NpgsqlDataReader, T> map, string sql, params ReadOnlySpan<SqlValue> values)
    {
        using NpgsqlCommand command = connection.Command(sql, values);
        using NpgsqlDataReader reader = command.ExecuteReader();
        return reader.Rows(map);
    }

    /// <summary>The rest of the current result.</summary>
    public static List<T> Rows<T>(this NpgsqlDataReader reader, Func<NpgsqlDataReader, T> map)
    {
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(map(reader));
        }

        return rows;
    }

    /// <summary>The rows of the next result, the current one being done with.</summary>
    public static List<T> NextRows<T>(this NpgsqlDataReader reader, Func<NpgsqlDataReader, T> map)
    {
        reader.NextResult();
        return reader.Rows(map);
    }

    public static byte[] Bytes(this NpgsqlDataReader reader, int column) => reader.GetFieldValue<byte[]>(column);

    // A value of another length cannot be what was stored; all zeros will not be either.
    public static Digest256 Digest(this NpgsqlDataReader reader, int column) => Digest256.TryRead(reader.Bytes(column)) ?? Digest256.Zero;

    public static byte[] ToBytes(this Digest256 digest)
    {
        byte[] bytes = new byte[Digest256.Length];
        digest.Write(bytes);
        return bytes;
    }
}
