using System.Collections.Immutable;
using Eco.Actors.Agents;
using Eco.Actors.Ions;
using Eco.Actors.Models;
using Eco.Engines.Abstractions;
using Eco.Runtime.Cluster;
using Eco.Runtime.Persistence;
using Eco.Schedulers.Placement;

namespace Eco.Tests.Ions;

/// <summary>Small parts of the domain that tests are made of.</summary>
internal static class Domain
{
    public static readonly ImmutableSortedDictionary<string, string> NoLabels = ImmutableSortedDictionary<string, string>.Empty;

    public static HybridTimestamp At(long milliseconds) => new(milliseconds, 0, "server");

    public static ModelReference Model(string name, long version = 0, params byte[] content) =>
        ModelReference.Of(name, new ModelArtifact("test", content.Length == 0 ? [(byte)version, 1] : content, 1)) with { Version = version };

    public static AgentProfile Profile(string id, string role = "edge") => new(id, "site", role, NoLabels, [], ["online"]);

    public static PipelineNode Pipeline(RunKind run, string role = "edge", MergeRounds? rounds = null, string component = "learn") => new(
        "online",
        new AgentSelector([], null, role, NoLabels, [], 0),
        new RunMode(run, TimeSpan.FromSeconds(10), null, OverlapPolicy.Skip, 0, run == RunKind.Event ? SignalKind.Model : null),
        new PipelineSpec([new ComponentSpec(component, "train.test", ImmutableSortedDictionary<string, PortReference>.Empty, NoLabels)]),
        rounds,
        RelaunchPolicy.Default);

    /// <summary>Edges that learn, a cloud that merges, and back.</summary>
    public static IonDefinition Federated(string title = "federated", MergeRounds? rounds = null) => new(
        "f",
        title,
        [
            new NodeDefinition("edge", Pipeline(RunKind.Continuous), null),
            new NodeDefinition(
                "merge", Pipeline(RunKind.Event, "cloud", rounds ?? new MergeRounds(0, TimeSpan.FromSeconds(5), LateUpdatePolicy.Fold), "combine"), null),
        ],
        [
            new LinkDefinition(new LinkEnd("edge", "learn"), new LinkEnd("merge", "combine"), SignalKind.Model, ConsistencyLevel.Weak),
            new LinkDefinition(new LinkEnd("merge", "combine"), new LinkEnd("edge", "learn"), SignalKind.Model, ConsistencyLevel.Eventual),
        ]);

    public static DeployNode Deploy(long generation, RunKind run = RunKind.Continuous, string node = "edge") =>
        new("f", node, 1, generation, Pipeline(run), []);

    public static IEnumerable<T> Sent<T>(this Decision decision, string receiver) =>
        decision.Sends.Where(send => send.Receiver == receiver).Select(send => send.Message).OfType<T>();

    public static ImmutableArray<string> Kinds(this Decision decision) => [.. decision.Events.Select(e => e.GetType().Name)];
}
