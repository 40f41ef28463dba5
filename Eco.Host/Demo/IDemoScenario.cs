using System.Collections.Immutable;
using Eco.Host.Composition.Hosting;
using Eco.Host.Output;

namespace Eco.Host.Demo;

/// <summary>What a demo shows: its agents, its ION and what its figures mean.</summary>
internal interface IDemoScenario
{
    /// <summary>The first part of its IONs' ids; a number follows.</summary>
    string Prefix { get; }

    /// <summary>One line for the beginning.</summary>
    string Title { get; }

    /// <summary>The agents, all in this process.</summary>
    ImmutableArray<LocalAgent> Agents { get; }

    /// <summary>The statistic that counts an edge's steps.</summary>
    string StepStatistic { get; }

    /// <summary>The statistics of an edge that are shown while it runs, with their headings.</summary>
    ImmutableArray<(string Heading, string Statistic)> Shown { get; }

    /// <summary>The statistics whose last values the figures need, of each edge.</summary>
    ImmutableArray<string> Final { get; }

    /// <summary>The ION's HOCON text.</summary>
    string ToHocon(string id);

    /// <summary>The size of so many steps of all edges together as raw data, in bytes.</summary>
    long RawBytes(long steps);

    /// <summary>The figures.</summary>
    /// <param name="outcome">What the run has shown.</param>
    FiguresReport Report(DemoOutcome outcome);
}

/// <summary>What a demo has shown.</summary>
/// <param name="Seconds">From the start of the process' work to the end of the ION.</param>
/// <param name="Rounds">Merge rounds of the ION, all starts counted.</param>
/// <param name="BytesMoved">Bytes between hosts since this start.</param>
/// <param name="StepsHere">Steps of all edges since this start.</param>
/// <param name="Resumed">Whether an earlier start had begun it.</param>
/// <param name="Statistics">The last value of each statistic, by agent.</param>
internal sealed record DemoOutcome(
    double Seconds,
    long Rounds,
    long BytesMoved,
    long StepsHere,
    bool Resumed,
    ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, double>> Statistics)
{
    /// <summary>The mean over agents of a statistic's last values; NaN if nobody has it.</summary>
    public double Mean(string statistic) => Statistics.Values
        .Where(values => values.ContainsKey(statistic))
        .Select(values => values[statistic])
        .DefaultIfEmpty(double.NaN)
        .Average();
}
