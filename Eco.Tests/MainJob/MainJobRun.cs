using System.Globalization;
using Eco.Actors;
using Eco.Actors.Agents;
using Eco.Actors.Agents.Instances;
using Eco.Actors.Ions.Nodes;
using Eco.Actors.Ions.Rounds;
using Eco.Actors.Models;
using Eco.Engines.Data;
using Eco.Engines.Online.Experiments;
using Eco.Host.Composition.Simulated;
using Eco.Host.Demo;
using Eco.Runtime.Simulation;
using Eco.Schedulers.Placement;
using NUnit.Framework;

namespace Eco.Tests.MainJob;

/// <summary>A small run of the main job on the product's actors in the simulated world, and the promises that every run has to keep.</summary>
internal sealed class MainJobRun : IDisposable
{
    /// <summary>Virtual time that a run may take, faults included.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    private MainJobRun(SimulatedCluster cluster, FederatedKMeansIon ion)
    {
        Cluster = cluster;
        Ion = ion;
    }

    public SimulatedCluster Cluster { get; }

    public FederatedKMeansIon Ion { get; }

    public SimulatedWorld World => Cluster.World;

    public IEnumerable<string> Edges => Enumerable.Range(1, Ion.Workload.Edges).Select(edge => string.Create(CultureInfo.InvariantCulture, $"edge-{edge}"));

    public IEnumerable<string> Hosts => Edges.Append("cloud-1").Append(SimulatedCluster.ServerName);

    /// <summary>The name of a server, counted from one.</summary>
    public static string ServerName(int number) =>
        number == 1 ? SimulatedCluster.ServerName : string.Create(CultureInfo.InvariantCulture, $"{SimulatedCluster.ServerName}-{number}");

    /// <summary>Starts the cluster and submits the ION.</summary>
    public static MainJobRun Start(ulong seed, int batches = 40, LinkOptions? link = null, int emitEvery = 4, SimulationOptions? world = null, int servers = 1)
    {
        var workload = new FederatedKMeansWorkload
        {
            Seed = seed,
            Batches = batches,
            WarmUp = 5,
            Clusters = new MovingClusters { Points = 50 },
        };
        return Start(seed, new FederatedKMeansIon("job", workload, TimeSpan.FromMilliseconds(80), emitEvery), link, world: world, servers: servers);
    }

    public static MainJobRun Start(
        ulong seed, FederatedKMeansIon ion, LinkOptions? link = null, string? rounds = null, SimulationOptions? world = null, int servers = 1,
        Func<SimulatedHost, AgentProfile, IEngineHost>? engines = null, string? text = null)
    {
        text ??= ion.ToHocon();
        if (rounds is not null)
        {
            text = text.Replace("quorum = 2, deadline = 2s, late = fold", rounds, StringComparison.Ordinal);
        }

        var cluster = new SimulatedCluster(seed, new SimulatedClusterOptions
        {
            Agents = FederatedKMeansIon.Agents(ion.Workload.Edges),
            World = world ?? new SimulationOptions(),
            Engines = engines,
            Servers = [.. Enumerable.Range(1, servers).Select(ServerName)],
        });
        // The others come when the ION is submitted: until then its partition is where the console is.
        SimulatedHost[] others = [.. Enumerable.Range(2, servers - 1).Select(number => cluster.World.Hosts[ServerName(number)])];
        Array.ForEach(others, other => other.Crash());
        if (link is not null)
        {
            cluster.World.Network.ConfigureAll(link);
        }

        cluster.AwaitAgents(Limit);
        Assert.That(cluster.Submit(text).Error, Is.Null);
        Array.ForEach(others, other => other.Restart());
        return new MainJobRun(cluster, ion);
    }

    /// <summary>Drives the world until the ION is completed.</summary>
    public MainJobRun Complete()
    {
        World.RunUntil(() => Cluster.StateOf(Ion.Id) == "completed", Limit, () => Cluster.Describe(Ion.Id));
        return this;
    }

    /// <summary>Lets what is still on its way arrive, and checks all promises.</summary>
    public MainJobRun Check()
    {
        World.RunFor(TimeSpan.FromMinutes(3));
        CheckRounds();
        CheckModels();
        CheckEdges();
        CheckOutboxes();
        return this;
    }

    public IEnumerable<object> EventsOf(string host, string entity) => World.Hosts[host].JournalStorage.Events
        .Where(e => e.PersistenceId == entity)
        .Select(e => EcoManifests.Registry.Decode(e.Event.Manifest, e.Event.Payload));

    public IEnumerable<object> MergeEvents => EventsOf(SimulatedCluster.ServerName, $"ion/{Ion.Id}/merge");

    public IEnumerable<object> EdgeEvents(string edge, int incarnation = 1) => EventsOf(edge, $"agent/{edge}/{incarnation}/{Ion.Id}/edge");

    public void Dispose() => Cluster.Dispose();

