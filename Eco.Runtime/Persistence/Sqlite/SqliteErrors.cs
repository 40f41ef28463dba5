using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;

namespace Eco.Runtime.Persistence.Sqlite;

/// <summary>What SQLite's result codes mean here. The numbers are SQLite's (sqlite.org/rescode.html).</summary>
internal static partial class SqliteErrors
{
    private const int Generic = 1;
    private const int Permission = 3;
    private const int Busy = 5;
    private const int Locked = 6;
    private const int ReadOnly = 8;
    private const int Corrupt = 11;
    private const int InputOutput = 10;
    private const int Full = 13;
    private const int SharedMemorySize = InputOutput + (19 << 8); // The log's index could not grow, which is before anything is written.
    private const int CannotOpen = 14;
    private const int TooBig = 18;
    private const int Constraint = 19;
    private const int NotADatabase = 26;
    private const int PrimaryKeyTaken = 1555;
    private const int UniqueTaken = 2067;

    public static bool IsTaken(SqliteException e) => e.SqliteExtendedErrorCode is PrimaryKeyTaken or UniqueTaken;

    /// <summary>The request is wrong and the storage is not.</summary>
    public static bool IsRefused(SqliteException e) => e.SqliteErrorCode is Constraint or TooBig;

    public static bool IsDamaged(SqliteException e) => e.SqliteErrorCode is Corrupt or NotADatabase;

    /// <summary>The file's schema is not the one that this program made.</summary>
    public static bool IsAlienSchema(SqliteException e) => e.SqliteErrorCode == Generic;

    /// <summary>The disk (or the limit set to the file) is full; nothing of the transaction was written.</summary>
    public static bool IsFull(Exception e) => e is SqliteException { SqliteErrorCode: Full } or SqliteException { SqliteExtendedErrorCode: SharedMemorySize };

    /// <summary>The disk failed, so that it is not known what of the last writes it holds.</summary>
    public static bool IsInputOutput(Exception e) => e is IOException or SqliteException { SqliteErrorCode: InputOutput };

    public static bool IsNotADatabase(SqliteException e) => e.SqliteErrorCode == NotADatabase;

    public static bool IsHeldByAnother(SqliteException e) => e.SqliteErrorCode is Busy or Locked;

    public static bool IsInaccessible(SqliteException e) => e.SqliteErrorCode is Permission or ReadOnly or CannotOpen;

    /// <summary>One line for an operator: what failed and SQLite's code.</summary>
    public static string Describe(Exception e) => e switch
    {
        SqliteException s when IsHeldByAnother(s) => $"another program holds a lock on the file (SQLite {s.SqliteExtendedErrorCode}); close it and restart the host",
        SqliteException s => $"{s.Message.ReplaceLineEndings(" ")} [{s.SqliteExtendedErrorCode}]",
        JournalDamageException d => d.Message,
        _ => $"{e.GetType().Name}: {e.Message.ReplaceLineEndings(" ")}",
    };

    /// <summary>SQLite's first finding in the whole file; null where it is sound.</summary>
    public static string? Finding(SqliteConnection connection)
    {
        using SqliteCommand check = connection.CreateCommand();
        check.CommandText = "PRAGMA integrity_check(1)";
        string finding = Convert.ToString(check.ExecuteScalar(), CultureInfo.InvariantCulture) ?? "no answer";
        return finding == "ok" ? null : finding.ReplaceLineEndings(" ");
    }

    /// <summary>The page that a finding names; null where it names none.</summary>
    public static long? PageIn(string finding) =>
        PageNumber().Match(finding) is { Success: true } match ? long.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : null;

    /// <summary>Which page of a damaged file it is, as far as SQLite can tell.</summary>
    public static FileCorrupt Damage(SqliteConnection connection, string file, SqliteException e)
    {
        try
        {
            string? finding = Finding(connection);
            return new FileCorrupt(file, finding is null ? null : PageIn(finding), finding ?? Describe(e)) { IsInPages = true };
        }
        catch (SqliteException worse)
        {
            return new FileCorrupt(file, null, Describe(worse)) { IsInPages = true };
        }
    }

    [GeneratedRegex(@"[Pp]age (\d{1,10})")]
    private static partial Regex PageNumber();
}
