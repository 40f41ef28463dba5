using System.Globalization;
using Eco.Runtime.Persistence.Artifacts;
using Eco.Runtime.Persistence.Journals;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Eco.Runtime.Persistence.Sqlite;

/// <summary>
/// One database file, opened by its only writer: a lock file keeps a second process out, and the one connection here also checkpoints
/// (docs/decisions/0002-sqlite-native-bundle.md says why there must be one).
/// </summary>
internal sealed class SqliteFile : IDisposable
{
    private const int NoCheckpointOnClose = 1006; // SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE
    private const int LockTimeoutSeconds = 2;
    private const int SharingViolationUnix = 11;
    private const int SharingViolationWindows = unchecked((int)0x80070020);
    private static readonly byte[] Magic = "SQLite format 3\0"u8.ToArray();
    private static readonly Lock NativeGate = new();
    private static bool nativeReady;
    private readonly FileStream _lock;

    private readonly FileInfo _database;
    private readonly FileInfo _log;

    private SqliteFile(string path, FileStream fileLock, SqliteConnection connection)
    {
        _lock = fileLock;
        Connection = connection;
        _database = new FileInfo(path);
        _log = new FileInfo(path + "-wal");
    }

    /// <summary>What the database takes on the disk; the log may hold pages that it will still grow by.</summary>
    public long Length => LengthOf(_database);

    /// <summary>What the write-ahead log takes on the disk.</summary>
    public long LogLength => LengthOf(_log);

    /// <summary>The only connection to the file that writes. Its commands run outside ADO.NET transactions, with BEGIN IMMEDIATE.</summary>
    public SqliteConnection Connection { get; }

