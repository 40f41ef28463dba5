using Eco.Engines.Abstractions;
using Eco.Engines.Data;
using Eco.Engines.Online.Learning;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;
using NUnit.Framework;

namespace Eco.Tests.Engines;

[TestFixture]
public sealed class NaiveBayesTests
{
    private static readonly GaussianClasses Classes = new() { EdgeShift = 1, Rows = 50 };

    [Test]
    public void LogJoint_WhenComparedWithTheDensities_IsTheSame()
    {
        RowBatch rows = Classes.Batch(2, 0, 0);
        NaiveBayes learner = new(3);
        learner.Learn(rows);
        double[] x = [0.3, -0.2, 1, 2];
        for (int c = 0; c < 3; c++)
        {
            int[] own = [.. Enumerable.Range(0, rows.Count).Where(r => rows.Labels![r] == c)];
            double expected = Math.Log((own.Length + 1.0) / (rows.Count + 3));
            for (int f = 0; f < 4; f++)
            {
                double[] values = [.. own.Select(r => rows.Row(r)[f])];
                expected += Normal.PDFLn(values.Mean(), values.PopulationStandardDeviation(), x[f]);
            }

            Assert.That(learner.Model!.LogJoint(x, c), Is.EqualTo(expected).Within(1e-6));
        }
    }

    [Test]
    public void Apply_WhenEdgesMerge_EachHasTheModelOfAllRows()
    {
        NaiveBayes[] edges = [new(3, 1), new(3, 2), new(3, 3)];
        NaiveBayes pooled = new(3);
        NaiveBayesMerger merger = new();
        for (int b = 0; b < 12; b++)
        {
            for (int e = 0; e < 3; e++)
            {
                RowBatch rows = Classes.Batch(9, e, b);
                edges[e].Learn(rows);
                pooled.Learn(rows);
            }

            if (b % 4 == 3)
            {
                // Edge 2 is absent in the second round: its last report counts on.
                ModelArtifact merged = merger.Merge([.. edges.Take(b == 7 ? 2 : 3).Select(e => e.Report()!)], []);
                Array.ForEach(edges, e => e.Apply(merged));
                edges[0].Apply(merged);
            }
        }

        double[] x = [0.3, -0.2, 1, 2];
        foreach (NaiveBayes edge in edges)
        {
            Assert.That(
                Enumerable.Range(0, 3).Select(c => edge.Model!.LogJoint(x, c)),
                Is.EqualTo(Enumerable.Range(0, 3).Select(c => pooled.Model!.LogJoint(x, c))).Within(1e-8));
        }
    }

    [Test]
    public void Merge_WhenBytesAreMutated_ThrowsNothingButPipelineExceptions()
    {
        NaiveBayes learner = new(3, 1);
        learner.Learn(Classes.Batch(1, 0, 0));
        SeededRandom random = new(5);
        for (int i = 0; i < 2000; i++)
        {
            ModelArtifact bad = KMeansMergerTests.Mutate(learner.Report()!, random);
            try
            {
                learner.Apply(bad);
                _ = learner.Model;
            }
            catch (PipelineException)
            {
                // A refusal is what is wanted; anything else fails the test.
            }

            try
            {
                _ = new NaiveBayesMerger().Merge([bad], []);
            }
            catch (PipelineException)
            {
                // As above.
            }
        }
    }
}
