using Eco.Engines.Abstractions;
using NUnit.Framework;

namespace Eco.Tests.Engines;

/// <summary>Whole pipelines of every learner: they learn, and a restored one goes on with the same bits.</summary>
[TestFixture]
public sealed class OnlineLearnerPipelineTests
{
    private static readonly PipelineSpec Regression = Spec.Of(
        Spec.Component("source", "source.linear", "", ("batches", "60")),
        Spec.Component("scale", "transform.standardise", "rows=source.rows", ("freeze-after", "1000")),
        Spec.Component("train", "train.linear", "rows=scale.rows", ("emit-every", "5")),
        Spec.Component("infer", "infer.regress", "rows=scale.rows model=train.prior"),
        Spec.Component("evaluate", "evaluate.rmse", "rows=scale.rows scores=infer.scores"),
        Spec.Component("summary", "sink.statistics", "statistics=evaluate.statistics", ("every", "7")));

    private static readonly PipelineSpec Anomalies = Spec.Of(
        Spec.Component("source", "source.moving-clusters", "", ("batches", "60"), ("points", "30"), ("jump-batch", "40"), ("jump", "2"), ("clusters-per-edge", "1")),
        Spec.Component("window", "transform.window", "rows=source.rows", ("rows", "4"), ("step", "3"), ("features", "[\"mean\",\"max\"]")),
        Spec.Component("train", "train.kmeans", "rows=window.rows", ("clusters", "2"), ("emit-every", "5")),
        Spec.Component("infer", "infer.anomaly", "rows=window.rows model=train.prior"),
        Spec.Component("evaluate", "evaluate.anomaly", "rows=window.rows scores=infer.scores", ("calibration", "100")),
        Spec.Component("alert", "sink.alert", "scores=infer.scores", ("calibration", "100")));

    public static IEnumerable<TestCaseData> Pipelines =>
    [
        new TestCaseData(Classification("train.softmax")).SetArgDisplayNames("softmax"),
        new TestCaseData(Classification("train.naive-bayes")).SetArgDisplayNames("naive-bayes"),
        new TestCaseData(Regression).SetArgDisplayNames("linear"),
        new TestCaseData(Anomalies).SetArgDisplayNames("anomalies"),
    ];

    [TestCaseSource(nameof(Pipelines))]
    public void Restore_WhenContinuedInAnotherPipeline_GivesTheSameBits(PipelineSpec spec)
    {
        using IPipeline whole = Spec.Create(spec);
        using IPipeline first = Spec.Create(spec);
        using IPipeline second = Spec.Create(spec);
        string[] expected = [.. Enumerable.Range(0, 50).Select(_ => Describe(whole.Step(StepInput.Empty)))];
        string[] before = [.. Enumerable.Range(0, 20).Select(_ => Describe(first.Step(StepInput.Empty)))];
        second.Restore(first.Checkpoint());
        Assert.That(before.Concat(Enumerable.Range(0, 30).Select(_ => Describe(second.Step(StepInput.Empty)))), Is.EqualTo(expected));
        Assert.That(second.Checkpoint(), Is.EqualTo(whole.Checkpoint()));
    }

    [TestCase("train.softmax", "merge.average")]
    [TestCase("train.naive-bayes", "merge.naive-bayes")]
    public void Step_WhenEdgesMergeClassifiers_AllBecomeAccurate(string train, string merge)
    {
        IPipeline[] edges = [.. Enumerable.Range(0, 3).Select(e => Spec.Create(Classification(train), Spec.EdgeContext(e)))];
        using IPipeline cloud = Spec.Create(Spec.Of(Spec.Component("merge", merge)));
        StepResult[] last = [];
        for (int step = 0; step < 60; step++)
        {
            last = [.. edges.Select(edge => edge.Step(StepInput.Empty))];
            ModelArtifact[] reports = [.. last.SelectMany(r => r.Models).Select(m => m.Model)];
            if (reports.Length > 0)
            {
                ModelArtifact merged = cloud.Step(Spec.Models("merge", reports)).Models.Single().Model;
                Array.ForEach(edges, edge => edge.SwapModel("train", merged));
            }
        }

        Assert.That(last.Select(r => r.Statistics["evaluate.mean-accuracy"]), Is.All.GreaterThan(0.9));
        Array.ForEach(edges, edge => edge.Dispose());
    }

