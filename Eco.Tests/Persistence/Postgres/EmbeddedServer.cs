using System.Collections.Immutable;
using System.Text;
using Eco.Actors.Timeline;
using Eco.Actors.Timeline.Sql;
using Eco.Host.State;
using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Artifacts;
using Eco.Runtime.Persistence.Sqlite;
using Eco.Runtime.Persistence.Statistics;
using NUnit.Framework;
using static Eco.Tests.Persistence.Contracts.JournalProbe;

namespace Eco.Tests.Persistence.Postgres;

/// <summary>The files of an embedded server with some of everything in them.</summary>
public static class EmbeddedServer
{
    public const int Partitions = 4;

    public static readonly string[] Entities = [.. Enumerable.Range(0, 12).Select(i => $"ion-ü{i}")];

    /// <summary>Fills a server's folder; gives what its journal says of itself then.</summary>
    public static async Task<JournalFacts> FillAsync(HostFolder folder)
    {
        Directory.CreateDirectory(folder.Path);
        JournalFacts facts;
        await using (SqliteJournal journal = SqliteJournal.Open(new SqliteJournalOptions { Path = folder.Journal }))
        {
            ImmutableArray<Ownership> owned = [];
            for (int start = 1; start <= 3; start++)
            {
                owned = ((PartitionsClaimed)await JournalLoad.AskAsync(me => journal.Claim(ClaimPartitions.All(1, Partitions, $"host/{start}"), me))).Owned;
            }

            for (int i = 0; i < Entities.Length; i++)
            {
                await FillAsync(journal, owned[Partitioning.PartitionOf(Entities[i], Partitions)], Entities[i], i);
            }

            facts = await JournalFacts.OfAsync(journal, Entities, Partitions);
        }

        await using (StatisticsStore statistics = StatisticsStore.Open(new StatisticsStoreOptions { Path = folder.Statistics }))
        {
            StatisticsRow[] rows = [.. Enumerable.Range(1, 50).Select(n => new StatisticsRow(n, "ion", "node", "edge-1", $"s{n % 3}", n, At(n)))];
            Assert.That(await JournalLoad.AskAsync(me => statistics.Ingest(new IngestStatistics(1, "edge-1", 2, 5, [.. rows]), me)), Is.InstanceOf<StatisticsIngested>());
        }

        await using (FileArtifactStore artifacts = FileArtifactStore.Open(new FileArtifactStoreOptions { Folder = folder.Artifacts }))
        {
            foreach (byte[] content in (byte[][])[[], "abc"u8.ToArray(), new byte[(1 << 20) + 3]])
            {
                Assert.That(await JournalLoad.AskAsync(me => artifacts.Put(new PutArtifact(1, content), me)), Is.InstanceOf<ArtifactStored>());
            }
        }

        using TimelineDatabase timeline = TimelineDatabase.Open(folder.Timeline);
        timeline.Apply(
            [
                new ProjectedEvent(2, At(2), [new EventNoted("k", "ion", null, null, "once upon a time"), new ApprovalRecorded("ion", "m", 1, "approve", "eve", "good")]),
                new ProjectedEvent(5, At(3), [new ModelDeployedTo("ion", "edge", "e1", "m", 1, "aaaa1111")]),
            ],
            [new PartitionPosition(0, 0), new PartitionPosition(1, 0)],
            [new PartitionPosition(0, 5), new PartitionPosition(1, 5)]);
        return facts;
    }

    private static async Task FillAsync(SqliteJournal journal, Ownership owned, string id, int kind)
    {
        async Task Commit(AppendRequest request) => Assert.That(await JournalLoad.AskAsync(me => journal.Append(request, me)), Is.InstanceOf<AppendCommitted>());
        await Commit(new AppendRequest(1, id, owned, Events(1, 6), [Message("peer-a", 1), Message("peer-a", 2), Message("peer-b", 1)], [], new InboxRow("proxy", 1, 7)));
        await Commit(new AppendRequest(2, id, owned, Events(7, kind), [], [("peer-a", 1)], null));
        await Commit(new AppendRequest(3, id, owned, [], [], [], new InboxRow("proxy", 2, 7), null, new ParkedMessage("proxy", 2, "test.told/1", [1, 2], At(9), 3, "it threw", "at X")));
        await Commit(new AppendRequest(4, id, owned, [], [], [], null, new InboxAttempt("proxy", 3, kind + 1, "again")));
        if (kind % 3 == 0)
        {
            return;
        }

        var snapshot = new StoredSnapshot(4, "test.state/1", Encoding.UTF8.GetBytes($"{{\"n\":{kind}}}"), At(8));
        Assert.That(await JournalLoad.AskAsync(me => journal.SaveSnapshot(new SaveSnapshotRequest(5, id, owned, snapshot), me)), Is.InstanceOf<SnapshotSaved>());
        if (kind % 3 == 2)
        {
            Assert.That(await JournalLoad.AskAsync(me => journal.Compact(new CompactEvents(6, id, owned, 3), me)), Is.InstanceOf<Compacted>());
        }
    }
}
