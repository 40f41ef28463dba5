using Eco.Engines.Abstractions;
using Eco.Engines.Data;
using Eco.Engines.Online.Learning;
using FsCheck;
using FsCheck.Fluent;
using MathNet.Numerics.Statistics;
using NUnit.Framework;

namespace Eco.Tests.Engines;

[TestFixture]
public sealed class StatisticsTests
{
    [Test]
    public void Scale_WhenComparedWithMathNet_HasItsMeansAndDeviations()
    {
        RowBatch rows = RowBatch.Concat([.. Enumerable.Range(0, 5).Select(b => new GaussianClasses().Batch(1, 0, b))]);
        Standardiser standardiser = new(400);
        _ = standardiser.Scale(rows);
        for (int f = 0; f < 4; f++)
        {
            double[] first = [.. Enumerable.Range(0, 400).Select(r => rows.Row(r)[f])];
            Assert.That(standardiser.Means[f], Is.EqualTo(first.Mean()).Within(1e-12));
            Assert.That(standardiser.Deviation(f), Is.EqualTo(first.PopulationStandardDeviation()).Within(1e-12));
        }
    }

    [Test]
    public void Scale_WhenAFeatureDoesNotVary_OnlyCentresIt()
        => Assert.That(new Standardiser(0).Scale(new RowBatch(2, [7, 1, 7, 3])).Values, Is.EqualTo([0, -1, 0, 1]).Within(1e-12));

    [TestCase(4, 1)]
    [TestCase(4, 4)]
    [TestCase(3, 5)]
    public void Window_WhenFedInPieces_GivesTheFeaturesOfEachWindow(int rows, int step)
    {
        double[] series = [.. Enumerable.Range(0, 23).Select(i => Math.Sin(i) * 10)];
        WindowFeatures window = new(rows, step, ["mean", "std", "min", "max"]);
        List<double> found = [];
        List<double> labels = [];
        for (int i = 0; i < series.Length; i += 5)
        {
            double[] piece = series[i..Math.Min(i + 5, series.Length)];
            RowBatch got = window.Add(new RowBatch(1, piece, [.. piece.Select((_, j) => (double)(i + j))]));
            found.AddRange(got.Values);
            labels.AddRange(got.Labels!);
        }

        List<double> expected = [];
        List<double> lastRows = [];
        for (int start = 0; start + rows <= series.Length; start += step)
        {
            double[] piece = series[start..(start + rows)];
            expected.AddRange([piece.Average(), piece.PopulationStandardDeviation(), piece.Min(), piece.Max()]);
            lastRows.Add(start + rows - 1);
        }

        Assert.That(found, Is.EqualTo(expected).Within(1e-12));
        Assert.That(labels, Is.EqualTo(lastRows));
    }

    [Test]
    public void Auc_WhenComparedWithAllPairs_IsTheSame()
        => Prop.ForAll(
            ArbMap.Default.ArbFor<(byte Score, bool Anomaly)[]>(),
            rows =>
            {
                DetectionScore detection = new();
                foreach ((byte score, bool anomaly) in rows)
                {
                    detection.Add(score % 8, score % 8 > 4, anomaly);
                }

                int[] positives = [.. rows.Where(r => r.Anomaly).Select(r => r.Score % 8)];
                int[] negatives = [.. rows.Where(r => !r.Anomaly).Select(r => r.Score % 8)];
                double[] wins = [.. positives.SelectMany(p => negatives.Select(n => p > n ? 1 : p == n ? 0.5 : 0))];
                return Math.Abs(detection.Auc - (wins.Length == 0 ? 0.5 : wins.Average())) < 1e-12;
            }).Check(Properties.Quiet);

    [Test]
    public void F1_WhenCounted_IsHarmonicMeanOfPrecisionAndRecall()
    {
        DetectionScore detection = new();
        foreach ((bool alarm, bool anomaly) in new[] { (true, true), (true, true), (true, false), (false, true), (false, false) })
        {
            detection.Add(1, alarm, anomaly);
        }

        Assert.That(detection.F1, Is.EqualTo(2.0 / 3).Within(1e-12));
    }

    [Test]
    public void Threshold_WhenCalibrated_IsTheInterpolatedQuantile()
    {
        AnomalyThreshold threshold = new(5, 0.9);
        foreach (double score in new[] { 5.0, 1, 4, 2, 3 })
        {
            Assert.That(threshold.Calibrate(score), Is.True);
        }

        Assert.That(threshold.Value, Is.EqualTo(4.6).Within(1e-12));
        Assert.That(threshold.Calibrate(100), Is.False);
        Assert.That(() => threshold.Calibrate(double.NaN), Throws.TypeOf<PipelineException>());
    }

    [Test]
    public void SeededRandom_WhenManyDraws_HasTheMomentsOfItsDistributions()
    {
        SeededRandom random = new(1, 2, 3);
        double[] gaussians = [.. Enumerable.Range(0, 100_000).Select(_ => random.NextGaussian())];
        double[] uniforms = [.. Enumerable.Range(0, 100_000).Select(_ => random.NextDouble())];
        int[] counts = new int[5];
        for (int i = 0; i < 100_000; i++)
        {
            counts[random.NextInt(5)]++;
        }

        Assert.That(gaussians.Mean(), Is.EqualTo(0).Within(0.015));
        Assert.That(gaussians.StandardDeviation(), Is.EqualTo(1).Within(0.015));
        Assert.That(uniforms.Mean(), Is.EqualTo(0.5).Within(0.005));
        Assert.That(counts, Is.All.InRange(19_400, 20_600));
    }

    [Test]
    public void SeededRandom_WhenKeysDiffer_SequencesDiffer()
    {
        ulong[] first = [.. Enumerable.Range(0, 1000).Select(i => new SeededRandom(7, (ulong)i / 32, (ulong)i % 32).NextBits())];
        Assert.That(first.Distinct().Count(), Is.EqualTo(1000));
        Assert.That(new SeededRandom(7, 3).NextBits(), Is.EqualTo(new SeededRandom(7, 3).NextBits()));
        Assert.That(new SeededRandom(7, 3).NextBits(), Is.Not.EqualTo(new SeededRandom(7, 3, 0).NextBits()));
    }
}
