using Eco.Actors.Console;
using Eco.Actors.Timeline;
using Eco.Actors.Timeline.Sql;
using Eco.Host.State;
using Eco.Runtime.Persistence.Journals;
using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Artifacts;
using Eco.Runtime.Persistence.Postgres;
using Eco.Runtime.Persistence.Sqlite;
using Eco.Runtime.Persistence.Statistics;

namespace Eco.Host.Composition.Hosting;

/// <summary>Where a server keeps everything.</summary>
/// <param name="Journal">Events, snapshots, outbox, inbox, ownership.</param>
/// <param name="Artifacts">Models.</param>
/// <param name="Content">The same models as streams.</param>
/// <param name="Statistics">Statistics of all agents.</param>
/// <param name="Timeline">The projection.</param>
/// <param name="IsShared">Whether other servers have the same database.</param>
internal sealed record ServerStorage(
    IJournal Journal, IArtifactStore Artifacts, IArtifactContent Content, IStatisticsStore Statistics, ITimelineStore Timeline, bool IsShared)
{
    /// <summary>Opens what the server is configured for: files of the state directory, or the database that it shares.</summary>
    /// <param name="setup">What the server is configured for.</param>
    /// <param name="engines">The engines, to compare IONs.</param>
    /// <param name="resources">Keeps what is opened.</param>
    /// <param name="refuse">Hears, on any thread, why no new work can be taken, and null when it can again.</param>
    /// <exception cref="StorageOpenException">A file cannot be opened, or the database cannot be used.</exception>
    public static ServerStorage Open(EcoHostSetup setup, EngineCatalogue engines, HostResources resources, Action<ConsoleError?> refuse) =>
        setup.Server!.Database is { } database
            ? OpenDatabase(setup, database, engines, resources, refuse)
            : OpenFiles(setup, engines, resources, full => refuse(full
                ? new ConsoleError(
                    ConsoleErrorCodes.Refused, "JournalFull: the server's disk is full, and nothing new is taken", "free some space; the host goes on by itself then")
                : null));

    private static ServerStorage OpenDatabase(
        EcoHostSetup setup, string database, EngineCatalogue engines, HostResources resources, Action<ConsoleError?> refuse)
    {
        var options = new PostgresOptions { ConnectionString = database, HostName = setup.Server!.HostId };
        PostgresJournal journal = resources.Keep(PostgresJournal.Open(
            new PostgresJournalOptions
            {
                Database = options,
                PartitionCount = setup.Server.Partitions,
                OnReachable = reachable => refuse(reachable
                    ? null
                    : new ConsoleError(
                        ConsoleErrorCodes.State,
                        "the servers' database cannot be reached, and nothing new is taken",
                        "'eco db status -c FILE' says why; the server goes on by itself when it is back")),
            },
            setup.CrashPoints,
            resources.Logger<PostgresJournal>()));
        var stored = new PostgresArtifactOptions { Database = options, MaxArtifactBytes = (int)setup.MaxArtifactBytes };
        PostgresArtifactStore artifacts = resources.Keep(PostgresArtifactStore.Open(stored, resources.Logger<PostgresArtifactStore>()));
        PostgresArtifactContent content = resources.Keep(
            new PostgresArtifactContent(stored, resources.OpenArtifacts(setup.State.Server, setup.MaxArtifactBytes)));
        PostgresStatisticsStore statistics = resources.Keep(
            PostgresStatisticsStore.Open(new PostgresStatisticsOptions { Database = options }, resources.Logger<PostgresStatisticsStore>()));
        StatisticsSource newest = resources.KeepOpen(StatisticsSource.Of(options));
        TimelineDatabase timeline = resources.KeepOpen(new TimelineDatabase(new PostgresTimeline(options, "timeline writer")));
        TimelineReader reader = resources.KeepOpen(new TimelineReader(new PostgresTimeline(options, "timeline reader"), newest, engines.Descriptors));
        SerialWorker worker = resources.Worker("eco timeline");
        return new ServerStorage(
            journal, artifacts, content, statistics, new TimelineStore(timeline, reader, (_, call) => worker.Post(call)), IsShared: true);
    }

    private static ServerStorage OpenFiles(EcoHostSetup setup, EngineCatalogue engines, HostResources resources, Action<bool> onFull)
    {
        HostFolder folder = setup.State.Server;
        Directory.CreateDirectory(folder.Path);
        StorageErrors.RequireJournal(folder);
        SqliteJournal journal = resources.Keep(SqliteJournal.Open(
            new SqliteJournalOptions
            {
                Path = folder.Journal,
                PartitionCount = setup.Server!.Partitions,
                OnStorageFault = resources.OnFault,
                OnFull = onFull,
            },
            setup.CrashPoints,
            resources.Logger<SqliteJournal>()));
        FileArtifactStore artifacts = resources.OpenArtifacts(folder, setup.MaxArtifactBytes);
        StatisticsStore statistics = resources.Keep(StatisticsStore.Open(
            new StatisticsStoreOptions { Path = folder.Statistics, OnStorageFault = resources.OnFault }, resources.Logger<StatisticsStore>()));
        TimelineDatabase database = resources.KeepOpen(TimelineFile.Open(folder.Timeline, resources.Logger<TimelineDatabase>()));
        StatisticsSource newest = resources.KeepOpen(StatisticsSource.Open(folder.Statistics));
        TimelineReader reader = resources.KeepOpen(TimelineReader.Open(folder.Timeline, newest, engines.Descriptors));
        SerialWorker worker = resources.Worker("eco timeline");
        return new ServerStorage(
            journal, artifacts, artifacts, statistics, new TimelineStore(database, reader, (_, call) => worker.Post(call)), IsShared: false);
    }
}
