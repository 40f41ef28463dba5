using System.Collections.Immutable;
using Eco.Engines.Abstractions;
using Eco.Engines.Data;
using Eco.Engines.Online.Components;

namespace Eco.Engines.Online.Sinks;

/// <summary>
/// <c>sink.statistics</c>: of every number that comes in, mean, least, greatest and last over some steps. It is what a link of signal
/// statistics names, so that an edge sends a summary now and then and not every number of every step.
/// </summary>
internal sealed class StatisticsSink(ComponentSetup setup) : OnlineComponent(setup)
{
    public static readonly ComponentType Type = new(
        new ComponentDescriptor(
            "sink.statistics",
            [new PortDescriptor("statistics", PortType.Statistics)],
            [Describe.StatisticsOut],
            [Describe.Integer("every", 10, 1, 1_000_000, "Steps from one summary to the next")],
            "Mean, least, greatest and last of each incoming number over some steps"),
        setup => new StatisticsSink(setup));

    private readonly long _every = setup.Integer("every");
    private readonly SortedDictionary<string, double[]> _windows = new(StringComparer.Ordinal);
    private long _steps;

    public override void Step(StepScope scope)
    {
        foreach ((string metric, double value) in scope.Input<ImmutableSortedDictionary<string, double>>("statistics"))
        {
            if (!_windows.TryGetValue(metric, out double[]? window))
            {
                _windows[metric] = window = [0, 0, value, value, value];
            }

            window[0]++;
            window[1] += value;
            window[2] = Math.Min(window[2], value);
            window[3] = Math.Max(window[3], value);
            window[4] = value;
        }

        _steps++;
        if (_steps % _every != 0)
        {
            return;
        }

        scope.Statistics([.. _windows.SelectMany(entry => Summary(entry.Key, entry.Value))]);
        _windows.Clear();
    }

    public override void Save(StateWriter writer)
    {
        writer.Int64(_steps);
        writer.Int32(_windows.Count);
        foreach ((string metric, double[] window) in _windows)
        {
            writer.Text(metric);
            writer.Doubles(window);
        }
    }

    public override void Load(ref StateReader reader)
    {
        _steps = reader.Int64();
        _windows.Clear();
        for (int left = reader.Count(8); left > 0; left--)
        {
            string metric = reader.Text();
            double[] window = new double[5];
            reader.DoublesInto(window);
            _windows[metric] = window;
        }
    }

    private static (string Metric, double Value)[] Summary(string metric, double[] window) =>
    [
        ($"{metric}.mean", window[1] / window[0]),
        ($"{metric}.min", window[2]),
        ($"{metric}.max", window[3]),
        ($"{metric}.last", window[4]),
    ];
}
