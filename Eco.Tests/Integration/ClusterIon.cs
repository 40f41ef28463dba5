using System.Globalization;

namespace Eco.Tests.Integration;

/// <summary>The ION that the tests of real clusters run: edges learn, a cloud agent merges in rounds that a quorum closes.</summary>
internal static class ClusterIon
{
    /// <summary>Batches of an edge between two updates.</summary>
    public const int BatchesPerUpdate = 10;

    /// <summary>Its text.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="everyMilliseconds">Between two batches of an edge.</param>
    /// <param name="batches">Of each edge, until it has finished.</param>
    /// <param name="quorum">Updates with which a round may close at its deadline.</param>
    /// <param name="deadlineSeconds">After which it may.</param>
    public static string Text(string id, int everyMilliseconds, int batches, int quorum, int deadlineSeconds) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        ion {
          id = {{id}}
          nodes {
            edge {
              engine = online
              on { role = edge }
              run { continuous { every = {{everyMilliseconds}}ms } }
              components {
                source { type = source.moving-clusters, clusters = 4, edge = "label:edge", batches = {{batches}} }
                learn  { type = train.kmeans, from = source, clusters = 4, decay = 0.9, emit-every = {{BatchesPerUpdate}} }
                error  { type = evaluate.centre-error, from { rows = source, model = learn } }
              }
            }
            merge {
              engine = online
              on { role = cloud, limit = 1 }
              run { event { signal = model } }
              rounds { quorum = {{quorum}}, deadline = {{deadlineSeconds}}s, late = fold }
              components { combine { type = merge.kmeans } }
            }
          }
          links = [
            { from = edge.learn, to = merge.combine, signal = model }
            { from = merge.combine, to = edge.learn, signal = model }
          ]
        }
        """);
}
