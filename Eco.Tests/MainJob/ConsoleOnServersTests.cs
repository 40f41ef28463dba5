using System.Collections.Immutable;
using System.Text.Json;
using Eco.Actors.Console;
using Eco.Engines.Data;
using Eco.Engines.Online.Experiments;
using Eco.Host.Composition.Simulated;
using Eco.Host.Demo;
using Eco.Runtime.Actors;
using Eco.Runtime.Persistence;
using NUnit.Framework;

namespace Eco.Tests.MainJob;

/// <summary>Two servers that have half of the partitions each: every verb works on either.</summary>
[TestFixture]
public sealed class ConsoleOnServersTests
{
    private static readonly string[] Servers = [MainJobRun.ServerName(1), MainJobRun.ServerName(2)];

    [Test]
    public void Verbs_WhicheverServerIsAsked_ReachTheEntity([Range(1, 3)] int seed)
    {
        var workload = new FederatedKMeansWorkload { Batches = 4_000, WarmUp = 5, Clusters = new MovingClusters { Points = 50 } };
        var ion = new FederatedKMeansIon("job", workload, TimeSpan.FromMilliseconds(80), 10);
        using var cluster = new SimulatedCluster(
            (ulong)seed,
            new SimulatedClusterOptions { Agents = FederatedKMeansIon.Agents(workload.Edges), Servers = [.. Servers] });
        cluster.AwaitAgents(TimeSpan.FromMinutes(1));
        cluster.World.RunFor(TimeSpan.FromSeconds(40));

        Succeed(cluster, Servers[seed % 2], ConsoleVerbs.IonSubmit, ion.ToHocon());
        cluster.World.RunFor(TimeSpan.FromSeconds(5));
        foreach (string server in Servers)
        {
            Succeed(cluster, server, ConsoleVerbs.IonPause);
            Succeed(cluster, server, ConsoleVerbs.IonResume);
            ConsoleReply status = Succeed(cluster, server, ConsoleVerbs.Status);
            var instances = status.Data!.Value.Deserialize(ConsoleJson.Default.ImmutableArrayInstanceView);
            Assert.That(instances.Select(instance => instance.Agent).Distinct().Count(), Is.EqualTo(workload.Edges + 1), server);
        }

        ConsoleReply unknown = Ask(cluster, Servers[0], ConsoleVerbs.IonPause, null, "other");
        ConsoleReply same = Ask(cluster, Servers[1], ConsoleVerbs.IonPause, null, "other");
        Assert.That(unknown.Error, Is.EqualTo(same.Error), "a refusal is the same from everywhere");
        Assert.That(same.Error!.Code, Is.EqualTo(ConsoleErrorCodes.NotFound));
    }

    [Test]
    public void Watch_WhenAnotherServerHasTheIon_TellsWhatHappensThere()
    {
        using var cluster = new SimulatedCluster(4, new SimulatedClusterOptions { Agents = FederatedKMeansIon.Agents(1), Servers = [.. Servers] });
        cluster.AwaitAgents(TimeSpan.FromMinutes(1));
        cluster.World.RunFor(TimeSpan.FromSeconds(40));
        ClusterView view = Ask(cluster, Servers[0], ConsoleVerbs.Cluster, null, "any").Data!.Value.Deserialize(ConsoleJson.Default.ClusterView)!;
        string ion = Enumerable.Range(1, 1000).Select(number => $"job-{number}").First(
            id => view.Partitions[Partitioning.PartitionOf($"ion/{id}", view.Partitions.Length)].Owner == Servers[0]);
        List<ConsoleReply> heard = [];
        ActorSystem system = cluster.SystemOf(Servers[1]);
        IActorRef watcher = system.ActorOf(Props.Create(() => new Watcher(heard.Add)), "watcher");
        cluster.ConsoleOf(Servers[1])!.Tell(new ConsoleRequest(9, ConsoleVerbs.Watch, ImmutableSortedDictionary<string, string>.Empty), watcher);
        cluster.World.RunFor(TimeSpan.FromSeconds(1));

        var job = new FederatedKMeansIon(ion, new FederatedKMeansWorkload { Edges = 1, Batches = 4 }, TimeSpan.FromMilliseconds(80), 10);
        Assert.That(Ask(cluster, Servers[1], ConsoleVerbs.IonSubmit, job.ToHocon(), ion).Error, Is.Null);
        cluster.World.RunFor(TimeSpan.FromSeconds(2));

        LiveView[] views = [.. heard.Select(reply => reply.Data!.Value.Deserialize(ConsoleJson.Default.LiveView)!)];
        Assert.That(views.Where(live => live.Ion == ion), Is.Not.Empty);
        Assert.That(views.Select(live => (live.Kind, live.Node, live.Agent, live.At, live.Text)), Is.Unique, "nothing is told twice");
    }

    private static ConsoleReply Succeed(SimulatedCluster cluster, string server, string verb, string? body = null)
    {
        ConsoleReply reply = Ask(cluster, server, verb, body, "job");
        Assert.That(reply.Error, Is.Null, $"{verb} on {server}");
        return reply;
    }

    private static ConsoleReply Ask(SimulatedCluster cluster, string server, string verb, string? body, string ion) => cluster.Ask(
        server,
        new ConsoleRequest(1, verb, body is null && verb != ConsoleVerbs.Status
            ? ImmutableSortedDictionary<string, string>.Empty.Add("ion", ion)
            : ImmutableSortedDictionary<string, string>.Empty, body),
        TimeSpan.FromMinutes(1));

    private sealed class Watcher : ReceiveActor
    {
        public Watcher(Action<ConsoleReply> heard) => Receive<ConsoleReply>(heard);
    }
}
