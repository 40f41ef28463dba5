using System.Collections.Immutable;
using Eco.Host.Campaigns.Oracles;
using Eco.Host.Campaigns.Workload;
using Eco.Host.Composition.Simulated;
using Eco.Runtime.Actors;
using Eco.Runtime.Cluster;
using Eco.Runtime.Persistence;
using Eco.Runtime.Simulation;

namespace Eco.Host.Campaigns;

/// <summary>The cluster of a campaign: the product's roles on simulated ports, with the oracles looking on.</summary>
internal sealed class CampaignCluster : IDisposable
{
    private static readonly TimeSpan SupervisorRestarts = TimeSpan.FromMilliseconds(500);
    private readonly SortedDictionary<string, EntityWatch> _watches = new(StringComparer.Ordinal);
    private readonly HashSet<string> _broken = new(StringComparer.Ordinal);
    private readonly SimulatedCluster _cluster;

    /// <summary>Lays out the cluster and starts all hosts.</summary>
    public CampaignCluster(CampaignSettings settings, CampaignSeams seams, Func<CampaignCluster, ImmutableArray<Oracle>> oracles)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(seams);
        Seams = seams;
        Servers = [.. Enumerable.Range(0, settings.Servers).Select(CampaignLayout.ServerName)];
        Oracles = oracles(this);
        _cluster = new SimulatedCluster(settings.Seed, new SimulatedClusterOptions
        {
            Agents = CampaignLayout.Agents(settings),
            Timing = settings.Timing,
            Entities = settings.Entities,
            HasTimeline = false,
            Servers = Servers,
            Partitions = settings.Partitions,
            Engines = (host, _) => new ScriptedEngineHost(host),
            Ports = Observe,
            World = new SimulationOptions
            {
                Wan = settings.BadLink,
                Storage = settings.Storage,
                Transport = new SimulatedTransportOptions { BrokerSite = "broker", Faults = settings.Broker },
            },
        });
        World.AddHost(CampaignLayout.Client, new SimulatedHostOptions { Site = CampaignLayout.Client }, _ => { });
    }

    /// <summary>The world.</summary>
    public SimulatedWorld World => _cluster.World;

    /// <summary>What looks on.</summary>
    public ImmutableArray<Oracle> Oracles { get; }

    /// <summary>The server hosts.</summary>
    public ImmutableArray<string> Servers { get; }

    /// <summary>What is put between actors and ports.</summary>
    public CampaignSeams Seams { get; }

    /// <summary>Sees every frame that is sent, with the queue it goes to.</summary>
    public Action<string, TransportSend>? OnSent { get; set; }

    /// <summary>The first broken promise; null while there is none.</summary>
    public string? Violation { get; private set; }

    /// <summary>The console of a server that takes commands; null where it does not.</summary>
    public IActorRef? ConsoleOf(string server) => _cluster.ConsoleOf(server);

    /// <summary>The entities that are awake on a host; null while it is down.</summary>
    public EntityWatch? WatchOf(string host) => World.Hosts[host].IsUp ? _watches.GetValueOrDefault(host) : null;

    /// <summary>The journal that a host writes: its own, or the servers' common one.</summary>
    public string DatabaseOf(string host) => Servers.Contains(host) ? SimulatedCluster.ServerName : host;

    /// <summary>How many actors live on the hosts that are up.</summary>
    public int Actors => World.Hosts.Values.Where(host => host.IsUp).Sum(host => host.System.Metrics.Actors);

    /// <summary>Whether a storage fault has broken a host's journal, so that it has to start anew.</summary>
    public bool IsBroken(string host) => _broken.Contains(host);

    /// <summary>What the actors of a host are doing, one text for each.</summary>
    public IEnumerable<string> StatesOf(string host)
    {
        if (WatchOf(host) is not { } watch)
        {
            yield return "host down";
            yield break;
        }

        foreach (IWatchedEntity entity in watch.Entities)
        {
            yield return $"{KindOf(entity.EntityId)} {PhaseOf(entity)}";
        }
    }

    /// <summary>Kills a host, if it runs.</summary>
    public void Crash(string host)
    {
        if (World.Hosts[host].IsUp)
        {
            World.Hosts[host].Crash();
        }
    }

    /// <summary>Gives a host an empty disk and starts it.</summary>
    public void Reinstall(string host)
    {
        Crash(host);
        foreach (Oracle oracle in Oracles)
        {
            oracle.Erased(host);
        }

        World.Hosts[host].Reinstall();
    }

    /// <summary>Lets every oracle look, and keeps the first broken promise.</summary>
    public void Ask(Action<Oracle> question)
    {
        foreach (Oracle oracle in Oracles)
        {
            question(oracle);
            if (oracle.Violation is { } violation)
            {
                Violation ??= $"{oracle.Name}: {violation}";
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _cluster.Dispose();

    private SimulatedPorts Observe(SimulatedHost host, SimulatedPorts ports)
    {
        var watch = new EntityWatch();
        host.System.RegisterExtension(watch);
        _watches[host.Id] = watch;
        _broken.Remove(host.Id);
        string database = DatabaseOf(host.Id);
        host.BeforeCrash = dying => Ask(oracle => oracle.Crashing(dying.Id));
        host.JournalStorage.Observer = new StorageObserver(this, database);
        host.OnStorageFault = Broke;
        return Seams.Ports(host, ports with
        {
            Transport = new ObservedTransport(ports.Transport, send => Sent(host.Id, send)),
            Statistics = new ObservedStatistics(ports.Statistics, host.Id, agent => Ask(oracle => oracle.Statistics(agent))),
        });
    }

    // A process whose journal has failed exits (nothing is retried), and its service manager starts it again.
    private void Broke(SimulatedHost host)
    {
        if (_broken.Add(host.Id))
        {
            World.Schedule(SupervisorRestarts, "supervisor", () => RestartWhenWhole(host));
        }
    }

    private void RestartWhenWhole(SimulatedHost host)
    {
        if (!_broken.Contains(host.Id))
        {
            return;
        }

        if (host.Disk.Fault != DiskFault.None)
        {
            Crash(host.Id);
            World.Schedule(SupervisorRestarts, "supervisor", () => RestartWhenWhole(host));
            return;
        }

        Crash(host.Id);
        host.Restart();
    }

    private void Sent(string host, TransportSend send)
    {
        OnSent?.Invoke(host, send);
        if (send.Lane == TransportLane.Telemetry)
        {
            // May be lost and repeated; no oracle asks for it.
            return;
        }

        Frame frame = FrameCodec.Decode(send.Frame);
        Ask(oracle => oracle.Sent(host, frame));
    }

    private static string KindOf(string entity)
    {
        int depth = entity.AsSpan().Count('/') + 1;
        return (entity[0], depth) switch
        {
            ('a', 2) => "identity",
            ('a', 3) => "agent",
            ('a', _) => "instance",
            ('i', 2) => "ion",
            ('i', _) => "node",
            ('m', _) => "models",
            ('p', _) => "proxy",
            _ => entity,
        };
    }

    private static string PhaseOf(IWatchedEntity entity) => entity.Phase switch
    {
        PersistentPhase.Active => entity.HasPendingMessages ? "waiting" : "active",
        PersistentPhase.Recovering => "recovering",
        PersistentPhase.Committing => "committing",
        _ => "failed",
    };

    private sealed class StorageObserver(CampaignCluster cluster, string database) : IJournalStorageObserver
    {
        public void Appended(AppendRequest request)
        {
            var commit = new JournalCommit(database, request);
            cluster.Ask(oracle => oracle.Committed(commit));
        }

        public void Refused(AppendRequest request, AppendFailed answer) => cluster.Ask(oracle => oracle.Refused(database, request, answer));

        public void Saved(SaveSnapshotRequest request) => cluster.Ask(oracle => oracle.Saved(database, request));

        public void Claimed(ImmutableArray<Ownership> owned) => cluster.Ask(oracle => oracle.Claimed(database, owned));

        public void Compacted(CompactEvents request) => cluster.Ask(oracle => oracle.Compacted(database, request));
    }
}
