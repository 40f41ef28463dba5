namespace Eco.Actors.Timeline.Sql;

/// <summary>
/// The timeline's tables. They are a projection: a file of another schema version is emptied and filled again from the journal, so there
/// are no migrations. Times are Unix milliseconds (columns <c>*_ms</c>).
/// </summary>
internal static class TimelineSchema
{
    /// <summary>Stored beside the tables; raise it with every change below.</summary>
    public const int Version = 1;

    /// <summary>All tables, in an order in which they can be emptied.</summary>
    public static readonly string[] Tables =
    [
        "event", "ion", "instance", "agent", "model", "lineage", "deployment", "approval", "round", "projection_offset",
    ];

    /// <summary>The statements for SQLite, whose integers are 64 bits wide.</summary>
    public static string Sqlite { get; } = Fill("INTEGER", "TEXT", "INTEGER", "WITHOUT ROWID");

    /// <summary>The statements for PostgreSQL. Texts are compared as bytes, as SQLite does.</summary>
    public static string Postgres { get; } = Fill("BIGINT", "TEXT COLLATE \"C\"", "BIGINT GENERATED ALWAYS AS IDENTITY", string.Empty);

    private const string Template =
        """
        CREATE TABLE IF NOT EXISTS projection_offset(
          partition {integer} NOT NULL PRIMARY KEY,
          ordering {integer} NOT NULL) {table};
        CREATE TABLE IF NOT EXISTS event(
          ordering {integer} NOT NULL,
          position {integer} NOT NULL,
          wall_ms {integer} NOT NULL,
          counter {integer} NOT NULL,
          host {text} NOT NULL,
          kind {text} NOT NULL,
          ion {text}, node {text}, agent {text},
          text {text} NOT NULL,
          PRIMARY KEY(ordering, position)) {table};
        CREATE INDEX IF NOT EXISTS event_by_time ON event(wall_ms, counter, host);
        CREATE INDEX IF NOT EXISTS event_by_ion ON event(ion, wall_ms, counter, host);
        CREATE INDEX IF NOT EXISTS event_by_agent ON event(agent, wall_ms, counter, host);
        CREATE TABLE IF NOT EXISTS ion(
          id {text} NOT NULL PRIMARY KEY,
          version {integer} NOT NULL,
          state {text} NOT NULL,
          title {text} NOT NULL,
          source {text} NOT NULL,
          changed_ms {integer} NOT NULL) {table};
        CREATE TABLE IF NOT EXISTS instance(
          ion {text} NOT NULL, node {text} NOT NULL, agent {text} NOT NULL,
          state {text} NOT NULL,
          detail {text} NOT NULL,
          changed_ms {integer} NOT NULL,
          PRIMARY KEY(ion, node, agent)) {table};
        CREATE TABLE IF NOT EXISTS agent(
          id {text} NOT NULL PRIMARY KEY,
          site {text} NOT NULL,
          role {text} NOT NULL,
          labels {text} NOT NULL,
          engines {text} NOT NULL,
          incarnation {integer} NOT NULL,
          reachable {integer} NOT NULL,
          changed_ms {integer} NOT NULL) {table};
        CREATE TABLE IF NOT EXISTS model(
          ion {text} NOT NULL, name {text} NOT NULL, version {integer} NOT NULL,
          hash {text} NOT NULL,
          kind {text} NOT NULL,
          state {text} NOT NULL,
          bytes {integer} NOT NULL,
          created_ms {integer} NOT NULL,
          PRIMARY KEY(ion, name, version)) {table};
        CREATE INDEX IF NOT EXISTS model_by_hash ON model(hash);
        CREATE TABLE IF NOT EXISTS lineage(
          child_hash {text} NOT NULL, parent_hash {text} NOT NULL, via {text} NOT NULL,
          PRIMARY KEY(child_hash, parent_hash, via)) {table};
        CREATE INDEX IF NOT EXISTS lineage_by_parent ON lineage(parent_hash);
        CREATE TABLE IF NOT EXISTS deployment(
          id {number} PRIMARY KEY,
          ion {text} NOT NULL, node {text} NOT NULL, agent {text} NOT NULL,
          model {text} NOT NULL, version {integer} NOT NULL, hash {text} NOT NULL,
          since_ms {integer} NOT NULL,
          until_ms {integer});
        CREATE UNIQUE INDEX IF NOT EXISTS deployment_open ON deployment(ion, node, agent, model) WHERE until_ms IS NULL;
        CREATE INDEX IF NOT EXISTS deployment_by_hash ON deployment(hash);
        CREATE TABLE IF NOT EXISTS approval(
          id {number} PRIMARY KEY,
          ion {text} NOT NULL, model {text} NOT NULL, version {integer} NOT NULL,
          decision {text} NOT NULL, decided_by {text} NOT NULL, reason {text} NOT NULL,
          at_ms {integer} NOT NULL);
        CREATE INDEX IF NOT EXISTS approval_by_model ON approval(ion, model, version);
        CREATE TABLE IF NOT EXISTS round(
          ion {text} NOT NULL, node {text} NOT NULL, round {integer} NOT NULL,
          state {text} NOT NULL,
          expected {integer} NOT NULL,
          received {integer} NOT NULL,
          result_hash {text},
          changed_ms {integer} NOT NULL,
          PRIMARY KEY(ion, node, round)) {table};
        """;

    private static string Fill(string integer, string text, string number, string table) => Template
        .Replace("{integer}", integer, StringComparison.Ordinal)
        .Replace("{text}", text, StringComparison.Ordinal)
        .Replace("{number}", number, StringComparison.Ordinal)
        .Replace("{table}", table, StringComparison.Ordinal);
}
