using System.Data;
using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Eco.Actors.Timeline.Sql;

/// <summary>
/// Moves a timeline out of a file, with its offsets: what compaction has taken from the journal is in the timeline alone, and could not be made anew.
/// </summary>
public static class TimelineMove
{
    private static readonly string[] Numbered = ["deployment", "approval"];

    /// <summary>Copies all rows in one transaction.</summary>
    /// <param name="path">The file.</param>
    /// <param name="target">The PostgreSQL timeline, which is emptied first.</param>
    /// <returns>How many events it tells; null where the file is of another version and nothing was copied: the projection makes it anew.</returns>
    /// <exception cref="DbException">One of the two cannot be used.</exception>
    public static long? Run(string path, PostgresTimeline target)
    {
        ArgumentNullException.ThrowIfNull(target);
        using SqliteConnection from = TimelineConnections.OpenForReading(path);
        if (from.ExecuteScalar<long>("PRAGMA user_version") != TimelineSchema.Version)
        {
            return null;
        }

        return target.InTransaction(writes: true, transaction =>
        {
            foreach (string table in TimelineSchema.Tables)
            {
                transaction.Connection!.Execute($"DELETE FROM {table}", transaction: transaction);
                Copy(from, table, transaction);
            }

            foreach (string table in Numbered)
            {
                transaction.Connection!.Execute(
                    $"SELECT setval(pg_get_serial_sequence('{table}', 'id'), COALESCE(MAX(id), 0) + 1, false) FROM {table}", transaction: transaction);
            }

            long events = transaction.Connection!.ExecuteScalar<long>("SELECT COUNT(*) FROM event", transaction: transaction);
            transaction.Commit();
            return (long?)events;
        });
    }

    private static void Copy(SqliteConnection from, string table, DbTransaction transaction)
    {
        using IDataReader row = from.ExecuteReader($"SELECT * FROM {table}");
        string[] columns = [.. Enumerable.Range(0, row.FieldCount).Select(row.GetName)];
        using DbCommand insert = transaction.Connection!.CreateCommand();
        insert.Transaction = transaction;
        insert.CommandText =
            $"INSERT INTO {table}({string.Join(", ", columns)}) OVERRIDING SYSTEM VALUE VALUES({string.Join(", ", columns.Select(column => "@" + column))})";
        foreach (string column in columns)
        {
            DbParameter parameter = insert.CreateParameter();
            parameter.ParameterName = column;
            insert.Parameters.Add(parameter);
        }

        while (row.Read())
        {
            for (int i = 0; i < columns.Length; i++)
            {
                insert.Parameters[i].Value = row.GetValue(i);
            }

            insert.ExecuteNonQuery();
        }
    }
}
