using System.Text.Json;
using Eco.Host.Benchmarks.Kernel;
using Eco.Host.Commands;
using Eco.Host.Output;
using Eco.Tests.Integration;
using NUnit.Framework;

namespace Eco.Tests.Benchmarks;

public sealed class KernelBenchmarkTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("eco-bench-").FullName;

    [OneTimeTearDown]
    public void Close() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task BenchKernel_WhenQuick_WritesEveryFigureOfThePage()
    {
        string file = Path.Combine(_folder, "kernel.json");

        EcoResult result = await EcoProcess.RunAsync(_folder, ["bench", "kernel", "--quick", "--json", file]);

        // So small a run meets a goal or does not; what matters is that it says so.
        Assert.That(result.ExitCode, Is.AnyOf(ExitCodes.Success, ExitCodes.GoalNotMet), result.ToString());
        Assert.That(result.ErrorLines, Has.Length.EqualTo(2).And.All.StartsWith("run 1 of 1 on "));
        using JsonDocument document = JsonDocument.Parse(await File.ReadAllTextAsync(file));
        JsonElement figures = document.RootElement.GetProperty("figures");
        string[] ratios = ["tell-ratio", "tell-boxed-ratio", "pingpong-1-ratio", "pingpong-8-ratio", "ask-ratio", "fanout-ratio", "restart-ratio"];
        string[] values = ["ask-p50-us", "ask-p99-us", "spawn-per-second", "bytes-per-idle-actor", "timer-lateness-p99-ms", "timers-early", "tell-allocated-bytes"];
        string[] rates = ["channel", "hop", "throw", "tell", "tell-boxed", "pingpong-1", "pingpong-8", "ask", "fanout", "restart"];
        string[] names = [.. ratios, .. values, .. rates.Select(name => $"{name}-per-second")];
        Assert.That(
            figures.EnumerateObject().Select(figure => figure.Name),
            Is.EquivalentTo(names.Concat(names.Select(name => $"{name}-all")).Append("all-to-pinned-least")));
        Assert.That(figures.EnumerateObject().Where(figure => figure.Name != "timers-early" && figure.Name != "timers-early-all").Select(figure => figure.Value.GetProperty("value").GetDouble()), Is.All.GreaterThan(0));
        Assert.That(ratios.Select(name => figures.GetProperty(name).GetProperty("goal").GetString()), Is.All.StartsWith(">= "));
        Assert.That(document.RootElement.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("processors").GetString()).Distinct(), Is.EqualTo(new[] { "one", "all" }));
        Assert.That(document.RootElement.GetProperty("rows")[0].EnumerateObject().Select(cell => cell.Name), Is.EqualTo(new[] { "processors", "measure", "minimum", "median", "maximum", "run1" }));
    }

    [Test]
    public void Report_WhenMadeOfSeveralRuns_TakesMediansAndRatiosWithinARun()
    {
        Dictionary<string, double>[] pinned = [Run(tell: 10, channel: 10), Run(tell: 30, channel: 60), Run(tell: 8, channel: 10)];
        Dictionary<string, double>[] unpinned = [Run(tell: 5, channel: 10), Run(tell: 3, channel: 10), Run(tell: 4, channel: 10)];

        FiguresReport report = new KernelReport(pinned, unpinned).ToReport();

        Assert.That(FigureOf(report, "tell-ratio"), Is.EqualTo(new Figure(0.8, "1", ">= 0.75", true)));
        Assert.That(FigureOf(report, "tell-ratio-all"), Is.EqualTo(new Figure(0.4, "1", null, null)));
        Assert.That(FigureOf(report, "tell-per-second").Value, Is.EqualTo(10));
        Assert.That(FigureOf(report, "all-to-pinned-least").Value, Is.EqualTo(0.4));
        Assert.That(report.ExitCode, Is.EqualTo(ExitCodes.GoalNotMet), "the other values are all 1 and miss their goals");
    }

    private static Figure FigureOf(FiguresReport report, string name) => report.Figures.Single(figure => figure.Name == name).Figure;

    private static Dictionary<string, double> Run(double tell, double channel)
    {
        var run = KernelMeasures.All.ToDictionary(name => name, _ => 1.0, StringComparer.Ordinal);
        run[KernelMeasures.Tell] = tell;
        run[KernelMeasures.Channel] = channel;
        return run;
    }
}
