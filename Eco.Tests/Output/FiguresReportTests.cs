using System.Text.Json;
using Eco.Actors.Console;
using Eco.Host.Commands;
using Eco.Host.Output;
using NUnit.Framework;

namespace Eco.Tests.Output;

public sealed class FiguresReportTests
{
    private static readonly FiguresReport Report = new(
        "experiment federated-kmeans",
        [3, 4],
        [("error-ratio-eco", Figure.AtMost(1.3, "1", 1.25)), ("rounds", Figure.Plain(80, "rounds")), ("broken", Figure.AtLeast(double.NaN, "1", 3))],
        [[("seed", 3L), ("eco", 0.25), ("note", "x"), ("nothing", null), ("bad", double.PositiveInfinity), ("flag", true)]]);

    [Test]
    public void ToJson_WhenWritten_HasTheDocumentedShape()
    {
        JsonElement root = JsonDocument.Parse(Report.ToJson()).RootElement;

        Assert.That(
            root.EnumerateObject().Select(field => field.Name), Is.EqualTo(new[] { "command", "version", "seeds", "machine", "figures", "rows" }));
        Assert.That(root.GetProperty("seeds").EnumerateArray().Select(seed => seed.GetInt64()), Is.EqualTo(new long[] { 3, 4 }));
        Assert.That(
            root.GetProperty("figures").GetProperty("error-ratio-eco").GetRawText().ReplaceLineEndings("").Replace(" ", "", StringComparison.Ordinal),
            Is.EqualTo("""{"value":1.3,"unit":"1","goal":"<=1.25","met":false}"""));
        Assert.That(root.GetProperty("figures").GetProperty("rounds").GetProperty("met").ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That(root.GetProperty("figures").GetProperty("broken").GetProperty("value").ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That(root.GetProperty("rows")[0].GetProperty("bad").ValueKind, Is.EqualTo(JsonValueKind.Null));
    }

    [Test]
    public void ExitCode_WhenAGoalIsNotMet_SaysSo()
    {
        Assert.That(Report.ExitCode, Is.EqualTo(ExitCodes.GoalNotMet));
        Assert.That((Report with { Figures = [("rounds", Figure.Plain(1, "rounds"))] }).ExitCode, Is.Zero);
    }

    [Test]
    public void Figure_WhenItsValueIsNotANumber_MeetsNoGoal()
    {
        Assert.That(Figure.AtLeast(double.NaN, "1", 3).Met, Is.False);
        Assert.That(Figure.AtMost(double.NaN, "1", 3).Met, Is.False);
    }

    [Test]
    public void Save_WhenTheFolderIsMissing_SaysWhichFile()
    {
        string path = Path.Combine(Path.GetTempPath(), "eco-no-such-folder", "figures.json");

        ConsoleError error = Assert.Throws<CommandException>(() => Report.Save(path))!.Error;

        Assert.That(error.Cause, Does.Contain(path));
    }

    [TestCase("demo-seconds")]
    [TestCase("rounds")]
    [TestCase("centre-error-final")]
    [TestCase("bytes-moved-fraction")]
    [TestCase("error-ratio-eco")]
    [TestCase("error-ratio-isolated")]
    [TestCase("f1-local")]
    [TestCase("f1-federated")]
    [TestCase("f1-pooled")]
    [TestCase("auc-local")]
    [TestCase("auc-federated")]
    [TestCase("auc-pooled")]
    public void FiguresPage_WhenRead_ListsTheName(string name) =>
        Assert.That(File.ReadAllText(Path.Combine(Repository.Root, "docs", "figures.md")), Does.Contain($"`{name}`"));
}
