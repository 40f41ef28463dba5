using Eco.Runtime.Persistence.Journals;
using Microsoft.Data.Sqlite;

namespace Eco.Runtime.Persistence.Sqlite;

/// <summary>What a kind of database file looks like and how it reports that it cannot be opened.</summary>
/// <param name="Kind">For messages: "journal" or "statistics store".</param>
/// <param name="ApplicationId">SQLite's application_id, by which a foreign database is told from ours.</param>
/// <param name="SchemaVersion">The newest schema that this program knows; kept in the table metadata.</param>
/// <param name="Schema">The statements that make an empty file, without the table metadata.</param>
/// <param name="SynchronousFull">Whether each commit waits for the disk (FULL) or only each checkpoint does (NORMAL).</param>
/// <param name="Fail">Makes the kind's exception from file, cause, cure and inner exception.</param>
internal sealed record SqliteFileSpec(
    string Kind,
    int ApplicationId,
    int SchemaVersion,
    string Schema,
    bool SynchronousFull,
    Func<string, string, string, Exception?, StorageOpenException> Fail)
{
    /// <summary>Makes the kind's exception for a damaged file from file, page (null: unknown), finding and inner exception; null: that of <see cref="Fail"/>.</summary>
    public Func<string, long?, string, Exception?, StorageOpenException>? Damage { get; init; }

    /// <summary>Pages that the writer keeps in memory, in KiB: a commit of many rows changes many pages, and what does not fit would be written twice.</summary>
    public int CacheKiB { get; init; } = 16_000;

    /// <summary>Whether a file of this kind shrinks when asked (<c>PRAGMA incremental_vacuum</c>); it costs a pointer for each page.</summary>
    public bool GivesSpaceBack { get; init; }

    /// <summary>Fills a new file (its final path, and a connection to it) in the transaction that makes it; null: it stays empty.</summary>
    public Action<string, SqliteConnection>? Initialise { get; init; }

    /// <summary>Brings a file of an older schema up to this one, all or nothing (its path, a connection, its version); null: there is none.</summary>
    public Action<string, SqliteConnection, int>? Migrate { get; init; }

    /// <summary>Turns what SQLite or the system says at opening into a cause and a cure.</summary>
    public StorageOpenException Explain(string file, Exception e) => e switch
    {
        StorageOpenException known => known,
        JournalDamageException damage => new JournalOpenException(file, damage.Damage, damage),
        SqliteException s when SqliteErrors.IsNotADatabase(s) => NotADatabase(file, s),
        SqliteException s when SqliteErrors.IsDamaged(s) || SqliteErrors.IsAlienSchema(s) => Damaged(file, s.Message, s),
        SqliteException s when SqliteErrors.IsHeldByAnother(s) =>
            Fail(file, "is locked by another program", "close that program (a database browser?) and start again", s),
        SqliteException s when SqliteErrors.IsInaccessible(s) => Unreadable(file, s.Message, s),
        UnauthorizedAccessException or IOException => Unreadable(file, e.Message, e),
        _ => Fail(file, $"cannot be opened ({SqliteErrors.Describe(e)})", "check the disk and the file system's log", e),
    };

    public StorageOpenException Damaged(string file, string detail, Exception? inner = null, long? page = null) => Damage is not null
        ? Damage(file, page, detail, inner)
        : Fail(file, $"is damaged ({detail})", "restore it from a backup, or move its folder away and start anew", inner);

    public StorageOpenException NotADatabase(string file, Exception? inner = null) => Damage is not null
        ? Damage(file, 1, $"it is not a {Kind} (no SQLite database)", inner)
        : Fail(file, $"is not a {Kind} (no SQLite database)", "move it away; another file has taken its place", inner);

    public StorageOpenException Unreadable(string file, string detail, Exception? inner = null) =>
        Fail(file, $"cannot be read and written ({detail})", "check that it is a file, and the owner and permissions of it and its folder", inner);
}
