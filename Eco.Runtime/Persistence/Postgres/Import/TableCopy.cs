using Microsoft.Data.Sqlite;
using Npgsql;
using NpgsqlTypes;

namespace Eco.Runtime.Persistence.Postgres.Import;

/// <summary>Copies rows of an SQLite table into a PostgreSQL table of the same columns.</summary>
internal sealed class TableCopy(SqliteConnection from, NpgsqlConnection to, int partitions)
{
    private const string Partition = "partition";

    /// <summary>Copies all rows.</summary>
    /// <param name="source">The table read.</param>
    /// <param name="target">The table written.</param>
    /// <param name="columns">Both tables' columns, with the target's types.</param>
    /// <param name="entity">The column with the entity whose partition is written, too; null: the target has no such column.</param>
    /// <returns>How many rows there were.</returns>
    public long Run(string source, string target, (string Name, NpgsqlDbType Type)[] columns, string? entity = null)
    {
        string names = string.Join(", ", columns.Select(column => column.Name));
        using SqliteCommand select = from.CreateCommand();
        select.CommandText = $"SELECT {names} FROM {source}";
        using SqliteDataReader row = select.ExecuteReader();
        using NpgsqlBinaryImporter writer = to.BeginBinaryImport(
            $"COPY {target}({names}{(entity is null ? string.Empty : ", " + Partition)}) FROM STDIN (FORMAT BINARY)");
        int at = entity is null ? -1 : Array.FindIndex(columns, column => column.Name == entity);
        long rows = 0;
        while (row.Read())
        {
            writer.StartRow();
            for (int i = 0; i < columns.Length; i++)
            {
                Write(writer, row, i, columns[i].Type);
            }

            if (at >= 0)
            {
                writer.Write(Partitioning.PartitionOf(row.GetString(at), partitions), NpgsqlDbType.Integer);
            }

            rows++;
        }

        writer.Complete();
        return rows;
    }

    private static void Write(NpgsqlBinaryImporter writer, SqliteDataReader row, int column, NpgsqlDbType type)
    {
        if (row.IsDBNull(column))
        {
            writer.WriteNull();
            return;
        }

        switch (type)
        {
            case NpgsqlDbType.Bigint:
                writer.Write(row.GetInt64(column), type);
                break;
            case NpgsqlDbType.Integer:
                writer.Write(row.GetInt32(column), type);
                break;
            case NpgsqlDbType.Boolean:
                writer.Write(row.GetInt64(column) != 0, type);
                break;
            case NpgsqlDbType.Double:
                writer.Write(row.GetDouble(column), type);
                break;
            case NpgsqlDbType.Bytea:
                writer.Write(row.GetFieldValue<byte[]>(column), type);
                break;
            case NpgsqlDbType.Text:
                writer.Write(row.GetString(column), type);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(type), type, "no column has this type");
        }
    }
}
