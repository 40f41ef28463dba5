namespace Eco.Actors.Timeline.Sql;

/// <summary>
/// The timeline's tables. They are a projection: a file of another schema version is emptied and filled again from the journal, so there
/// are no migrations. Times are Unix milliseconds (columns <c>*_ms</c>).
/// </summary>
internal static class TimelineSchema
{
    /// <summary>Stored as SQLite's <c>user_version</c>; raise it with every change below.</summary>
    public const int Version = 1;

    /// <summary>All tables, in an order in which they can be emptied.</summary>
    public static readonly string[] Tables =
    [
        "event", "ion", "instance", "agent", "model", "lineage", "deployment", "approval", "round", "projection_offset",
    ];

    public const string Create =
        """
        CREATE TABLE IF NOT EXISTS projection_offset(
          partition INTEGER NOT NULL PRIMARY KEY,
          ordering INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS event(
          ordering INTEGER NOT NULL,
          position INTEGER NOT NULL,
          wall_ms INTEGER NOT NULL,
          counter INTEGER NOT NULL,
          host TEXT NOT NULL,
          kind TEXT NOT NULL,
          ion TEXT, node TEXT, agent TEXT,
          text TEXT NOT NULL,
          PRIMARY KEY(ordering, position)) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS event_by_time ON event(wall_ms, counter, host);
        CREATE INDEX IF NOT EXISTS event_by_ion ON event(ion, wall_ms, counter, host);
        CREATE INDEX IF NOT EXISTS event_by_agent ON event(agent, wall_ms, counter, host);
        CREATE TABLE IF NOT EXISTS ion(
          id TEXT NOT NULL PRIMARY KEY,
          version INTEGER NOT NULL,
          state TEXT NOT NULL,
          title TEXT NOT NULL,
          source TEXT NOT NULL,
          changed_ms INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS instance(
          ion TEXT NOT NULL, node TEXT NOT NULL, agent TEXT NOT NULL,
          state TEXT NOT NULL,
          detail TEXT NOT NULL,
          changed_ms INTEGER NOT NULL,
          PRIMARY KEY(ion, node, agent)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS agent(
          id TEXT NOT NULL PRIMARY KEY,
          site TEXT NOT NULL,
          role TEXT NOT NULL,
          labels TEXT NOT NULL,
          engines TEXT NOT NULL,
          incarnation INTEGER NOT NULL,
          reachable INTEGER NOT NULL,
          changed_ms INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS model(
          ion TEXT NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL,
          hash TEXT NOT NULL,
          kind TEXT NOT NULL,
          state TEXT NOT NULL,
          bytes INTEGER NOT NULL,
          created_ms INTEGER NOT NULL,
          PRIMARY KEY(ion, name, version)) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS model_by_hash ON model(hash);
        CREATE TABLE IF NOT EXISTS lineage(
          child_hash TEXT NOT NULL, parent_hash TEXT NOT NULL, via TEXT NOT NULL,
          PRIMARY KEY(child_hash, parent_hash, via)) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS lineage_by_parent ON lineage(parent_hash);
        CREATE TABLE IF NOT EXISTS deployment(
          id INTEGER PRIMARY KEY,
          ion TEXT NOT NULL, node TEXT NOT NULL, agent TEXT NOT NULL,
          model TEXT NOT NULL, version INTEGER NOT NULL, hash TEXT NOT NULL,
          since_ms INTEGER NOT NULL,
          until_ms INTEGER);
        CREATE UNIQUE INDEX IF NOT EXISTS deployment_open ON deployment(ion, node, agent, model) WHERE until_ms IS NULL;
        CREATE INDEX IF NOT EXISTS deployment_by_hash ON deployment(hash);
        CREATE TABLE IF NOT EXISTS approval(
          id INTEGER PRIMARY KEY,
          ion TEXT NOT NULL, model TEXT NOT NULL, version INTEGER NOT NULL,
          decision TEXT NOT NULL, decided_by TEXT NOT NULL, reason TEXT NOT NULL,
          at_ms INTEGER NOT NULL);
        CREATE INDEX IF NOT EXISTS approval_by_model ON approval(ion, model, version);
        CREATE TABLE IF NOT EXISTS round(
          ion TEXT NOT NULL, node TEXT NOT NULL, round INTEGER NOT NULL,
          state TEXT NOT NULL,
          expected INTEGER NOT NULL,
          received INTEGER NOT NULL,
          result_hash TEXT,
          changed_ms INTEGER NOT NULL,
          PRIMARY KEY(ion, node, round)) WITHOUT ROWID;
        """;
}
