using System.Collections.Immutable;
using Npgsql;

namespace Eco.Runtime.Persistence.Postgres;

/// <summary>The numbered steps that make the schema of a database, each in the order of its number.</summary>
/// <remarks>Column names of journal and snapshot are those of Akka.Persistence.Sql's default mapping; the hashes are those of the SQLite journal.</remarks>
internal static class PostgresMigrations
{
    /// <summary>"ECO" and a number: the advisory lock of all who change a schema.</summary>
    public const long Lock = 0x45434F_0001;

    private const string Journal = """
        CREATE SEQUENCE journal_ordering;
        CREATE TABLE journal(
            ordering BIGINT PRIMARY KEY,
            partition INTEGER NOT NULL,
            deleted BOOLEAN NOT NULL DEFAULT FALSE,
            persistence_id TEXT COLLATE "C" NOT NULL,
            sequence_number BIGINT NOT NULL,
            created BIGINT NOT NULL,
            tags TEXT,
            message BYTEA NOT NULL,
            identifier INTEGER,
            manifest TEXT NOT NULL,
            writer_uuid TEXT NOT NULL,
            owner_epoch BIGINT NOT NULL,
            hlc TEXT NOT NULL,
            hash BYTEA NOT NULL,
            UNIQUE(persistence_id, sequence_number));
        CREATE INDEX journal_partition ON journal(partition, ordering);
        CREATE TABLE snapshot(
            persistence_id TEXT COLLATE "C" PRIMARY KEY,
            sequence_number BIGINT NOT NULL,
            created BIGINT NOT NULL,
            snapshot BYTEA NOT NULL,
            manifest TEXT NOT NULL,
            serializer_id INTEGER,
            hlc TEXT NOT NULL,
            chain_hash BYTEA NOT NULL,
            hash BYTEA NOT NULL);
        CREATE TABLE entity(
            persistence_id TEXT COLLATE "C" PRIMARY KEY,
            partition INTEGER NOT NULL,
            last_seq BIGINT NOT NULL,
            last_hash BYTEA NOT NULL,
            compacted_seq BIGINT NOT NULL,
            compacted_hash BYTEA NOT NULL,
            snapshot_seq BIGINT NOT NULL,
            outbox_rows BIGINT NOT NULL,
            parked_rows BIGINT NOT NULL,
            rows_digest BYTEA NOT NULL,
            row_hash BYTEA NOT NULL) WITH (fillfactor = 70);
        CREATE INDEX entity_partition ON entity(partition);
        CREATE TABLE partition_state(
            partition INTEGER PRIMARY KEY,
            commit_number BIGINT NOT NULL,
            last_ordering BIGINT NOT NULL,
            compacted_ordering BIGINT NOT NULL,
            rows_digest BYTEA NOT NULL,
            digest BYTEA NOT NULL,
            previous_digest BYTEA NOT NULL) WITH (fillfactor = 50);
        CREATE TABLE metadata(
            key TEXT PRIMARY KEY,
            value TEXT NOT NULL);
        CREATE TABLE ownership(
            partition INTEGER PRIMARY KEY,
            owner_epoch BIGINT NOT NULL,
            writer_id TEXT NOT NULL) WITH (fillfactor = 50);
        CREATE TABLE journal_session(
            id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            host TEXT NOT NULL,
            commit_number BIGINT NOT NULL,
            last_seen TIMESTAMPTZ NOT NULL) WITH (fillfactor = 50);
        CREATE TABLE outbox(
            sender TEXT COLLATE "C" NOT NULL,
            receiver TEXT COLLATE "C" NOT NULL,
            sequence_number BIGINT NOT NULL,
            created BIGINT NOT NULL,
            message BYTEA NOT NULL,
            manifest TEXT NOT NULL,
            hlc TEXT NOT NULL,
            hash BYTEA NOT NULL,
            PRIMARY KEY(sender, receiver, sequence_number));
        CREATE TABLE outbox_position(
            sender TEXT COLLATE "C" NOT NULL,
            receiver TEXT COLLATE "C" NOT NULL,
            last_seq BIGINT NOT NULL,
            acked_seq BIGINT NOT NULL,
            PRIMARY KEY(sender, receiver)) WITH (fillfactor = 70);
        CREATE TABLE inbox(
            receiver TEXT COLLATE "C" NOT NULL,
            sender TEXT COLLATE "C" NOT NULL,
            last_seq BIGINT NOT NULL,
            owner_epoch BIGINT NOT NULL,
            PRIMARY KEY(receiver, sender)) WITH (fillfactor = 70);
        CREATE TABLE inbox_attempt(
            receiver TEXT COLLATE "C" NOT NULL,
            sender TEXT COLLATE "C" NOT NULL,
            sequence_number BIGINT NOT NULL,
            attempts INTEGER NOT NULL,
            reason TEXT NOT NULL,
            PRIMARY KEY(receiver, sender));
        CREATE TABLE parked(
            receiver TEXT COLLATE "C" NOT NULL,
            sender TEXT COLLATE "C" NOT NULL,
            sequence_number BIGINT NOT NULL,
            created BIGINT NOT NULL,
            message BYTEA NOT NULL,
            manifest TEXT NOT NULL,
            hlc TEXT NOT NULL,
            attempts INTEGER NOT NULL,
            reason TEXT NOT NULL,
            detail TEXT NOT NULL,
            PRIMARY KEY(receiver, sender, sequence_number));
        CREATE TABLE members(
            host TEXT COLLATE "C" PRIMARY KEY,
            last_seen TIMESTAMPTZ NOT NULL) WITH (fillfactor = 50);
        """;

