using System.Globalization;
using Eco.Engines.Data;
using Eco.Engines.Online.Experiments;
using Eco.Host.Demo;
using Eco.Runtime.Simulation;

namespace Eco.Tests.MainJob;

/// <summary>The main job with models that no control frame takes: edges that classify 40 classes of 200 features together, 32 KiB of weights.</summary>
internal static class LargeModelIon
{
    public const int Batches = 40;
    public const int EmitEvery = 4;

    public static FederatedKMeansIon Counts { get; } = new(
        "job",
        new FederatedKMeansWorkload { Edges = 2, Batches = Batches, WarmUp = 5, Clusters = new MovingClusters { Points = 10 } },
        TimeSpan.FromMilliseconds(200),
        EmitEvery);

    public static string Text(string features = "200", string rounds = "quorum = 1, deadline = 2s, late = fold") => string.Create(CultureInfo.InvariantCulture, $$"""
        ion {
          id = job
          nodes {
            edge {
              engine = online
              on { role = edge }
              run { continuous { every = 200ms } }
              components {
                source { type = source.gaussians, edge = "label:edge", classes = 40, features = {{features}}, rows = 10, batches = {{Batches}} }
                learn { type = train.softmax, from = source, classes = 40, emit-every = {{EmitEvery}} }
              }
            }
            merge {
              engine = online
              on { role = cloud, limit = 1 }
              run { event { signal = model } }
              rounds { {{rounds}} }
              components { combine { type = merge.average } }
            }
          }
          links = [
            { from = edge.learn, to = merge.combine, signal = model }
            { from = merge.combine, to = edge.learn, signal = model }
          ]
        }
        """);

    /// <summary>The cloud learns, the edges use what it has learned.</summary>
    public static string FromCloud() => """
        ion {
          id = job
          nodes {
            train {
              engine = online, on { role = cloud, limit = 1 }, run { continuous { every = 200ms } }
              components {
                source { type = source.gaussians, classes = 40, features = 200, rows = 10, batches = 40 }
                learn { type = train.softmax, from = source, classes = 40, emit-every = 4 }
              }
            }
            edge {
              engine = online, on { role = edge }, run { continuous { every = 200ms } }
              components {
                source { type = source.gaussians, edge = "label:edge", classes = 40, features = 200, rows = 10, batches = 0 }
                infer { type = infer.classify, from = source }
              }
            }
          }
          links = [ { from = train.learn, to = edge.infer, signal = model } ]
        }
        """;

    public static MainJobRun Start(ulong seed, LinkOptions? link = null, int servers = 1, string features = "200") =>
        MainJobRun.Start(seed, Counts, link, servers: servers, text: Text(features));
}
