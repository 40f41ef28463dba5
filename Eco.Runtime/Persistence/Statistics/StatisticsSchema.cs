using Eco.Runtime.Persistence.Sqlite;
using Microsoft.Data.Sqlite;

namespace Eco.Runtime.Persistence.Statistics;

/// <summary>
/// The tables of a statistics file. Each priority has a buffer of its own, which loses rows at its old end only: whole pages become free, and
/// their space can be given back. <c>stored</c> does so too, so that its size needs no counting. <c>series</c> keeps the newest value of each
/// statistic, also when its rows are gone.
/// </summary>
internal static class StatisticsSchema
{
    private const string Buffers = """
        CREATE TABLE buffer_0(
            sequence_number INTEGER PRIMARY KEY,
            series INTEGER NOT NULL,
            value REAL NOT NULL,
            wall INTEGER NOT NULL,
            counter INTEGER NOT NULL,
            host TEXT NOT NULL);
        CREATE TABLE buffer_1(
            sequence_number INTEGER PRIMARY KEY,
            series INTEGER NOT NULL,
            value REAL NOT NULL,
            wall INTEGER NOT NULL,
            counter INTEGER NOT NULL,
            host TEXT NOT NULL);
        CREATE TABLE buffer_2(
            sequence_number INTEGER PRIMARY KEY,
            series INTEGER NOT NULL,
            value REAL NOT NULL,
            wall INTEGER NOT NULL,
            counter INTEGER NOT NULL,
            host TEXT NOT NULL);
        """;

    public static readonly SqliteFileSpec Spec = new(
        "statistics file",
        0x45434F53, // "ECOS"
        2,
        $$"""
        CREATE TABLE series(
            id INTEGER PRIMARY KEY,
            ion TEXT NOT NULL,
            node TEXT NOT NULL,
            agent TEXT NOT NULL,
            name TEXT NOT NULL,
            sequence_number INTEGER NOT NULL,
            value REAL NOT NULL,
            wall INTEGER NOT NULL,
            counter INTEGER NOT NULL,
            host TEXT NOT NULL,
            UNIQUE(ion, node, name, agent));
        {{Buffers}}
        CREATE TABLE stored(
            id INTEGER PRIMARY KEY,
            series INTEGER NOT NULL,
            incarnation INTEGER NOT NULL,
            sequence_number INTEGER NOT NULL,
            value REAL NOT NULL,
            wall INTEGER NOT NULL,
            counter INTEGER NOT NULL,
            host TEXT NOT NULL);
        CREATE INDEX stored_by_series ON stored(series, id);
        CREATE TABLE position(
            agent TEXT NOT NULL,
            incarnation INTEGER NOT NULL,
            up_to INTEGER NOT NULL,
            stored INTEGER NOT NULL,
            reported_dropped INTEGER NOT NULL,
            buffered_rows INTEGER NOT NULL,
            buffered_bytes INTEGER NOT NULL,
            PRIMARY KEY(agent, incarnation)) WITHOUT ROWID;
        CREATE TABLE counters(
            id INTEGER PRIMARY KEY CHECK (id = 1),
            last_sequence_number INTEGER NOT NULL,
            dropped_0 INTEGER NOT NULL,
            dropped_1 INTEGER NOT NULL,
            dropped_2 INTEGER NOT NULL,
            evicted INTEGER NOT NULL,
            syncs INTEGER NOT NULL);
        INSERT INTO counters VALUES (1, 0, 0, 0, 0, 0, 0);
        """,
        SynchronousFull: false,
        (file, cause, cure, inner) => new StatisticsOpenException(file, cause, cure, inner))
    {
        GivesSpaceBack = true,
        CacheKiB = 2_000,
        Migrate = Migrate,
    };

    /// <summary>From schema 1, which had one buffer for all: its rows become metrics.</summary>
    private static void Migrate(string path, SqliteConnection connection, int version)
    {
        // First, because a file cannot give space back until it was rewritten, and no transaction can do that.
        SqliteFile.Execute(connection, "PRAGMA auto_vacuum=INCREMENTAL; VACUUM");
        SqliteFile.Execute(connection, "BEGIN IMMEDIATE");
        try
        {
            SqliteFile.Execute(connection, Buffers);
            SqliteFile.Execute(connection, """
                INSERT INTO buffer_1 SELECT sequence_number, series, value, wall, counter, host FROM buffer;
                DROP TABLE buffer;
                ALTER TABLE position ADD COLUMN buffered_rows INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE position ADD COLUMN buffered_bytes INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE counters RENAME COLUMN dropped TO dropped_1;
                ALTER TABLE counters ADD COLUMN dropped_0 INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE counters ADD COLUMN dropped_2 INTEGER NOT NULL DEFAULT 0;
                UPDATE metadata SET value = '2' WHERE key = 'schema_version';
                PRAGMA user_version=2;
                """);
            SqliteFile.Execute(connection, "COMMIT");
        }
        catch
        {
            if (SQLitePCL.raw.sqlite3_get_autocommit(connection.Handle) == 0)
            {
                SqliteFile.Execute(connection, "ROLLBACK");
            }

            throw;
        }
    }
}
