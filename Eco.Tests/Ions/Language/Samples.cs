namespace Eco.Tests.Ions.Language;

/// <summary>Texts that the tests begin with.</summary>
internal static class Samples
{
    public const string Federated = """
        ion {
          id = factory-kmeans
          title = "Federated k-means"
          nodes {
            edge {
              engine = online
              on { role = edge, labels { line = 3 }, capabilities = [camera], limit = 3 }
              run { continuous { every = 80ms } }
              components {
                source { type = source.moving-clusters, clusters = 4, edge = "label:edge" }
                scale { type = transform.standardise, from = source }
                learn { type = train.kmeans, from = scale, decay = 0.95 }
                score { type = infer.anomaly, from { rows = scale, model = learn.prior } }
              }
              relaunch { min-backoff = 2s, max-backoff = 1m, max-failures = 3 }
            }
            merge {
              engine = online
              on { role = cloud }
              run { event { signal = model } }
              rounds { quorum = 2, deadline = 5s, late = discard }
              components { combine { type = merge.kmeans } }
            }
            approve { policy = approval }
            gate { policy = gate, gate { node = edge, statistic = learn.loss, at-most = 1.5 } }
          }
          links = [
            { from = edge.learn, to = merge.combine, signal = model, consistency = weak }
            { from = merge, to = approve, signal = model }
            { from = approve, to = gate, signal = model }
            { from = gate, to = edge, signal = model, consistency = strong }
          ]
        }
        """;
}
