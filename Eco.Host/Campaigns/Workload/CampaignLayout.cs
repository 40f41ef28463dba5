using System.Collections.Immutable;
using System.Globalization;
using Eco.Host.Composition.Simulated;
using Eco.Schedulers.Placement;

namespace Eco.Host.Campaigns.Workload;

/// <summary>Who is there in a campaign: server hosts, two clouds, and edges in groups, one group for each ION.</summary>
internal static class CampaignLayout
{
    /// <summary>The node from which commands are submitted.</summary>
    public const string Client = "client";

    private const int Clouds = 2;

    /// <summary>The name of a server host.</summary>
    public static string ServerName(int index) => index == 0
        ? SimulatedCluster.ServerName
        : string.Create(CultureInfo.InvariantCulture, $"{SimulatedCluster.ServerName}-{index + 1}");

    /// <summary>The name of an agent; the clouds come first.</summary>
    public static string AgentName(int index) => index < Clouds
        ? string.Create(CultureInfo.InvariantCulture, $"cloud-{index + 1}")
        : string.Create(CultureInfo.InvariantCulture, $"edge-{index + 1 - Clouds}");

    /// <summary>The agents.</summary>
    public static ImmutableArray<AgentProfile> Agents(CampaignSettings settings) =>
    [
        .. Enumerable.Range(0, settings.Agents).Select(index => new AgentProfile(
            AgentName(index),
            string.Create(CultureInfo.InvariantCulture, $"site-{index}"),
            index < Clouds ? "cloud" : "edge",
            ImmutableSortedDictionary<string, string>.Empty.Add("group", Group(settings, index)),
            [],
            ["online"])),
    ];

    /// <summary>The id of an ION.</summary>
    public static string IonName(int ion) => string.Create(CultureInfo.InvariantCulture, $"ion-{ion + 1}");

    /// <summary>An ION's text. Versions differ in the pace of its pipelines, so that each is a change.</summary>
    public static string IonText(CampaignSettings settings, int ion, int version, int steps) => string.Create(CultureInfo.InvariantCulture, $$"""
        ion {
          id = {{IonName(ion)}}
          nodes {
            edge {
              engine = online
              on { role = edge, labels { group = g{{ion}} } }
              run { continuous { every = {{settings.StepMilliseconds + version}}ms } }
              components {
                source { type = source.moving-clusters, edge = 0, seed = {{settings.Seed % 1_000_000}}, batches = {{steps}}, points = 1 }
                learn { type = train.kmeans, from = source, clusters = 1, emit-every = {{settings.EmitEvery}} }
              }
            }
            merge {
              engine = online
              on { role = cloud, limit = 1 }
              run { event { signal = model } }
              rounds { quorum = {{settings.Quorum}}, deadline = 4s, late = {{(settings.FoldsLate ? "fold" : "discard")}} }
              components { combine { type = merge.kmeans } }
            }
          }
          links = [
            { from = edge.learn, to = merge.combine, signal = model }
            { from = merge.combine, to = edge.learn, signal = model }
          ]
        }
        """);

    private static string Group(CampaignSettings settings, int index) =>
        string.Create(CultureInfo.InvariantCulture, $"g{index % settings.Ions}");
}
