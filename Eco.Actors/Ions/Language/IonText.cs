using System.Globalization;
using Eco.Engines.Abstractions;

namespace Eco.Actors.Ions.Language;

/// <summary>How the parts of an ION are written, in texts, messages and drawings alike.</summary>
internal static class IonText
{
    public static string Name<T>(T value)
        where T : struct, Enum => value switch
        {
            GateComparison.AtMost => "at-most",
            GateComparison.AtLeast => "at-least",
            _ => value.ToString().ToLowerInvariant(),
        };

    public static string Duration(TimeSpan value)
    {
        (double amount, string unit) = value switch
        {
            { Ticks: 0 } => (0, "s"),
            _ when value.Ticks % TimeSpan.TicksPerDay == 0 => (value.TotalDays, "d"),
            _ when value.Ticks % TimeSpan.TicksPerHour == 0 => (value.TotalHours, "h"),
            _ when value.Ticks % TimeSpan.TicksPerMinute == 0 => (value.TotalMinutes, "m"),
            _ when value.Ticks % TimeSpan.TicksPerSecond == 0 => (value.TotalSeconds, "s"),
            _ => (value.TotalMilliseconds, "ms"),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{amount}{unit}");
    }

    public static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    public static string Selector(AgentSelector selector)
    {
        var parts = new List<string>();
        if (!selector.Agents.IsEmpty)
        {
            parts.Add($"agents {string.Join(", ", selector.Agents)}");
        }

        if (selector.Site is { } site)
        {
            parts.Add($"site {site}");
        }

        if (selector.Role is { } role)
        {
            parts.Add($"role {role}");
        }

        parts.AddRange(selector.Labels.Select(l => $"label {l.Key} = {l.Value}"));
        parts.AddRange(selector.Capabilities.Select(c => $"capability {c}"));
        if (selector.Limit > 0)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"at most {selector.Limit}"));
        }

        return string.Join(", ", parts);
    }

    public static string Run(RunMode run) => run.Kind switch
    {
        RunKind.Continuous => $"continuously, every {Duration(run.Every)}",
        RunKind.Schedule => $"on schedule, {(run.Cron is { } cron ? $"cron {cron}" : $"every {Duration(run.Every)}")}",
        _ => $"on each {(run.Signal is { } signal ? Name(signal) : "signal")}",
    };

    public static PortType PortOf(SignalKind signal) => signal switch
    {
        SignalKind.Model => PortType.Model,
        SignalKind.Statistics => PortType.Statistics,
        SignalKind.Event => PortType.Event,
        _ => PortType.Alert,
    };
}
