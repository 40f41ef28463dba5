using System.Collections.Immutable;
using System.Text.Json;
using Eco.Actors.Console;
using Eco.Engines.Data;
using Eco.Engines.Online.Experiments;
using Eco.Host.Composition.Simulated;
using Eco.Host.Demo;
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
}
