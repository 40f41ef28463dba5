using Eco.Engines.Abstractions;
using Eco.Engines.Data;
using Eco.Engines.Online.Learning;
using MathNet.Numerics.LinearRegression;
using NUnit.Framework;

namespace Eco.Tests.Engines;

[TestFixture]
public sealed class LinearLearnerTests
{
    [Test]
    public void Learn_WhenRateFalls_LinearRegressionComesToLeastSquares()
    {
        LinearTarget target = new() { Rows = 200, Noise = 0.5 };
        RowBatch rows = RowBatch.Concat([.. Enumerable.Range(0, 20).Select(b => target.Batch(3, 0, b))]);
        double[] expected = MultipleRegression.QR(
            [.. Enumerable.Range(0, rows.Count).Select(r => rows.Row(r).ToArray())], rows.Labels!, intercept: true);
        LinearRegression learner = new(new SgdOptions { Rate = 0.05, RateDecay = 1e-3 });
        for (int pass = 0; pass < 20; pass++)
        {
            learner.Learn(rows);
        }

        double[] found = [learner.Model!.Values[4], .. learner.Model.Values[..4]];
        Assert.That(found, Is.EqualTo(expected).Within(0.01));
    }

    [Test]
    public void Learn_WhenOneRow_SoftmaxStepsAgainstTheNumericalGradient()
    {
        RowBatch row = new(2, [0.7, -1.2], [2]);
        SoftmaxRegression learner = new(3, new SgdOptions { Rate = 0.1 });
        learner.Learn(new RowBatch(2, [1, 2, -1, 0.5], [0, 1]));
        double[] before = [.. learner.Model!.Values];
        double[] expected = new double[before.Length];
        for (int i = 0; i < before.Length; i++)
        {
            expected[i] = before[i] - (0.1 * (Loss(before, i, 1e-6) - Loss(before, i, -1e-6)) / 2e-6);
        }

        double loss = learner.Learn(row);
        Assert.That(loss, Is.EqualTo(Loss(before, 0, 0)).Within(1e-12));
        Assert.That(learner.Model.Values, Is.EqualTo(expected).Within(1e-8));

        double Loss(double[] weights, int index, double change)
        {
            double[] changed = (double[])weights.Clone();
            changed[index] += change;
            double[] z = [.. Enumerable.Range(0, 3).Select(o => (changed[3 * o] * 0.7) - (changed[(3 * o) + 1] * 1.2) + changed[(3 * o) + 2])];
            return Math.Log(z.Sum(Math.Exp)) - z[2];
        }
    }

    [Test]
    public void Learn_WhenGaussianClasses_SoftmaxTellsThemApart()
    {
        GaussianClasses classes = new() { MeanSpread = 3 };
        SoftmaxRegression learner = new(3, new SgdOptions());
        for (int b = 0; b < 20; b++)
        {
            learner.Learn(classes.Batch(1, 0, b));
        }

        RowBatch test = classes.Batch(1, 0, 999);
        int right = Enumerable.Range(0, test.Count).Count(r => learner.Model!.Classify(test.Row(r)) == (int)test.Labels![r]);
        Assert.That(right, Is.GreaterThan(95));
    }

    [Test]
    public void Learn_WhenItDiverges_SaysWhatToDo()
    {
        LinearRegression learner = new(new SgdOptions { Rate = 10 });
        RowBatch rows = new LinearTarget().Batch(1, 0, 0);
        Assert.That(
            () => Enumerable.Range(0, 100).Select(_ => learner.Learn(rows)).ToList(),
            Throws.TypeOf<PipelineException>().With.Message.Contains("lower the rate"));
    }

    [TestCase(3.0)]
    [TestCase(-1.0)]
    [TestCase(0.5)]
    [TestCase(double.NaN)]
    public void Learn_WhenALabelIsNoClass_ChangesNothing(double label)
    {
        SoftmaxRegression learner = new(3, new SgdOptions());
        Assert.That(() => learner.Learn(new RowBatch(1, [1, 2], [0, label])), Throws.TypeOf<PipelineException>().With.Message.Contains("label"));
        Assert.That(learner.Model, Is.Null);
    }

    [Test]
    public void Merge_WhenWeighted_IsTheMeanByRows()
    {
        LinearRegression[] edges = [new(new SgdOptions()), new(new SgdOptions())];
        edges[0].Learn(new LinearTarget { Rows = 100 }.Batch(1, 0, 0));
        edges[1].Learn(new LinearTarget { Rows = 300 }.Batch(1, 1, 0));
        ModelArtifact merged = WeightAveraging.Merge([edges[0].Report()!, edges[1].Report()!], []);
        double[] expected = [.. edges[0].Model!.Values.Zip(edges[1].Model!.Values, (a, b) => (0.25 * a) + (0.75 * b))];
        edges[0].Apply(merged);
        Assert.That(edges[0].Model!.Values, Is.EqualTo(expected).Within(1e-6));
        Assert.That(merged.Weight, Is.EqualTo(400));
    }

    [Test]
    public void Merge_WhenBytesAreMutated_ThrowsNothingButPipelineExceptions()
    {
        SoftmaxRegression learner = new(3, new SgdOptions());
        learner.Learn(new GaussianClasses().Batch(1, 0, 0));
        SeededRandom random = new(5);
        for (int i = 0; i < 2000; i++)
        {
            ModelArtifact bad = KMeansMergerTests.Mutate(learner.Report()!, random);
            _ = WeightAveraging.Merge([learner.Report()!, bad], []);
            try
            {
                learner.Apply(bad);
            }
            catch (PipelineException)
            {
                // A refusal is what is wanted; anything else fails the test.
            }
        }
    }
}
