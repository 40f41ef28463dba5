using Eco.Engines.Abstractions;
using Eco.Engines.Data;
using Eco.Engines.Online.Learning;
using NUnit.Framework;

namespace Eco.Tests.Engines;

[TestFixture]
public sealed class OnlineKMeansTests
{
    private static readonly KMeansOptions Four = new() { Clusters = 4, Decay = 0.9 };
    private static readonly MovingClusters Still = new() { TurnRadians = 0, JumpRadians = 0, Points = 60, ClustersPerEdge = 4 };

    [Test]
    public void Learn_WhenOneCluster_IsTheDecayedMean()
    {
        OnlineKMeans learner = new(new KMeansOptions { Clusters = 1, Decay = 0.8 }, 1);
        double mass = 0;
        double sum = 0;
        for (int batch = 0; batch < 10; batch++)
        {
            double[] values = [.. Enumerable.Range(0, batch + 1).Select(i => (double)(i * batch) - 3)];
            learner.Learn(new RowBatch(1, values));
            mass = (0.8 * mass) + values.Length;
            sum = (0.8 * sum) + values.Sum();
        }

        Assert.That(learner.Model!.Centres[0], Is.EqualTo(sum / mass).Within(1e-12));
        Assert.That(learner.Model.Masses[0], Is.EqualTo(mass).Within(1e-12));
    }

    [Test]
    public void Learn_WhenManySeeds_NeverStartsWithTwoCentresInOneCluster()
    {
        for (ulong seed = 0; seed < 300; seed++)
        {
            OnlineKMeans learner = new(Four, seed);
            learner.Learn(Still.Batch(seed, 0, 0));
            Assert.That(learner.Model!.ErrorAgainst(Still.Centres(0)), Is.LessThan(0.5), $"seed {seed}");
        }
    }

    [Test]
    public void Learn_WhenFewerDistinctRowsThanClusters_Goes()
    {
        OnlineKMeans learner = new(Four, 1);
        learner.Learn(new RowBatch(2, [1, 1, 1, 1]));
        learner.Learn(new RowBatch(2, [2, 2]));
        Assert.That(learner.Model!.Centres, Has.All.InRange(0.99, 2.01));
        Assert.That(learner.Report(), Is.Not.Null);
    }

    [Test]
    public void Learn_WhenAClusterDies_ItsCentreGoesToWhereTheRowsAre()
    {
        OnlineKMeans learner = new(new KMeansOptions { Clusters = 2, Decay = 0.5 }, 3);
        learner.Learn(new RowBatch(1, [0, 0.1, 100, 100.1]));
        for (int batch = 0; batch < 60; batch++)
        {
            learner.Learn(new RowBatch(1, [0, 0.1, 5, 5.1]));
        }

        Assert.That(learner.Model!.Centres.Order(), Is.EqualTo([0.05, 5.05]).Within(1e-6));
    }

    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    public void Learn_WhenAValueIsNotFinite_NamesRowAndFeatureAndChangesNothing(double bad)
    {
        OnlineKMeans learner = new(Four, 1);
        learner.Learn(Still.Batch(1, 0, 0));
        CentroidModel before = learner.Model!;
        Assert.That(() => learner.Learn(new RowBatch(2, [1, 2, 3, bad])), Throws.TypeOf<PipelineException>().With.Message.Contains("row 1, feature 1"));
        Assert.That(() => learner.Learn(new RowBatch(1, [1])), Throws.TypeOf<PipelineException>().With.Message.Contains("1 features"));
        Assert.That(learner.Model, Is.SameAs(before));
        Assert.That(learner.Batches, Is.EqualTo(1));
    }

    [Test]
    public void Report_WhenTooGreatForSinglePrecision_IsRefused()
    {
        OnlineKMeans learner = new(Four, 1);
        learner.Learn(new RowBatch(1, [1e300, 1, 2, 3]));
        Assert.That(learner.Report, Throws.TypeOf<PipelineException>().With.Message.Contains("standardise"));
    }

    [Test]
    public void Apply_WhenAnotherShapeOrDecay_IsRefused()
    {
        KMeansMerger merger = new(1);
        OnlineKMeans other = new(new KMeansOptions { Clusters = 3, Decay = 0.9 }, 1, 1);
        OnlineKMeans slow = new(new KMeansOptions { Clusters = 4, Decay = 0.5 }, 1, 2);
        other.Learn(Still.Batch(1, 0, 0));
        slow.Learn(Still.Batch(1, 0, 0));
        OnlineKMeans learner = new(Four, 1);
        Assert.That(() => learner.Apply(merger.Merge([other.Report()!], [])), Throws.TypeOf<PipelineException>().With.Message.Contains("3 clusters"));
        Assert.That(() => learner.Apply(new KMeansMerger(1).Merge([slow.Report()!], [])), Throws.TypeOf<PipelineException>().With.Message.Contains("decay"));
        Assert.That(() => learner.Apply(other.Report()!), Throws.TypeOf<PipelineException>().With.Message.Contains("a learner's report"));
        Assert.That(learner.Model, Is.Null);
    }
}
