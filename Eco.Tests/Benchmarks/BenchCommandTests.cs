using System.Collections.Immutable;
using System.Text.Json;
using Eco.Host.Benchmarks;
using Eco.Host.Benchmarks.Hocon;
using Eco.Host.Commands;
using Eco.Runtime.Hocon;
using Eco.Tests.Integration;
using NUnit.Framework;

namespace Eco.Tests.Benchmarks;

public sealed class BenchCommandTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("eco-bench-").FullName;

    [OneTimeTearDown]
    public void Close() => Directory.Delete(_folder, recursive: true);

    [TestCase("bench", "needs a verb")]
    [TestCase("bench kernle", "knows no verb 'kernle'")]
    [TestCase("bench kernel --quikc", "knows no option '--quikc'")]
    [TestCase("bench kernel --folder x", "knows no option '--folder'")]
    [TestCase("bench kernel --json", "'--json'")]
    [TestCase("bench worker journal", "journal")]
    public async Task Bench_WhenUsageIsWrong_SaysSoAndMeasuresNothing(string line, string cause)
    {
        EcoResult result = await EcoInProcess.RunAsync(line.Split(' '));

        Assert.That(result.ExitCode, Is.EqualTo(ExitCodes.Usage));
        Assert.That(result.ErrorLines[0], Does.Contain(cause));
    }

    [TestCase("bench kernel", "missing/figures.json")]
    [TestCase("bench hocon", "missing/figures.json")]
    [TestCase("bench journal", "")]
    [TestCase("bench cluster", "missing/figures.json")]
    [TestCase("chaos --minutes 1", "missing/figures.json")]
    [TestCase("simulate", "missing/figures.json")]
    [TestCase("fuzz", "missing/figures.json")]
    [TestCase("experiment federated-kmeans", "missing/figures.json")]
    [TestCase("demo --headless", "missing/figures.json")]
    public async Task Verb_WhenTheFileOfItsFiguresCannotBeWritten_SaysSoBeforeItMeasures(string verb, string file)
    {
        EcoResult result = await EcoInProcess.RunAsync([.. verb.Split(' '), "--json", Path.Combine(_folder, file)]);

        Assert.That(result.ExitCode, Is.EqualTo(ExitCodes.Failure));
        Assert.That(result.ErrorLines[0], Does.Contain("cannot be written"));
        Assert.That(result.ErrorLines, Has.Length.EqualTo(2));
    }

    [Test]
    public async Task BenchJournal_WhenThereIsNoSuchFolder_SaysSo()
    {
        EcoResult result = await EcoInProcess.RunAsync("bench", "journal", "--folder", Path.Combine(_folder, "missing"));

        Assert.That(result.ExitCode, Is.EqualTo(ExitCodes.NotFound));
        Assert.That(result.ErrorLines[0], Does.Contain("there is no folder"));
    }

    [TestCase("hocon", "mb-per-second,cost-growth")]
    [TestCase("journal", "events-per-second,single-writer-events-per-second,recovery-100k-seconds,recovery-snapshot-ms")]
    public async Task Bench_WhenQuick_WritesEveryFigureAndLeavesNothingBehind(string name, string figures)
    {
        string file = Path.Combine(_folder, $"{name}.json");
        string place = Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;

        EcoResult result = await EcoProcess.RunAsync(place, ["bench", name, "--quick", "--json", file]);

        // So small a run meets a goal or does not; what matters is that it says so.
        Assert.That(result.ExitCode, Is.AnyOf(ExitCodes.Success, ExitCodes.GoalNotMet), result.ToString());
        Assert.That(result.ErrorLines, Has.Length.EqualTo(1).And.All.StartsWith("run 1 of 1: "));
        using JsonDocument document = JsonDocument.Parse(await File.ReadAllTextAsync(file));
        JsonProperty[] found = [.. document.RootElement.GetProperty("figures").EnumerateObject()];
        Assert.That(found.Select(figure => figure.Name), Is.EqualTo(figures.Split(',')));
        Assert.That(found.Select(figure => figure.Value.GetProperty("value").GetDouble()), Is.All.GreaterThan(0));
        Assert.That(Directory.EnumerateFileSystemEntries(place), Is.Empty);
    }

    [Test]
    public void Documents_WhenMade_AreReadAndUseWhatTheyDefine()
    {
        byte[] document = HoconDocuments.Of(50_000);

        HoconParseResult result = HoconParser.TryParse(document);

        Assert.That(result.Diagnostics, Is.Empty);
        Assert.That(document, Has.Length.GreaterThan(50_000).And.Length.LessThan(55_000));
        Assert.That(((HoconObject)result.Root!).GetString("line-3.path"), Is.EqualTo("/var/lib/eco/line-3/broker.site.example/models"));
    }

    [Test]
    public void Series_WhenOfAnEvenNumber_HasTheMeanOfTheMiddleTwo()
    {
        var series = new Series(ImmutableArray.Create(4.0, 1.0, 3.0, 100.0));

        Assert.That((series.Minimum, series.Median, series.Maximum), Is.EqualTo((1.0, 3.5, 100.0)));
    }
}
