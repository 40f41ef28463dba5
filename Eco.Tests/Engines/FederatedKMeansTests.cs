using Eco.Engines.Abstractions;
using Eco.Engines.Data;
using Eco.Engines.Online.Experiments;
using Eco.Engines.Online.Learning;
using NUnit.Framework;

namespace Eco.Tests.Engines;

[TestFixture]
public sealed class FederatedKMeansTests
{
    [TestCase(0UL)]
    [TestCase(7UL)]
    [TestCase(19UL)]
    public void Federated_WhenMergedEveryTenBatches_IsNearPooledAndFarBelowIsolated(ulong seed)
    {
        FederatedKMeansWorkload workload = new() { Seed = seed };
        double pooled = FederatedKMeansBaselines.Pooled(workload);
        double isolated = FederatedKMeansBaselines.Isolated(workload);
        FederatedKMeansOutcome federated = FederatedKMeansBaselines.Federated(workload, interval: 10, delay: 2);
        Assert.That(federated.MeanError / pooled, Is.LessThan(1.1));
        Assert.That(isolated / pooled, Is.GreaterThan(3));
        Assert.That(federated.ModelBytes, Is.LessThan(0.01 * workload.RawBytes));
    }

    [TestCase(1UL)]
    [TestCase(4UL)]
    public void Federated_WhenEdgesAreOutOfStepAndMessagesAreLost_StaysNearPooled(ulong seed)
    {
        FederatedKMeansWorkload workload = new() { Seed = seed, Clusters = new MovingClusters { Points = 100 } };
        double pooled = FederatedKMeansBaselines.Pooled(workload);
        Assert.That(InDisorder(workload, interval: 10, loss: 0) / pooled, Is.LessThan(1.25));
        Assert.That(InDisorder(workload, interval: 10, loss: 0.1) / pooled, Is.LessThan(1.5));
    }

    /// <summary>Edges up to three batches apart; reports and merged models lost or late by up to four ticks; merges with whoever has reported.</summary>
    private static double InDisorder(FederatedKMeansWorkload workload, int interval, double loss)
    {
        SeededRandom random = new(workload.Seed, 99);
        OnlineKMeans[] edges = [.. Enumerable.Range(0, 3).Select(e => new OnlineKMeans(workload.Learner, (ulong)e, (ulong)e + 1))];
        int[] batches = new int[3];
        SortedDictionary<int, ModelArtifact> waiting = [];
        List<(int Due, int Edge, ModelArtifact Model)> onTheWay = [];
        KMeansMerger merger = new(workload.Seed);
        List<double> errors = [];
        for (int tick = 1; batches.Min() < workload.Batches; tick++)
        {
            for (int e = 0; e < 3; e++)
            {
                if (batches[e] >= workload.Batches || batches[e] > batches.Min() + 2 || random.NextDouble() < 0.3)
                {
                    continue;
                }

                RowBatch rows = workload.Batch(e, batches[e]++);
                edges[e].Learn(rows);
                if (batches[e] > workload.WarmUp)
                {
                    errors.Add(edges[e].Model!.ErrorAgainst(rows.ReferenceCentres));
                }

                if (batches[e] % interval == 0 && random.NextDouble() >= loss)
                {
                    waiting[e] = edges[e].Report()!;
                }
            }

            if (waiting.Count == 3 || (waiting.Count > 0 && tick % (2 * interval) == 0))
            {
                ModelArtifact merged = merger.Merge([.. waiting.Values], []);
                waiting.Clear();
                onTheWay.AddRange(Enumerable.Range(0, 3).Where(_ => random.NextDouble() >= loss).Select(e => (tick + 1 + random.NextInt(4), e, merged)));
            }

            foreach ((int _, int edge, ModelArtifact model) in onTheWay.Where(m => m.Due <= tick))
            {
                edges[edge].Apply(model);
            }

            onTheWay.RemoveAll(m => m.Due <= tick);
        }

        return errors.Average();
    }
}
