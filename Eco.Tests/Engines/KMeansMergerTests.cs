using Eco.Engines.Abstractions;
using Eco.Engines.Data;
using Eco.Engines.Online.Learning;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace Eco.Tests.Engines;

[TestFixture]
public sealed class KMeansMergerTests
{
    private static readonly KMeansOptions Options = new() { Clusters = 4, Decay = 0.9 };
    private static readonly MovingClusters Clusters = new() { Points = 60 };

    [Test]
    public void Merge_WhenAppliedAtOnce_EveryEdgeHasTheSumOfAllReports()
        => Prop.ForAll(
            ArbMap.Default.ArbFor<int>(),
            seed =>
            {
                SeededRandom random = new((ulong)seed);
                OnlineKMeans[] edges = Edges(2 + random.NextInt(4), (ulong)seed);
                KMeansMerger merger = new((ulong)seed, drift: random.NextInt(2) == 0);
                bool good = true;
                int batch = 0;
                for (int round = 0; round < 4; round++)
                {
                    for (int steps = 1 + random.NextInt(4); steps > 0; steps--, batch++)
                    {
                        Learn(edges, seed, batch);
                    }

                    KMeansMerged merged = KMeansMerged.Decode(Round(merger, edges));
                    double total = edges.Sum(e => KMeansReport.Decode(e.Report()!).Masses.Sum());
                    good &= Close(merged.Masses.Sum(), total, 1e-5);
                    foreach (OnlineKMeans edge in edges)
                    {
                        good &= edge.Model!.Masses.Zip(merged.Masses).All(p => Close(p.First, p.Second, 1e-4))
                            && edge.Model.Centres.Select((c, i) => Close(c, merged.Centres[i], 1e-3)).All(x => x);
                    }
                }

                return good;
            }).Check(Properties.Quiet.WithMaxTest(30));

    [Test]
    public void Federated_WhenMergedAfterEveryBatch_EqualsThePooledLearner()
    {
        OnlineKMeans[] edges = Edges(3, 5);
        OnlineKMeans pooled = new(Options, 5);
        KMeansMerger merger = new(5, drift: false);
        for (int batch = 0; batch < 60; batch++)
        {
            Learn(edges, 5, batch);
            pooled.Learn(RowBatch.Concat([.. Enumerable.Range(0, 3).Select(e => Clusters.Batch(5, e, batch))]));
            _ = Round(merger, edges);
        }

        Assert.That(edges[1].Model!.Masses.Sum(), Is.EqualTo(pooled.Model!.Masses.Sum()).Within(0.01));
        Assert.That(pooled.Model.ErrorAgainst(edges[1].Model!.Centres.AsSpan()), Is.LessThan(0.02));
    }

    [Test]
    public void Apply_WhenTwice_IsAsOnce()
    {
        OnlineKMeans[] edges = Edges(3, 1);
        KMeansMerger merger = new(1);
        for (int batch = 0; batch < 12; batch++)
        {
            Learn(edges, 1, batch);
            if (batch % 4 == 3)
            {
                ModelArtifact merged = Round(merger, edges);
                byte[] once = State(edges[0]);
                edges[0].Apply(merged);
                Assert.That(State(edges[0]), Is.EqualTo(once));
            }
        }
    }

    [Test]
    public void Merge_WhenTheSameReportsComeAgain_GivesTheSameSums()
    {
        OnlineKMeans[] edges = Edges(3, 1);
        KMeansMerger merger = new(1);
        Learn(edges, 1, 0);
        _ = Round(merger, edges);
        Learn(edges, 1, 1);
        ModelArtifact[] reports = [.. edges.Select(e => e.Report()!)];
        KMeansMerged first = KMeansMerged.Decode(merger.Merge([.. reports], []));
        KMeansMerged again = KMeansMerged.Decode(merger.Merge([.. reports, reports[1]], []));
        Assert.That(again.Masses, Is.EqualTo(first.Masses));
        Assert.That(again.Centres, Is.EqualTo(first.Centres));
        Assert.That(again.Velocities, Is.EqualTo(first.Velocities));
        Assert.That(again.Sequence, Is.EqualTo(first.Sequence + 1));
    }

