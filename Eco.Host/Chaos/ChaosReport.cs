using System.Collections.Immutable;
using Eco.Host.Output;

namespace Eco.Host.Chaos;

/// <summary>A run's figures.</summary>
internal static class ChaosReport
{
    /// <summary>The command, as figures name it.</summary>
    public const string Command = "chaos";

    private const double ConfirmedGoal = 100_000;
    private const double KillsGoal = 60;
    private const double PointsGoal = 30;
    private const double AfterKillGoalMilliseconds = 2_000;
    private const double AfterCutGoalMilliseconds = 15_000;
    private const double BalanceGoalSeconds = 30;
    private static readonly ImmutableHashSet<string> Kills = ["server-kill", "server-crash", "server-crashed"];
    private static readonly ImmutableHashSet<string> Cuts = ["server-cut", "server-one-way"];

    /// <summary>Makes the report.</summary>
    /// <param name="options">What the run was made of.</param>
    /// <param name="faults">The faults.</param>
    /// <param name="kills">SIGKILLs, those at crash points included.</param>
    /// <param name="points">Crash points at which hosts have ended.</param>
    /// <param name="findings">What the checker found.</param>
    /// <param name="events">The servers' events by partition.</param>
    public static FiguresReport Of(
        ChaosOptions options,
        ImmutableArray<ChaosFault> faults,
        long kills,
        int points,
        ChaosFindings findings,
        ILookup<int, StoredEvent> events)
    {
        ImmutableArray<(ChaosFault Fault, TakeoverTimes? Takeover)> all = [.. faults.Select(fault => (fault, TakeoverTimes.Of(fault, events)))];
        return new FiguresReport(
            Command,
            [options.Seed],
            [
                ("confirmed-messages", Figure.AtLeast(findings.Confirmed, "messages", options.Share(ConfirmedGoal))),
                ("kills", Figure.AtLeast(kills, "kills", options.Share(KillsGoal))),
                ("crash-points", Figure.AtLeast(points, "points", options.Share(PointsGoal))),
                ("lost", Figure.AtMost(findings.Lost, "messages", 0)),
                ("duplicate-effects", Figure.AtMost(findings.Duplicates, "effects", 0)),
                ("stale-commands-applied", Figure.AtMost(findings.Stale, "commands", 0)),
                ("takeover-after-kill-max-ms", Figure.AtMost(Longest(Kills), "ms", AfterKillGoalMilliseconds)),
                ("takeover-after-cut-max-ms", Figure.AtMost(Longest(Cuts), "ms", AfterCutGoalMilliseconds)),
                ("balance-after-restart-max-seconds", Figure.AtMost(
                    faults.Max(fault => fault.Balanced?.TotalSeconds) ?? double.NaN, "s", BalanceGoalSeconds)),
            ],
            [.. all.Select(entry => Row(entry.Fault, entry.Takeover, faults[0].At))]);

        // Not a number, and so no goal met, where nothing was measured.
        double Longest(ImmutableHashSet<string> kinds) =>
            all.Where(entry => kinds.Contains(entry.Fault.Kind)).Max(entry => entry.Takeover?.FirstMilliseconds) ?? double.NaN;
    }

    private static ImmutableArray<(string Column, object? Value)> Row(ChaosFault fault, TakeoverTimes? takeover, DateTimeOffset start) =>
    [
        ("at-seconds", Math.Round((fault.At - start).TotalSeconds, 1)),
        ("fault", fault.Kind),
        ("target", fault.Target),
        ("takeover-first-ms", takeover?.FirstMilliseconds),
        ("takeover-all-ms", takeover?.LastMilliseconds),
        ("partitions-with-work", takeover is null ? null : (long)takeover.Partitions),
        ("balanced-seconds", fault.Balanced is { } balanced ? Math.Round(balanced.TotalSeconds, 1) : null),
        ("detail", fault.Detail),
    ];
}