    /// <summary>Opens the file for its only writer, and makes it where there is none.</summary>
    /// <exception cref="StorageOpenException">The file cannot be used.</exception>
    /// <param name="path">The file.</param>
    /// <param name="spec">Its kind.</param>
    /// <param name="sizeLimitBytes">Its greatest size; null: the disk is the limit.</param>
    /// <param name="checkWholeUpToBytes">A file of at most so many bytes is checked page by page; the kind's own checks cover greater ones.</param>
    public static SqliteFile Open(string path, SqliteFileSpec spec, long? sizeLimitBytes, long checkWholeUpToBytes = long.MaxValue)
    {
        EnsureNative();
        FileStream? fileLock = null;
        SqliteConnection? connection = null;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            fileLock = TakeLock(path, spec);
            if (!File.Exists(path))
            {
                Create(path, spec);
            }

            CheckHeader(path, spec);
            connection = Connect(path, SqliteOpenMode.ReadWrite);
            long length = new FileInfo(path).Length;
            int version = CheckContents(path, spec, connection, length <= checkWholeUpToBytes);
            if (version < spec.SchemaVersion)
            {
                Migrate(path, spec, connection, version, length > checkWholeUpToBytes);
            }

            Configure(connection, spec, sizeLimitBytes);
            return new SqliteFile(path, fileLock, connection);
        }
        catch (Exception e)
        {
            connection?.Dispose();
            fileLock?.Dispose();
            throw spec.Explain(path, e);
        }
    }

    /// <summary>Opens an existing file for reading, beside its writer or without one.</summary>
    /// <exception cref="StorageOpenException">The file cannot be used.</exception>
    public static SqliteConnection OpenReadOnly(string path, SqliteFileSpec spec)
    {
        EnsureNative();
        SqliteConnection? connection = null;
        try
        {
            if (!File.Exists(path))
            {
                throw spec.Fail(path, "does not exist", "start a host on this folder first, or name the right folder", null);
            }

            if (new FileInfo(path).Length == 0)
            {
                throw spec.Damaged(path, "it is empty");
            }

            connection = Connect(path, SqliteOpenMode.ReadOnly);
            int version = CheckIdentity(path, spec, connection);
            return version == spec.SchemaVersion
                ? connection
                : throw spec.Fail(path, Text($"was written by an older eco (schema {version}, this one reads {spec.SchemaVersion})"), "start a host on it once, which brings it up to date", null);
        }
        catch (Exception e)
        {
            connection?.Dispose();
            throw spec.Explain(path, e);
        }
    }

    /// <summary>Sets the database's greatest size anew; SQLite leaves it at the present size where that is greater.</summary>
    public void LimitSize(long bytes) => LimitSize(Connection, bytes);

    /// <summary>Copies what the readers allow from the log into the database, without waiting for them.</summary>
    /// <returns>How many frames of the log are not copied yet.</returns>
    public long CheckpointPassive()
    {
        using SqliteCommand command = Connection.CreateCommand();
        command.CommandText = "PRAGMA wal_checkpoint(PASSIVE)";
        using SqliteDataReader row = command.ExecuteReader();
        return row.Read() ? Math.Max(0, row.GetInt64(1) - row.GetInt64(2)) : 0;
    }

    /// <summary>Copies the log into the database and empties it, unless somebody reads from it; never waits.</summary>
    public void CheckpointWhole() => Execute(Connection, "PRAGMA wal_checkpoint(TRUNCATE)");

    /// <summary>Closes after a fault: the file stays as the fault left it, and the next opening recovers from the log.</summary>
    public void DisposeUntouched()
    {
        raw.sqlite3_db_config(Connection.Handle, NoCheckpointOnClose, 1, out _);
        Connection.Dispose();
        _lock.Dispose();
    }

    /// <summary>Empties the log into the database and closes. Readers must be closed before.</summary>
    public void Dispose()
    {
        try
        {
            Execute(Connection, "PRAGMA wal_checkpoint(TRUNCATE)");
        }
        finally
        {
            Connection.Dispose();
            _lock.Dispose();
        }
    }

    public static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static void EnsureNative()
    {
        lock (NativeGate)
        {
            if (!nativeReady)
            {
                Batteries_V2.Init();
                nativeReady = true;
            }
        }
    }

    private static FileStream TakeLock(string path, SqliteFileSpec spec)
    {
        string lockPath = path + ".lock";
        try
        {
            var stream = new FileStream(lockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            stream.SetLength(0);
            stream.Write(System.Text.Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
            stream.Flush();
            return stream;
        }
        catch (IOException e) when (e.HResult is SharingViolationUnix or SharingViolationWindows)
        {
            throw spec.Fail(path, "is in use by another process", $"stop that host (its process number is in {Path.GetFileName(lockPath)}) or use another folder", e);
        }
    }

    /// <summary>
    /// A new file gets its name only when it is complete, so an empty or short file under that name is always damage, never a first
    /// start that was cut short.
    /// </summary>
    private static void Create(string path, SqliteFileSpec spec)
    {
        if (File.Exists(path + "-wal"))
        {
            throw spec.Damaged(path, $"the file is gone but {Path.GetFileName(path)}-wal is there");
        }

        string fresh = path + ".new";
        File.Delete(fresh);
        File.Delete(fresh + "-journal");
        using (SqliteConnection connection = Connect(fresh, SqliteOpenMode.ReadWriteCreate))
        {
            Execute(connection, "PRAGMA journal_mode=DELETE; PRAGMA synchronous=FULL");
            if (spec.GivesSpaceBack)
            {
                Execute(connection, "PRAGMA auto_vacuum=INCREMENTAL");
            }

            Execute(connection, string.Create(CultureInfo.InvariantCulture, $"""
                BEGIN IMMEDIATE;
                PRAGMA application_id={spec.ApplicationId};
                CREATE TABLE metadata(key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
                INSERT INTO metadata(key, value) VALUES ('schema_version', '{spec.SchemaVersion}');
                PRAGMA user_version={spec.SchemaVersion};
                {spec.Schema}
                """));
            spec.Initialise?.Invoke(path, connection);
            Execute(connection, "COMMIT");
        }

        File.Move(fresh, path);
        DirectorySync.Flush(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    private static void CheckHeader(string path, SqliteFileSpec spec)
    {
        // Only while this process has no connection to the file: POSIX drops all of a process's locks when any descriptor of it closes.
        byte[] head = new byte[100];
        int length;
        using (var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
        {
            length = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        }

        if (length == 0)
        {
            throw spec.Damaged(path, "it is empty");
        }

        if (!head.AsSpan().StartsWith(Magic))
        {
            throw spec.NotADatabase(path);
        }

        if (length < head.Length)
        {
            throw spec.Damaged(path, $"it ends after {length} bytes");
        }
    }

    private static SqliteConnection Connect(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = mode,
            Pooling = false,
            DefaultTimeout = LockTimeoutSeconds,
        }.ConnectionString);
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static int CheckContents(string path, SqliteFileSpec spec, SqliteConnection connection, bool wholly)
    {
        Execute(connection, "PRAGMA cell_size_check=ON");
        if (wholly)
        {
            CheckPages(path, spec, connection);
        }

        return CheckIdentity(path, spec, connection);
    }

    private static void CheckPages(string path, SqliteFileSpec spec, SqliteConnection connection)
    {
        if (SqliteErrors.Finding(connection) is { } finding)
        {
            throw spec.Damaged(path, finding, null, SqliteErrors.PageIn(finding));
        }
    }

    /// <returns>The file's schema version.</returns>
    private static int CheckIdentity(string path, SqliteFileSpec spec, SqliteConnection connection)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "PRAGMA application_id";
        if (command.ExecuteScalar() is not long id || id != spec.ApplicationId)
        {
            throw File.Exists(JournalHead.PathOf(path)) && spec.Damage is not null
                ? spec.Damaged(path, $"it is not marked as a {spec.Kind} of eco", null, 1)
                : spec.Fail(path, $"is an SQLite database but not a {spec.Kind} of eco", "move it away; another file has taken its place", null);
        }

        command.CommandText = "SELECT value FROM metadata WHERE key = 'schema_version'";
        if (!int.TryParse(command.ExecuteScalar() as string, NumberStyles.None, CultureInfo.InvariantCulture, out int version))
        {
            throw spec.Damaged(path, "its schema version is missing");
        }

        // The header repeats the version, so that a damaged one is not taken for a newer program's.
        command.CommandText = "PRAGMA user_version";
        if (command.ExecuteScalar() is not long repeated || (repeated != version && !(repeated == 0 && version == 1)))
        {
            throw spec.Damaged(path, Text($"its schema version is {version} in one place and another elsewhere"));
        }

        if (version > spec.SchemaVersion)
        {
            throw spec.Fail(path, Text($"was written by a newer eco (schema {version}, this one knows {spec.SchemaVersion})"), "run that version or a later one", null);
        }

        return version;
    }

    private static void Migrate(string path, SqliteFileSpec spec, SqliteConnection connection, int version, bool check)
    {
        if (spec.Migrate is null)
        {
            throw spec.Fail(path, Text($"was written by an older eco (schema {version}) and cannot be brought up to date"), "run that version", null);
        }

        if (check)
        {
            CheckPages(path, spec, connection);
        }

        // The old file stays beside it. A copy that was cut short has its working name and is made again.
        string copy = Text($"{path}.v{version}");
        if (!File.Exists(copy))
        {
            File.Delete(copy + ".new");
            using (SqliteCommand command = connection.CreateCommand())
            {
                command.CommandText = "VACUUM INTO $1";
                command.Parameters.AddWithValue("$1", copy + ".new");
                command.ExecuteNonQuery();
            }

            File.Move(copy + ".new", copy);
            DirectorySync.Flush(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }

        Execute(connection, "PRAGMA synchronous=FULL");
        spec.Migrate(path, connection, version);
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);

    private static void Configure(SqliteConnection connection, SqliteFileSpec spec, long? sizeLimitBytes)
    {
        Execute(connection, "PRAGMA journal_mode=WAL");
        Execute(connection, spec.SynchronousFull ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
        // The writer checkpoints itself, after its replies: SQLite's own would delay them, and it hides the errors that it meets.
        Execute(connection, "PRAGMA wal_autocheckpoint=0");
        Execute(connection, Text($"PRAGMA cache_size=-{spec.CacheKiB}"));
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode";
        if (command.ExecuteScalar() is not "wal")
        {
            throw new IOException("the file system does not support write-ahead logging (a network drive?)");
        }

        if (sizeLimitBytes is { } limit)
        {
            LimitSize(connection, limit);
        }
    }

    private static void LimitSize(SqliteConnection connection, long bytes)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "PRAGMA page_size";
        long pageSize = (long)command.ExecuteScalar()!;
        Execute(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA max_page_count={Math.Max(1, bytes / pageSize)}"));
    }

    private static long LengthOf(FileInfo file)
    {
        file.Refresh();
        return file.Exists ? file.Length : 0;
    }
}
