using Eco.Engines.Abstractions;
using NUnit.Framework;

namespace Eco.Tests.Engines;

[TestFixture]
public sealed class CsvSourceTests
{
    private string _root = "";

    [SetUp]
    public void MakeFolder() => _root = Directory.CreateTempSubdirectory("eco-csv").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_root, true);

    [Test]
    public void Step_WhenSeveralFiles_ReadsThemInTurnAndFinishes()
    {
        File.WriteAllText(Path.Combine(_root, "a.csv"), "x,\"y\",t\r\n1,2,0\r\n\"3\",4,1\r\n\r\n5,6,0\r\n");
        File.WriteAllText(Path.Combine(_root, "b.csv"), "x,y,t\n7,8,1");
        using IPipeline pipeline = Create(("paths", "[\"label:first\",\"b.csv\"]"), ("label", "t"), ("batch", "2"));
        StepResult[] steps = [.. Enumerable.Range(0, 4).Select(_ => pipeline.Step(StepInput.Empty))];
        Assert.That(steps.Select(s => s.Rows), Is.EqualTo([2, 1, 1, 0]));
        Assert.That(steps.Select(s => s.RawBytes), Is.EqualTo([32, 16, 16, 0]));
        Assert.That(steps.Select(s => s.Finished), Is.EqualTo([false, false, true, true]));
    }

    [Test]
    public void Restore_WhenInTheMiddle_ReadsOnWhereItWas()
    {
        File.WriteAllLines(Path.Combine(_root, "a.csv"), ["x,t", .. Enumerable.Range(0, 500).Select(i => $"{Math.Cos(i)},{i % 2}")]);
        (string, string)[] settings = [("paths", "[\"a.csv\"]"), ("label", "t"), ("batch", "7")];
        using IPipeline whole = Create(settings);
        using IPipeline first = Create(settings);
        using IPipeline second = Create(settings);
        string[] expected = [.. Enumerable.Range(0, 72).Select(_ => Inertia(whole))];
        string[] begin = [.. Enumerable.Range(0, 30).Select(_ => Inertia(first))];
        second.Restore(first.Checkpoint());
        Assert.That(begin.Concat(Enumerable.Range(0, 42).Select(_ => Inertia(second))), Is.EqualTo(expected));

        static string Inertia(IPipeline pipeline) => $"{pipeline.Step(StepInput.Empty).Statistics["train.inertia"]:R}";
    }

    [TestCase("x,y\n1,2\n3,oops\n", "a.csv:3:3: 'oops'")]
    [TestCase("x,y\n1,2\n3\n", "a.csv:3:1: the row has 1 fields")]
    [TestCase("x,y\n1,\n", "a.csv:2:3: ''")]
    [TestCase("x,y\n1,Infinity\n", "a.csv:2:3: 'Infinity'")]
    [TestCase("x,y\n1,\"2\n", "a.csv:2:3: the quote is not closed")]
    [TestCase("x,y\n\"1\"2,3\n", "a.csv:2:4: ','")]
    public void Step_WhenARowIsBad_NamesFileLineAndColumn(string text, string expected)
    {
        File.WriteAllText(Path.Combine(_root, "a.csv"), text);
        Assert.That(
            () =>
            {
                using IPipeline pipeline = Create(("paths", "[\"a.csv\"]"), ("batch", "10"));
                _ = pipeline.Step(StepInput.Empty);
            },
            Throws.TypeOf<PipelineException>().With.Message.Contains(expected));
    }

    [TestCase("[\"none.csv\"]", ",", "[]", "cannot be read")]
    [TestCase("[]", ",", "[]", "at least one file")]
    [TestCase("nonsense", ",", "[]", "a list of texts")]
    [TestCase("[\"a.csv\"]", ",,", "[]", "one character")]
    [TestCase("[\"a.csv\"]", ",", "[\"z\"]", "a.csv:1:1: there is no column 'z'; the columns are x, y")]
    [TestCase("[\"label:nope\"]", ",", "[]", "label 'nope'")]
    [TestCase("[\"empty.csv\"]", ",", "[]", "the file is empty")]
    public void Create_WhenTheSourceCannotWork_SaysWhy(string paths, string delimiter, string features, string expected)
    {
        File.WriteAllText(Path.Combine(_root, "a.csv"), "x,y\n1,2\n");
        File.WriteAllText(Path.Combine(_root, "empty.csv"), "");
        Assert.That(
            () => Create(("paths", paths), ("delimiter", delimiter), ("features", features)),
            Throws.TypeOf<PipelineException>().With.Message.Contains(expected));
    }

    [Test]
    public void Restore_WhenTheFileBecameShorter_IsRefused()
    {
        string path = Path.Combine(_root, "a.csv");
        File.WriteAllText(path, "x\n1\n2\n3\n4\n5\n6\n7\n8\n");
        byte[] checkpoint;
        using (IPipeline pipeline = Create(("paths", "[\"a.csv\"]"), ("batch", "5")))
        {
            _ = pipeline.Step(StepInput.Empty);
            checkpoint = pipeline.Checkpoint();
        }

        File.WriteAllText(path, "x\n1\n");
        using IPipeline second = Create(("paths", "[\"a.csv\"]"), ("batch", "5"));
        Assert.That(() => second.Restore(checkpoint), Throws.TypeOf<PipelineException>().With.Message.Contains("shorter"));
    }

    private IPipeline Create(params (string, string)[] settings) => Spec.Create(
        Spec.Of(Spec.Component("source", "source.csv", "", settings), Spec.Component("train", "train.kmeans", "rows=source.rows", ("clusters", "1"))),
        Spec.Context(1, _root, "agent", ("first", "a.csv")));
}