    private void CheckRounds()
    {
        long open = 0;
        long last = 0;
        var ended = new HashSet<long>();
        var counted = new HashSet<(string Agent, long Emission)>();
        var received = new Dictionary<long, Dictionary<string, string>>();
        foreach (object e in MergeEvents)
        {
            switch (e)
            {
                case RoundOpened opened:
                    Assert.That(open, Is.Zero, "a round opens while another collects");
                    Assert.That(opened.Round, Is.EqualTo(last + 1), "rounds count without gaps");
                    open = last = opened.Round;
                    received[open] = [];
                    break;
                case UpdateReceived update:
                    Assert.That(update.Round, Is.EqualTo(open), "an update counts in a round that is not open");
                    Assert.That(counted.Add((update.Update.Agent, update.Update.Emission)), $"an update of {update.Update.Agent} counts twice");
                    received[open][update.Update.Agent] = update.Update.Model.Hash;
                    break;
                case RoundClosed closed:
                    Assert.That(closed.Round, Is.EqualTo(open));
                    Assert.That(closed.Participants, Is.EquivalentTo(received[open].Keys));
                    open = 0;
                    break;
                case RoundVoided voided:
                    Assert.That(ended.Add(voided.Round), $"round {voided.Round} ends twice");
                    open = open == voided.Round ? 0 : open;
                    break;
                case RoundMerged merged:
                    Assert.That(ended.Add(merged.Round), $"round {merged.Round} ends twice");
                    Assert.That(merged.Parents, Is.EquivalentTo(received[merged.Round].Values), "a merge is made of the updates that its round took");
                    break;
            }
        }

        Assert.That(last, Is.GreaterThan(0), "no round was opened");
        Assert.That(ended, Has.Count.EqualTo(last), "every round is merged or void");
    }

    private void CheckOutboxes()
    {
        foreach (SimulatedHost host in World.Hosts.Values)
        {
            string[] waiting = [.. host.JournalStorage.Events.Select(e => e.PersistenceId).Distinct()
                .SelectMany(entity => host.JournalStorage.OutboxOf(entity).Select(row => $"{entity} -> {row.Receiver} #{row.SequenceNr}"))];
            Assert.That(waiting, Is.Empty, $"every message of {host.Id} is acknowledged in the end");
        }
    }

    private void CheckModels()
    {
        string[] merged = [.. MergeEvents.OfType<RoundMerged>().Select(e => e.Model.Hash)];
        ModelAdded[] added = [.. EventsOf(SimulatedCluster.ServerName, $"models/{Ion.Id}").OfType<ModelAdded>()];

        Assert.That(added.Select(e => e.Model.Hash), Is.EqualTo(merged), "each merged model is registered once, in order");
        Assert.That(added.Select(e => e.Model.Version), Is.EqualTo(Enumerable.Range(1, merged.Length).Select(version => (long)version)));
    }

    private void CheckEdges()
    {
        long newest = EventsOf(SimulatedCluster.ServerName, $"models/{Ion.Id}").OfType<ModelAdded>().LastOrDefault()?.Model.Version ?? 0;
        foreach (string edge in Edges)
        {
            object[] events = [.. EdgeEvents(edge)];
            long[] applied = [.. events.OfType<ModelApplied>().Select(e => e.Model.Version)];
            Assert.That(applied, Is.Ordered.Ascending.And.Unique, $"{edge}'s versions never go back");
            Assert.That(events.OfType<ModelArrived>().Select(e => e.Model.Version).DefaultIfEmpty().Max(), Is.EqualTo(newest), $"{edge} has the newest version");
            Assert.That(events.OfType<LifeCycleMoved>().Last().State, Is.EqualTo(InstanceState.Succeeded));

            long emitted = Ion.Workload.Batches / Ion.EmitEvery;
            long seen = MergeEvents.Count(e => e is UpdateReceived received && received.Update.Agent == edge)
                + MergeEvents.Count(e => e is UpdateLeftOut left && left.Agent == edge)
                + events.OfType<EmissionLeftOut>().Count();
            Assert.That(
                EventsOf(SimulatedCluster.ServerName, $"ion/{Ion.Id}/edge").OfType<ModelsLeftOut>().Where(e => e.Agent == edge).Sum(e => e.Count),
                Is.EqualTo(events.OfType<EmissionLeftOut>().Count()),
                $"the server knows of each model that {edge} has left out");
            Assert.That(seen, Is.EqualTo(emitted), $"each update of {edge} was taken or left out, with a reason");

            // A long run's agent has forgotten its oldest events; then the merges alone have to say it.
            bool isWhole = World.Hosts[edge].JournalStorage.Events.First(e => e.PersistenceId == $"agent/{edge}/1/{Ion.Id}/edge").Event.SequenceNr == 1;
            Assert.That(
                isWhole ? events.OfType<ModelsEmitted>().Sum(e => e.Count) : emitted, Is.EqualTo(emitted), $"{edge} emits each model once");
        }
    }
}