    // series keeps the newest value of each statistic, also when its rows are gone. Chunks are not compressed: models do not get smaller.
    private const string StatisticsAndArtifacts = """
        CREATE TABLE statistics_series(
            id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            ion TEXT COLLATE "C" NOT NULL,
            node TEXT COLLATE "C" NOT NULL,
            agent TEXT COLLATE "C" NOT NULL,
            name TEXT COLLATE "C" NOT NULL,
            sequence_number BIGINT NOT NULL,
            value DOUBLE PRECISION NOT NULL,
            wall BIGINT NOT NULL,
            counter INTEGER NOT NULL,
            host TEXT COLLATE "C" NOT NULL,
            UNIQUE(ion, node, name, agent)) WITH (fillfactor = 70);
        CREATE TABLE statistics_stored(
            id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            series BIGINT NOT NULL,
            incarnation BIGINT NOT NULL,
            sequence_number BIGINT NOT NULL,
            value DOUBLE PRECISION NOT NULL,
            wall BIGINT NOT NULL,
            counter INTEGER NOT NULL,
            host TEXT NOT NULL);
        CREATE INDEX statistics_by_series ON statistics_stored(series, id);
        CREATE TABLE statistics_position(
            agent TEXT COLLATE "C" NOT NULL,
            incarnation BIGINT NOT NULL,
            up_to BIGINT NOT NULL,
            stored BIGINT NOT NULL,
            reported_dropped BIGINT NOT NULL,
            buffered_rows BIGINT NOT NULL,
            buffered_bytes BIGINT NOT NULL,
            PRIMARY KEY(agent, incarnation)) WITH (fillfactor = 70);
        CREATE TABLE artifact(
            hash TEXT COLLATE "C" PRIMARY KEY,
            length BIGINT NOT NULL,
            created TIMESTAMPTZ NOT NULL DEFAULT now());
        CREATE TABLE artifact_chunk(
            hash TEXT COLLATE "C" NOT NULL REFERENCES artifact(hash) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            bytes BYTEA NOT NULL,
            PRIMARY KEY(hash, number));
        ALTER TABLE artifact_chunk ALTER COLUMN bytes SET STORAGE EXTERNAL;
        """;

    // Events are read by partition. Beside a key of the ordering alone the planner takes that one, and for a partition in which little happens walks
    // through the events of all others, each time.
    private const string JournalByPartition = """
        ALTER TABLE journal DROP CONSTRAINT journal_pkey;
        DROP INDEX journal_partition;
        ALTER TABLE journal ADD PRIMARY KEY (partition, ordering);
        """;

    /// <summary>All steps, by number from 1.</summary>
    public static readonly ImmutableArray<(int Version, string What, string Sql)> All =
    [
        (1, "journal, ownership, outbox, inbox and members", Journal),
        (2, "statistics and artefacts", StatisticsAndArtifacts),
        (3, "events are found by their partition", JournalByPartition),
    ];

    /// <summary>The version that this program works with.</summary>
    public static int Current => All[^1].Version;

    /// <summary>The version of a database; 0 for an empty one.</summary>
    public static int VersionOf(NpgsqlConnection connection)
    {
        using NpgsqlCommand exists = connection.Command("SELECT to_regclass('schema_version') IS NOT NULL");
        if (exists.ExecuteScalar() is not true)
        {
            return 0;
        }

        using NpgsqlCommand version = connection.Command("SELECT COALESCE(MAX(version), 0) FROM schema_version");
        return (int)version.ExecuteScalar()!;
    }

    /// <summary>Takes all steps that are missing, in one transaction; those who come at the same time wait.</summary>
    /// <returns>The versions before and after.</returns>
    /// <exception cref="PostgresOpenException">The schema is newer than this program.</exception>
    public static (int Before, int After) Run(NpgsqlConnection connection, string database)
    {
        using NpgsqlTransaction transaction = connection.BeginTransaction();
        PostgresSession.LockSchema(connection);

        // Whoever waited for the lock may remember that there was no table; only what locks something forgets that.
        connection.Execute(
            "CREATE TABLE IF NOT EXISTS schema_version(version INTEGER PRIMARY KEY, what TEXT NOT NULL, applied TIMESTAMPTZ NOT NULL DEFAULT now())");
        int before = VersionOf(connection);
        RequireNotNewer(before, database);

        foreach ((int version, string what, string sql) in All.Where(step => step.Version > before))
        {
            connection.Execute(sql);
            connection.Execute("INSERT INTO schema_version(version, what) VALUES ($1, $2)", version, what);
        }

        transaction.Commit();
        return (before, Current);
    }

    /// <summary>Makes the schema of an empty database, and refuses one that is not this program's.</summary>
    /// <exception cref="PostgresOpenException">It is older or newer.</exception>
    public static void Require(NpgsqlConnection connection, string database)
    {
        int version = VersionOf(connection);
        RequireNotNewer(version, database);
        if (version == 0)
        {
            // Nobody works on an empty database, so nobody can be surprised by it.
            Run(connection, database);
        }
        else if (version < Current)
        {
            throw new PostgresOpenException(
                database,
                FormattableString.Invariant($"has schema {version} and this eco works with schema {Current}"),
                "stop the other hosts of this database or be sure that they are of this version, then run 'eco db migrate'");
        }
    }

    private static void RequireNotNewer(int version, string database)
    {
        if (version > Current)
        {
            throw new PostgresOpenException(
                database,
                FormattableString.Invariant($"has schema {version} and this eco knows schemas up to {Current}"),
                "use the eco that made it, or a newer one");
        }
    }
}
