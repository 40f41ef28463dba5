using Eco.Runtime.Persistence.Sqlite;

namespace Eco.Runtime.Persistence.Statistics;

/// <summary>
/// The tables of a statistics file. <c>buffer</c> and <c>stored</c> lose rows at their old end only, so their numbers have no holes and
/// their sizes need no counting. <c>series</c> keeps the newest value of each statistic, also when its rows are gone.
/// </summary>
internal static class StatisticsSchema
{
    public static readonly SqliteFileSpec Spec = new(
        "statistics file",
        0x45434F53, // "ECOS"
        1,
        """
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
        CREATE TABLE buffer(
            sequence_number INTEGER PRIMARY KEY,
            series INTEGER NOT NULL,
            value REAL NOT NULL,
            wall INTEGER NOT NULL,
            counter INTEGER NOT NULL,
            host TEXT NOT NULL);
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
            PRIMARY KEY(agent, incarnation)) WITHOUT ROWID;
        CREATE TABLE counters(
            id INTEGER PRIMARY KEY CHECK (id = 1),
            last_sequence_number INTEGER NOT NULL,
            dropped INTEGER NOT NULL,
            evicted INTEGER NOT NULL,
            syncs INTEGER NOT NULL);
        INSERT INTO counters VALUES (1, 0, 0, 0, 0);
        """,
        SynchronousFull: false,
        (file, cause, cure, inner) => new StatisticsOpenException(file, cause, cure, inner));
}