    [Test]
    public void Merge_WhenAnEdgeIsAbsent_ItsClusterStaysAndIsMovedOn()
    {
        OnlineKMeans[] edges = Edges(3, 2);
        KMeansMerger merger = new(2);
        for (int batch = 0; batch < 100; batch++)
        {
            Learn(edges, 2, batch);
            if (batch % 10 == 9)
            {
                bool absent = batch >= 60 && batch < 80;
                ModelArtifact merged = merger.Merge([.. edges.Skip(absent ? 1 : 0).Select(e => e.Report()!)], []);
                Array.ForEach(edges, e => e.Apply(merged));
                Assert.That(edges[2].Model!.ErrorAgainst(Clusters.Centres(batch)), Is.LessThan(batch < 20 ? 2 : 1), $"batch {batch}");
            }
        }
    }

    [Test]
    public void Merge_WhenANewcomerSeesAnUnknownCluster_FindsIt()
    {
        OnlineKMeans[] edges = Edges(3, 4);
        KMeansMerger merger = new(4);
        for (int batch = 0; batch < 40; batch++)
        {
            OnlineKMeans[] present = batch < 20 ? edges[..2] : edges;
            foreach (OnlineKMeans edge in present)
            {
                edge.Learn(Clusters.Batch(4, Array.IndexOf(edges, edge), batch));
            }

            if (batch % 5 == 4)
            {
                _ = Round(merger, present);
            }
        }

        Assert.That(edges.Select(e => e.Model!.ErrorAgainst(Clusters.Centres(39))), Is.All.LessThan(0.7));
    }

    [Test]
    public void Apply_WhenItsOwnRowsWereNotInTheFirstMerge_WaitsForOneThatHasThem()
    {
        OnlineKMeans[] edges = Edges(3, 4);
        Learn(edges, 4, 0);
        KMeansMerger merger = new(4);
        ModelArtifact partial = merger.Merge([edges[0].Report()!, edges[1].Report()!], []);
        CentroidModel before = edges[2].Model!;
        edges[2].Apply(partial);
        Assert.That(edges[2].Model, Is.SameAs(before));
        _ = Round(merger, edges);
        Assert.That(edges.Select(e => e.Model!.ErrorAgainst(Clusters.Centres(0))), Is.All.LessThan(0.5));
    }

    [Test]
    public void Merge_WhenTwoEdgesCallDifferentClustersTheSame_ClustersAnew()
    {
        OnlineKMeans[] edges = Edges(2, 4);
        OnlineKMeans late = new(Options, 9, 9);
        KMeansMerger merger = new(4);
        Learn(edges, 4, 0);
        late.Apply(Round(merger, edges)); // has no rows of its own yet, so it takes the numbering over
        for (int batch = 1; batch < 20; batch++)
        {
            Learn(edges, 4, batch);
            late.Learn(Clusters.Batch(4, 2, batch));
            if (batch % 5 == 4)
            {
                _ = Round(merger, [.. edges, late]);
            }
        }

        Assert.That(late.Model!.ErrorAgainst(Clusters.Centres(19)), Is.LessThan(0.7));
        Assert.That(edges[0].Model!.ErrorAgainst(Clusters.Centres(19)), Is.LessThan(0.7));
    }

    [Test]
    public void Learn_WhenTheLinkIsLostForLong_RemembersWhatOnlyOthersSaw()
    {
        OnlineKMeans[] edges = Edges(3, 4);
        MovingClusters still = new() { TurnRadians = 0, JumpRadians = 0, Points = 60 };
        for (int e = 0; e < 3; e++)
        {
            edges[e].Learn(still.Batch(4, e, 0));
        }

        _ = Round(new KMeansMerger(4), edges);
        for (int batch = 1; batch < 150; batch++)
        {
            edges[0].Learn(still.Batch(4, 0, batch));
        }

        Assert.That(edges[0].Model!.ErrorAgainst(still.Centres(0)), Is.LessThan(0.3));
    }

    [Test]
    public void Merge_WhenTheMergerStartsAnew_GoesOnFromTheReports()
    {
        OnlineKMeans[] edges = Edges(3, 4);
        KMeansMerger merger = new(4);
        for (int batch = 0; batch < 60; batch++)
        {
            Learn(edges, 4, batch);
            if (batch % 10 == 9)
            {
                merger = batch == 39 ? new KMeansMerger(99) : merger;
                uint basis = KMeansReport.Decode(edges[0].Report()!).Basis;
                KMeansMerged merged = KMeansMerged.Decode(Round(merger, edges));
                Assert.That(batch == 9 || merged.Basis == basis, $"batch {batch}: the numbering changed");
            }
        }

        Assert.That(edges.Select(e => e.Model!.ErrorAgainst(Clusters.Centres(59))), Is.All.LessThan(0.7));
    }