    [Test]
    public void Step_WhenLinear_ErrorFallsToTheNoise()
    {
        using IPipeline pipeline = Spec.Create(Regression);
        StepResult[] steps = [.. Enumerable.Range(0, 60).Select(_ => pipeline.Step(StepInput.Empty))];
        Assert.That(steps[^1].Statistics["evaluate.rmse"], Is.LessThan(0.2));
        Assert.That(steps.Count(s => s.Statistics.ContainsKey("summary.rmse.mean")), Is.EqualTo(59 / 7));
        Assert.That(steps.Sum(s => s.Models.Length), Is.EqualTo(12));
    }

    [Test]
    public void Step_WhenTheStreamJumps_RaisesOneAlertPerQuietTime()
    {
        using IPipeline pipeline = Spec.Create(Anomalies);
        StepResult[] steps = [.. Enumerable.Range(0, 60).Select(_ => pipeline.Step(StepInput.Empty))];
        int[] alerts = [.. Enumerable.Range(0, 60).Where(i => steps[i].Notices.Any(n => n.Kind == PortType.Alert))];
        Assert.That(alerts, Does.Contain(40));
        Assert.That(alerts.Count(a => a is > 40 and <= 50), Is.Zero);
    }

    [Test]
    public void Step_WhenAModelComesOverALink_InfersWithIt()
    {
        PipelineSpec serving = Spec.Of(
            Spec.Component("source", "source.gaussians", "", ("batches", "9")),
            Spec.Component("infer", "infer.classify", "rows=source.rows"),
            Spec.Component("evaluate", "evaluate.accuracy", "rows=source.rows scores=infer.scores"));
        using IPipeline training = Spec.Create(Classification("train.softmax"));
        ModelArtifact model = Enumerable.Range(0, 20).SelectMany(_ => training.Step(StepInput.Empty).Models).Last().Model;
        using IPipeline pipeline = Spec.Create(serving);
        Assert.That(pipeline.Step(StepInput.Empty).Statistics, Is.Empty);
        pipeline.SwapModel("infer", model);
        using IPipeline restored = Spec.Create(serving);
        restored.Restore(pipeline.Checkpoint());
        Assert.That(restored.Step(StepInput.Empty).Statistics["evaluate.accuracy"], Is.GreaterThan(0.8));
        Assert.That(() => pipeline.SwapModel("infer", model with { Kind = "linear/1" }), Throws.TypeOf<PipelineException>());
    }

    [Test]
    public void Step_WhenAModelDoesNotFitTheInference_SaysWhatIsWanted()
    {
        using IPipeline pipeline = Spec.Create(Spec.Of(
            Spec.Component("source", "source.gaussians"),
            Spec.Component("train", "train.kmeans", "rows=source.rows"),
            Spec.Component("infer", "infer.classify", "rows=source.rows model=train.model")));
        Assert.That(() => pipeline.Step(StepInput.Empty), Throws.TypeOf<PipelineException>().With.Message.Contains("'train.model'").And.Message.Contains("Classifier"));
    }

    [Test]
    public void Step_WhenLong_StaysSmall()
    {
        using IPipeline pipeline = Spec.Create(Spec.Edge(points: 50, batches: 0), Spec.EdgeContext(0));
        for (int i = 0; i < 200; i++)
        {
            _ = pipeline.Step(StepInput.Empty);
        }

        int early = pipeline.Checkpoint().Length;
        for (int i = 0; i < 2000; i++)
        {
            _ = pipeline.Step(StepInput.Empty);
        }

        Assert.That(pipeline.Checkpoint(), Has.Length.EqualTo(early).And.Length.LessThan(4096));
    }

    private static PipelineSpec Classification(string train) => Spec.Of(
        Spec.Component("source", "source.gaussians", "", ("batches", "60"), ("mean-spread", "3"), ("edge-shift", "0.2")),
        Spec.Component("train", train, "rows=source.rows", ("classes", "3"), ("emit-every", "10")),
        Spec.Component("infer", "infer.classify", "rows=source.rows model=train.prior"),
        Spec.Component("evaluate", "evaluate.accuracy", "rows=source.rows scores=infer.scores"));

    private static string Describe(StepResult result)
        => string.Join(';', result.Statistics.Select(s => $"{s.Key}={BitConverter.DoubleToInt64Bits(s.Value):x}"))
            + string.Join(';', result.Models.Select(m => Convert.ToHexString(m.Model.Content)))
            + string.Join(';', result.Notices.Select(n => n.Text)) + result.Rows;
}
