using Eco.Engines.Abstractions;
using NUnit.Framework;

namespace Eco.Tests.Engines;

[TestFixture]
public sealed class OnlinePipelineTests
{
    [Test]
    public void Step_WhenEdgesFederateThroughPipelines_BeatsIsolatedEdges()
    {
        IPipeline[] edges = [.. Enumerable.Range(0, 3).Select(e => Spec.Create(Spec.Edge(), Spec.EdgeContext(e)))];
        IPipeline merge = Spec.Create(Spec.Of(Spec.Component("merge", "merge.kmeans")));
        StepResult[] last = [];
        for (int batch = 0; batch < 400; batch++)
        {
            last = [.. edges.Select(edge => edge.Step(StepInput.Empty))];
            ModelArtifact[] reports = [.. last.SelectMany(r => r.Models).Select(m => m.Model)];
            if (reports.Length > 0)
            {
                ModelArtifact merged = merge.Step(Spec.Models("merge", reports)).Models.Single().Model;
                Array.ForEach(edges, edge => edge.SwapModel("train", merged));
            }
        }

        Assert.That(last.Select(r => r.Finished), Is.All.True);
        Assert.That(last.Select(r => r.Statistics["error.mean-centre-error"]), Is.All.LessThan(0.6));
        Assert.That(edges[0].Step(StepInput.Empty).Rows, Is.Zero);
    }

    [Test]
    public void Restore_WhenContinuedInAnotherPipeline_GivesTheSameBits()
    {
        using IPipeline whole = Spec.Create(Spec.Edge(), Spec.EdgeContext(1));
        using IPipeline first = Spec.Create(Spec.Edge(), Spec.EdgeContext(1));
        using IPipeline second = Spec.Create(Spec.Edge(), Spec.EdgeContext(1));
        string[] expected = [.. Enumerable.Range(0, 50).Select(_ => Describe(whole.Step(StepInput.Empty)))];
        string[] before = [.. Enumerable.Range(0, 20).Select(_ => Describe(first.Step(StepInput.Empty)))];
        second.Restore(first.Checkpoint());
        string[] after = [.. Enumerable.Range(0, 30).Select(_ => Describe(second.Step(StepInput.Empty)))];
        Assert.That(before.Concat(after), Is.EqualTo(expected));
        Assert.That(second.Checkpoint(), Is.EqualTo(whole.Checkpoint()));
    }

    [Test]
    public void Restore_WhenDamagedOrForeign_RefusesAndKeepsItsState()
    {
        using IPipeline pipeline = Spec.Create(Spec.Edge(), Spec.EdgeContext(0));
        _ = pipeline.Step(StepInput.Empty);
        byte[] good = pipeline.Checkpoint();
        for (int i = 0; i < good.Length; i += 7)
        {
            byte[] bad = (byte[])good.Clone();
            bad[i] ^= 0x40;
            Assert.That(() => pipeline.Restore(bad), Throws.TypeOf<PipelineException>().With.Message.Contains("checkpoint"));
        }

        using IPipeline other = Spec.Create(Spec.Edge(emitEvery: 5), Spec.EdgeContext(0));
        Assert.That(() => other.Restore(good), Throws.TypeOf<PipelineException>().With.Message.Contains("another specification"));
        Assert.That(() => other.Restore([]), Throws.TypeOf<PipelineException>());
        Assert.That(pipeline.Checkpoint(), Is.EqualTo(good));
    }

    [Test]
    public void Create_WhenSeveralThingsAreWrong_NamesThemAll()
    {
        PipelineSpec spec = Spec.Of(
            Spec.Component("a", "source.nothing"),
            Spec.Component("b", "train.kmeans", "rows=c.rows", ("clusterz", "4")),
            Spec.Component("d", "evaluate.centre-error", "model=b.statistics"));
        Assert.That(
            () => Spec.Create(spec),
            Throws.TypeOf<PipelineException>()
                .With.Message.Contains("'source.nothing'").And.Message.Contains("'clusterz'")
                .And.Message.Contains("'c.rows'").And.Message.Contains("nothing feeds its input 'rows'").And.Message.Contains("takes Model"));
    }

    [Test]
    public void Create_WhenComponentsFeedEachOther_NamesTheCircle()
    {
        PipelineSpec spec = Spec.Of(
            Spec.Component("x", "transform.standardise", "rows=y.rows"),
            Spec.Component("y", "transform.standardise", "rows=x.rows"));
        Assert.That(() => Spec.Create(spec), Throws.TypeOf<PipelineException>().With.Message.Contains("circle").And.Message.Contains("'x'"));
    }

    [TestCase("points", "0", "a number from 1")]
    [TestCase("points", "many", "a whole number")]
    [TestCase("sigma", "NaN", "a finite number")]
    [TestCase("edge", "label:nowhere", "label 'nowhere'")]
    [TestCase("edge", "-1", "a whole number from 0")]
    public void Create_WhenASettingIsWrong_SaysWhatIsWanted(string name, string value, string wanted)
        => Assert.That(
            () => Spec.Create(Spec.Of(Spec.Component("s", "source.moving-clusters", "", (name, value)))),
            Throws.TypeOf<PipelineException>().With.Message.Contains(wanted).And.Message.Contains("'s'"));

    [Test]
    public void SwapModel_WhenComponentOrModelIsWrong_RefusesAndGoesOn()
    {
        using IPipeline edge = Spec.Create(Spec.Edge(), Spec.EdgeContext(0));
        _ = edge.Step(StepInput.Empty);
        byte[] before = edge.Checkpoint();
        Assert.That(() => edge.SwapModel("nobody", new ModelArtifact("kmeans/1", [1, 2], 0)), Throws.TypeOf<PipelineException>().With.Message.Contains("source, train, error"));
        Assert.That(() => edge.SwapModel("source", new ModelArtifact("kmeans/1", [1, 2], 0)), Throws.TypeOf<PipelineException>().With.Message.Contains("takes no model"));
        Assert.That(() => edge.SwapModel("train", new ModelArtifact("softmax/1", [1, 2], 0)), Throws.TypeOf<PipelineException>().With.Message.Contains("softmax/1"));
        Assert.That(edge.Checkpoint(), Is.EqualTo(before));
    }

    private static string Describe(StepResult result)
        => string.Join(';', result.Statistics.Select(s => $"{s.Key}={BitConverter.DoubleToInt64Bits(s.Value):x}"))
            + string.Join(';', result.Models.Select(m => Convert.ToHexString(m.Model.Content)));
}