    [Test]
    public void Merge_WhenAReportIsBroken_LeavesItOutAndSaysSo()
    {
        OnlineKMeans[] edges = Edges(2, 4);
        Learn(edges, 4, 0);
        List<string> refusals = [];
        ModelArtifact good = edges[0].Report()!;
        _ = new KMeansMerger(4).Merge([new ModelArtifact("kmeans/1", [0, 4, 2], 1), good, new ModelArtifact("linear/1", [], 1)], refusals);
        Assert.That(refusals, Has.Count.EqualTo(2));
        Assert.That(refusals[0], Does.StartWith("model 0 is left out"));
        Assert.That(() => new KMeansMerger(4).Merge([], []), Throws.TypeOf<PipelineException>());
    }

    [Test]
    public void Decode_WhenBytesAreMutated_ThrowsNothingButPipelineExceptions()
    {
        OnlineKMeans[] edges = Edges(3, 4);
        KMeansMerger merger = new(4);
        Learn(edges, 4, 0);
        ModelArtifact merged = Round(merger, edges);
        Learn(edges, 4, 1);
        ModelArtifact report = edges[0].Report()!;
        SeededRandom random = new(17);
        for (int i = 0; i < 2000; i++)
        {
            ModelArtifact bad = Mutate(i % 2 == 0 ? merged : report, random);
            try
            {
                OnlineKMeans victim = new(Options, 1, 1);
                victim.Learn(Clusters.Batch(4, 0, 0));
                victim.Apply(bad);
                victim.Learn(Clusters.Batch(4, 0, 1));
            }
            catch (PipelineException)
            {
                // A refusal is what is wanted; anything else fails the test.
            }

            // Whatever one report holds, the outcome of a merge is a model that edges can read.
            ModelArtifact? outcome = null;
            try
            {
                outcome = new KMeansMerger(4).Merge([bad, edges[1].Report()!], []);
            }
            catch (PipelineException)
            {
                // As above: a report of another shape that comes first makes the good one the odd one out.
            }

            if (outcome is not null)
            {
                _ = KMeansMerged.Decode(outcome);
            }
        }
    }

    [Test]
    public void Encode_WhenThreeEdgesAndFourClusters_IsSmall()
    {
        OnlineKMeans[] edges = Edges(3, 4);
        Learn(edges, 4, 0);
        Assert.That(edges[0].Report()!.Content, Has.Length.EqualTo(80));
        Assert.That(Round(new KMeansMerger(4), edges).Content, Has.Length.EqualTo(144));
    }

    internal static ModelArtifact Mutate(ModelArtifact artifact, SeededRandom random)
    {
        byte[] bytes = (byte[])artifact.Content.Clone();
        for (int n = 1 + random.NextInt(3); n > 0; n--)
        {
            bytes[random.NextInt(random.NextInt(2) == 0 ? Math.Min(8, bytes.Length) : bytes.Length)] = (byte)random.NextInt(256);
        }

        int cut = random.NextInt(4) == 0 ? random.NextInt(bytes.Length) : bytes.Length;
        return artifact with { Content = bytes[..cut] };
    }

    private static OnlineKMeans[] Edges(int count, ulong seed)
        => [.. Enumerable.Range(0, count).Select(e => new OnlineKMeans(Options, seed + (ulong)e, (ulong)e + 1))];

    private static void Learn(OnlineKMeans[] edges, int seed, int batch)
    {
        for (int e = 0; e < edges.Length; e++)
        {
            edges[e].Learn(Clusters.Batch((ulong)seed, e, batch));
        }
    }

    private static ModelArtifact Round(KMeansMerger merger, OnlineKMeans[] edges)
    {
        ModelArtifact merged = merger.Merge([.. edges.Select(e => e.Report()!)], []);
        Array.ForEach(edges, e => e.Apply(merged));
        return merged;
    }

    private static byte[] State(OnlineKMeans learner)
    {
        StateWriter writer = new();
        learner.Save(writer);
        return writer.ToArray();
    }

    private static bool Close(double a, double b, double tolerance) => Math.Abs(a - b) <= tolerance * Math.Max(1, Math.Abs(b));
}
