using System.Diagnostics;
using Eco.Host.Output;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Eco.Host.Demo;

/// <summary>Shows a running demo: a live table on a terminal, a line now and then otherwise.</summary>
internal sealed class DemoDisplay(IDemoScenario scenario, CommandOutput output, bool live)
{
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(2);
    private TimeSpan _nextLine = LineEvery;
    private LiveDisplayContext? _context;

    /// <summary>Runs the demo's loop inside the display.</summary>
    public async Task ShowAsync(Func<Task> loop)
    {
        if (!live)
        {
            await loop().ConfigureAwait(false);
            return;
        }

        await output.Terminal.Live(new Text(scenario.Title)).StartAsync(async context =>
        {
            _context = context;
            await loop().ConfigureAwait(false);
            _context = null;
        }).ConfigureAwait(false);
    }

    /// <summary>Draws what there is now.</summary>
    public void Update(DemoProgress progress, Stopwatch elapsed, long bytesMoved, long rawBytes)
    {
        if (_context is not null)
        {
            _context.UpdateTarget(Draw(progress, elapsed, bytesMoved, rawBytes));
            return;
        }

        if (!live && elapsed.Elapsed >= _nextLine)
        {
            _nextLine = elapsed.Elapsed + LineEvery;
            output.Line(Line(progress, elapsed, bytesMoved, rawBytes));
        }
    }

    private Rows Draw(DemoProgress progress, Stopwatch elapsed, long bytesMoved, long rawBytes)
    {
        var table = new Table().RoundedBorder().AddColumn("AGENT").AddColumn("BATCH");
        foreach ((string heading, _) in scenario.Shown)
        {
            table.AddColumn(heading);
        }

        foreach (string agent in progress.Agents.Where(agent => progress.Newest(agent, scenario.StepStatistic) is not null))
        {
            List<IRenderable> cells =
            [
                new Text(agent),
                new Text(Plain.Number(Math.Round(progress.Newest(agent, scenario.StepStatistic) ?? 0))),
            ];
            cells.AddRange(scenario.Shown.Select(shown => new Text(Number(progress.Newest(agent, shown.Statistic)))));
            table.AddRow(cells);
        }

        return new Rows(
            new Text(scenario.Title),
            table,
            new Text(Summary(progress, elapsed, bytesMoved, rawBytes)),
            new Text(progress.LastEvent.Length > 100 ? progress.LastEvent[..100] : progress.LastEvent));
    }

    private string Line(DemoProgress progress, Stopwatch elapsed, long bytesMoved, long rawBytes)
    {
        string[] agents = [.. progress.Agents.Where(agent => progress.Newest(agent, scenario.StepStatistic) is not null).Select(agent =>
            $"{agent} " + string.Join(" / ", scenario.Shown.Select(shown => Number(progress.Newest(agent, shown.Statistic)))))];
        return string.Join("; ", [Summary(progress, elapsed, bytesMoved, rawBytes), .. agents.Length > 0 ? new[] { string.Join(", ", agents) } : []]);
    }

    private static string Summary(DemoProgress progress, Stopwatch elapsed, long bytesMoved, long rawBytes) =>
        FormattableString.Invariant($"{elapsed.Elapsed.TotalSeconds:F0} s, {progress.Rounds} rounds, {Plain.Bytes(bytesMoved)} moved instead of {Plain.Bytes(rawBytes)} of raw data");

    private static string Number(double? value) => value is { } number ? FormattableString.Invariant($"{number:F3}") : "-";
}
