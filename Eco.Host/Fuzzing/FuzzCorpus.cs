using System.Collections.Immutable;
using Eco.Engines.Online.Experiments;
using Eco.Host.Campaigns.Workload;
using Eco.Host.Composition.Simulated;
using Eco.Host.Demo;
using Eco.Runtime.Cluster;
using Eco.Runtime.Persistence;
using Eco.Runtime.Simulation;

namespace Eco.Host.Fuzzing;

/// <summary>What hosts really write and send: a small cluster learns for a while in the simulated world, and everything that passes is kept, some of each kind.</summary>
internal sealed class FuzzCorpus : IJournalStorageObserver
{
    private const int KeptOfEach = 3;
    private const int LargestKept = 4_096;
    private const int SnapshotEvery = 4;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, List<byte[]>> _frames = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<byte[]>> _rows = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<byte[]>> _snapshots = new(StringComparer.Ordinal);

    private FuzzCorpus()
    {
    }

    public ImmutableArray<byte[]> Frames => Flatten(_frames);

    /// <summary>Events and messages as <see cref="StoredRow"/> writes them.</summary>
    public ImmutableArray<byte[]> Rows => Flatten(_rows);

    /// <summary>Snapshots in the same form.</summary>
    public ImmutableArray<byte[]> Snapshots => Flatten(_snapshots);

    /// <summary>Runs the cluster.</summary>
    public static FuzzCorpus Record()
    {
        var corpus = new FuzzCorpus();
        var workload = new FederatedKMeansWorkload { Seed = 1, Batches = 60 };
        var ion = new FederatedKMeansIon("fuzz", workload, TimeSpan.FromMilliseconds(80), 10);
        using var cluster = new SimulatedCluster(1, new SimulatedClusterOptions
        {
            Agents = FederatedKMeansIon.Agents(workload.Edges),
            HasTimeline = false,
            Entities = EntityOptions.Default with { SnapshotEvery = SnapshotEvery },
            Ports = corpus.Observe,
        });
        cluster.World.RunUntil(() => cluster.Console is not null, Limit, () => $"the server is not ready: {cluster.Failure}");
        cluster.Submit(ion.ToHocon());
        cluster.World.RunFor(TimeSpan.FromSeconds(20));
        return corpus;
    }

    /// <inheritdoc/>
    public void Appended(AppendRequest request)
    {
        foreach (JournalEvent e in request.Events)
        {
            Keep(_rows, e.Manifest, new StoredRow(e.Manifest, e.Timestamp.ToString(), e.Payload).ToBytes());
        }

        foreach (OutboxRow row in request.Outbox)
        {
            Keep(_rows, row.Manifest, new StoredRow(row.Manifest, row.Timestamp.ToString(), row.Payload).ToBytes());
        }
    }

    /// <inheritdoc/>
    public void Refused(AppendRequest request, AppendFailed answer)
    {
        // Nothing is stored, so there is nothing to read.
    }

    /// <inheritdoc/>
    public void Saved(SaveSnapshotRequest request)
    {
        StoredSnapshot snapshot = request.Snapshot;
        Keep(_snapshots, snapshot.Manifest, new StoredRow(snapshot.Manifest, snapshot.Timestamp.ToString(), snapshot.Payload).ToBytes());
    }

    /// <inheritdoc/>
    public void Claimed(ImmutableArray<Ownership> owned)
    {
        // Ownership rows hold numbers and a name.
    }

    /// <inheritdoc/>
    public void Compacted(CompactEvents request)
    {
        // Deleting leaves nothing to read.
    }

    private SimulatedPorts Observe(SimulatedHost host, SimulatedPorts ports)
    {
        host.JournalStorage.Observer = this;
        return ports with { Transport = new ObservedTransport(ports.Transport, send => Keep(_frames, KindOf(send.Frame), send.Frame)) };
    }

    private static string KindOf(byte[] frame)
    {
        Frame decoded = FrameCodec.Decode(frame);
        return decoded.Manifest ?? decoded.Kind.ToString();
    }

    private static void Keep(Dictionary<string, List<byte[]>> into, string kind, byte[] bytes)
    {
        if (!into.TryGetValue(kind, out List<byte[]>? kept))
        {
            into.Add(kind, kept = []);
        }

        if (kept.Count < KeptOfEach && bytes.Length <= LargestKept)
        {
            kept.Add(bytes);
        }
    }

    private static ImmutableArray<byte[]> Flatten(Dictionary<string, List<byte[]>> kinds) =>
        [.. kinds.OrderBy(kind => kind.Key, StringComparer.Ordinal).SelectMany(kind => kind.Value)];
}
