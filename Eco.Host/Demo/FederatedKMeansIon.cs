using System.Globalization;
using System.Collections.Immutable;
using Eco.Engines.Online.Experiments;
using Eco.Schedulers.Placement;

namespace Eco.Host.Demo;

/// <summary>
/// The paper's Figure 4 as an ION: edges run online k-means, each on the part of the clusters that it sees; models, never data, go to a merge
/// in the cloud and back. The workload of <c>eco demo</c> and of <c>eco experiment federated-kmeans</c>.
/// </summary>
/// <param name="Id">The ION's id.</param>
/// <param name="Workload">The data and the learners' parameters.</param>
/// <param name="Pace">Time between the batches of an edge.</param>
/// <param name="EmitEvery">Batches between an edge's reports.</param>
internal sealed record FederatedKMeansIon(string Id, FederatedKMeansWorkload Workload, TimeSpan Pace, int EmitEvery)
{
    /// <summary>The statistic with the error of the model that an edge uses, at each batch.</summary>
    public const string Error = "error.centre-error";

    /// <summary>The statistic with the error of what the edge alone would have.</summary>
    public const string AloneError = "alone-error.centre-error";

    /// <summary>The statistic with the number of batches that an edge has learned from.</summary>
    public const string Batches = "learn.batches";

    /// <summary>The node that runs on the edges.</summary>
    public const string EdgeNode = "edge";

    /// <summary>docs/engines.md: chosen on seeds 100 to 119; longer intervals save bytes, shorter ones lower the error.</summary>
    public const int DefaultEmitEvery = 10;

    /// <summary>A cloud agent and the workload's edges, each on its own site.</summary>
    public static ImmutableArray<AgentProfile> Agents(int edges) =>
    [
        Profile("cloud-1", "cloud", "cloud", ImmutableSortedDictionary<string, string>.Empty),
        .. Enumerable.Range(0, edges).Select(edge => Profile(
            string.Create(CultureInfo.InvariantCulture, $"edge-{edge + 1}"),
            string.Create(CultureInfo.InvariantCulture, $"site-{edge + 1}"),
            "edge",
            ImmutableSortedDictionary<string, string>.Empty.Add("edge", edge.ToString(CultureInfo.InvariantCulture)))),
    ];

    /// <summary>The HOCON text.</summary>
    public string ToHocon() => string.Create(CultureInfo.InvariantCulture, $$"""
        ion {
          id = {{Id}}
          title = "Federated online k-means: {{Workload.Edges}} edges learn {{Workload.Clusters.Clusters}} moving clusters together"
          nodes {
            edge {
              engine = online
              on { role = edge }
              run { continuous { every = {{Pace.TotalMilliseconds}}ms } }
              components {
                source { type = source.moving-clusters, edge = "label:edge", seed = {{Workload.Seed}}, batches = {{Workload.Batches}}, points = {{Workload.Clusters.Points}} }
                learn { type = train.kmeans, from = source, clusters = {{Workload.Learner.Clusters}}, decay = {{Workload.Learner.Decay}}, emit-every = {{EmitEvery}} }
                error { type = evaluate.centre-error, from { rows = source, model = learn }, skip = {{Workload.WarmUp}} }
                alone { type = train.kmeans, from = source, clusters = {{Workload.Learner.Clusters}}, decay = {{Workload.Learner.Decay}} }
                alone-error { type = evaluate.centre-error, from { rows = source, model = alone }, skip = {{Workload.WarmUp}} }
              }
            }
            merge {
              engine = online
              on { role = cloud, limit = 1 }
              run { event { signal = model } }
              rounds { quorum = 2, deadline = 2s, late = fold }
              components { combine { type = merge.kmeans } }
            }
          }
          links = [
            { from = edge.learn, to = merge.combine, signal = model }
            { from = merge.combine, to = edge.learn, signal = model }
          ]
        }
        """);

    private static AgentProfile Profile(string id, string site, string role, ImmutableSortedDictionary<string, string> labels) =>
        new(id, site, role, labels, [], ["online"]);
}
