using Eco.Runtime.Persistence.Journals;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Eco.Runtime.Persistence.Sqlite;

/// <summary>
/// A prepared statement on SQLite's own interface, for the journal's hot path: no boxing, no parameter objects, no command per call.
/// Used by the one thread that owns its connection. Parameters count from 1, columns from 0.
/// </summary>
internal sealed class NativeStatement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    public NativeStatement(SqliteConnection connection, string sql)
    {
        _database = connection.Handle ?? throw new InvalidOperationException("the connection is not open");
        int code = raw.sqlite3_prepare_v2(_database, sql, out _statement);
        if (code != raw.SQLITE_OK)
        {
            throw Error(code);
        }
    }

    public NativeStatement Bind(int index, long value) => Bound(raw.sqlite3_bind_int64(_statement, index, value));

    public NativeStatement Bind(int index, string? value) =>
        Bound(value is null ? raw.sqlite3_bind_null(_statement, index) : raw.sqlite3_bind_text(_statement, index, value));

    public NativeStatement Bind(int index, ReadOnlySpan<byte> value) =>
        // An empty span has no address, which SQLite would take for NULL.
        Bound(value.IsEmpty ? raw.sqlite3_bind_zeroblob(_statement, index, 0) : raw.sqlite3_bind_blob(_statement, index, value));

    public NativeStatement Bind(int index, Digest256 value)
    {
        Span<byte> bytes = stackalloc byte[Digest256.Length];
        value.Write(bytes);
        return Bind(index, bytes);
    }

    /// <summary>Goes to the next row. After the last one the statement is ready for its next use.</summary>
    public bool Step()
    {
        int code = raw.sqlite3_step(_statement);
        if (code == raw.SQLITE_ROW)
        {
            return true;
        }

        if (code != raw.SQLITE_DONE)
        {
            SqliteException error = Error(code);
            Reset();
            throw error;
        }

        Reset();
        return false;
    }

    /// <summary>Runs a statement that gives no row.</summary>
    public void Run()
    {
        while (Step())
        {
            // A PRAGMA may answer with a row that nobody asked for.
        }
    }

    /// <summary>Ends a query before its last row.</summary>
    public void Reset() => _ = raw.sqlite3_reset(_statement); // It repeats the last step's error, which was thrown there.

    public bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    public long Int64(int column) => raw.sqlite3_column_int64(_statement, column);

    public string Text(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string() ?? "";

    /// <summary>Valid until the next step.</summary>
    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(_statement, column);

    public void Dispose() => _statement.Dispose();

    private NativeStatement Bound(int code) => code == raw.SQLITE_OK ? this : throw Error(code);

    private SqliteException Error(int code)
    {
        string text = raw.sqlite3_errmsg(_database).utf8_to_string();
        return new SqliteException($"SQLite Error {code}: '{text}'.", code & 0xFF, raw.sqlite3_extended_errcode(_database));
    }
}
