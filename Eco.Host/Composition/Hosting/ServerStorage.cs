using Eco.Actors.Timeline;
using Eco.Actors.Timeline.Sql;
using Eco.Host.State;
using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Artifacts;
using Eco.Runtime.Persistence.Sqlite;
using Eco.Runtime.Persistence.Statistics;

namespace Eco.Host.Composition.Hosting;

/// <summary>Where a server keeps everything.</summary>
/// <param name="Journal">Events, snapshots, outbox, inbox, ownership.</param>
/// <param name="Artifacts">Models.</param>
/// <param name="Statistics">Statistics of all agents.</param>
/// <param name="Timeline">The projection.</param>
/// <param name="IsShared">Whether other servers have the same database.</param>
internal sealed record ServerStorage(
    IJournal Journal, IArtifactStore Artifacts, IStatisticsStore Statistics, ITimelineStore Timeline, bool IsShared)
{
    /// <summary>Opens the files of a state directory.</summary>
    /// <exception cref="StorageOpenException">One of them cannot be opened.</exception>
    public static ServerStorage OpenFiles(EcoHostSetup setup, EngineCatalogue engines, HostResources resources, Action<bool> onFull)
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
        FileArtifactStore artifacts = resources.Keep(
            FileArtifactStore.Open(new FileArtifactStoreOptions { Folder = folder.Artifacts }, resources.Logger<FileArtifactStore>()));
        StatisticsStore statistics = resources.Keep(StatisticsStore.Open(
            new StatisticsStoreOptions { Path = folder.Statistics, OnStorageFault = resources.OnFault }, resources.Logger<StatisticsStore>()));
        TimelineDatabase database = resources.KeepOpen(TimelineFile.Open(folder.Timeline, resources.Logger<TimelineDatabase>()));
        StatisticsSource newest = resources.KeepOpen(StatisticsSource.Open(folder.Statistics));
        TimelineReader reader = resources.KeepOpen(TimelineReader.Open(folder.Timeline, newest, engines.Descriptors));
        SerialWorker worker = resources.Worker("eco timeline");
        return new ServerStorage(
            journal, artifacts, statistics, new TimelineStore(database, reader, (_, call) => worker.Post(call)), IsShared: false);
    }
}
