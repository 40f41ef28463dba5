using Microsoft.Data.Sqlite;

namespace Eco.Host.State;

/// <summary>Asks SQLite whether a file is sound.</summary>
internal static class SqliteCheck
{
    static SqliteCheck() => SQLitePCL.Batteries_V2.Init();

    /// <summary>What is wrong with the file; null where it is sound. Reads only.</summary>
    public static string? Run(string path)
    {
        try
        {
            using var connection = new SqliteConnection(
                new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
            connection.Open();
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "PRAGMA quick_check(1)";
            string verdict = command.ExecuteScalar() as string ?? "no answer";
            return verdict == "ok" ? null : $"'{path}' is damaged: {verdict.ReplaceLineEndings(" ")}";
        }
        catch (SqliteException error)
        {
            return $"'{path}' cannot be read: {error.Message}";
        }
    }
}
