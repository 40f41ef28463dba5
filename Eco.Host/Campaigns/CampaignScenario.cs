using System.Collections.Immutable;
using Eco.Host.Campaigns.Faults;

namespace Eco.Host.Campaigns;

/// <summary>Which faults a campaign draws, and how often.</summary>
/// <param name="Name">As it is typed.</param>
/// <param name="Description">One line.</param>
/// <param name="BadNetworkPercent">How many of the seeds have a network that loses, repeats and reorders throughout.</param>
/// <param name="Weights">The kinds, with their weights; none not named is drawn.</param>
internal sealed record CampaignScenario(string Name, string Description, int BadNetworkPercent, ImmutableArray<(FaultKind Kind, int Weight)> Weights)
{
    /// <summary>All that is asked for by default.</summary>
    public const string Default = "mixed";

    /// <summary>The scenarios, the default one first.</summary>
    public static ImmutableArray<CampaignScenario> All { get; } =
    [
        new(Default, "all faults, combined", 50, [.. Enum.GetValues<FaultKind>().Select(kind => (kind, 1))]),
        new(
            "crashes",
            "hosts that are killed, at any time and at their commits",
            20,
            [(FaultKind.AgentCrash, 3), (FaultKind.ServerCrash, 2), (FaultKind.CrashPoint, 4), (FaultKind.Reinstall, 1)]),
        new(
            "network",
            "cuts, swizzled links, loss, duplication and reordering",
            100,
            [
                (FaultKind.Cut, 2), (FaultKind.CutOneWay, 2), (FaultKind.Flapping, 1), (FaultKind.Swizzle, 3), (FaultKind.Loss, 1),
                (FaultKind.Duplication, 1), (FaultKind.Reordering, 1), (FaultKind.SlowLink, 1), (FaultKind.Replay, 1),
            ]),
        new(
            "storage",
            "disks that fill, fail, or do not say whether they stored",
            20,
            [(FaultKind.DiskFull, 2), (FaultKind.DiskError, 2), (FaultKind.LostOutcome, 2), (FaultKind.CrashPoint, 1)]),
        new(
            "clocks",
            "dates that jump and drift, with some crashes",
            20,
            [(FaultKind.ClockJump, 3), (FaultKind.ClockDrift, 2), (FaultKind.AgentCrash, 1), (FaultKind.ServerCrash, 1), (FaultKind.Cut, 1)]),
        new(
            "broker",
            "a broker that keeps only what brokers promise, and hosts that are stopped",
            30,
            [(FaultKind.BadBroker, 3), (FaultKind.Disconnect, 3), (FaultKind.Alarm, 1), (FaultKind.Pause, 2), (FaultKind.Cut, 1), (FaultKind.ServerCrash, 1)]),
        new("calm", "no faults; what a failure here shows is none of theirs", 0, []),
    ];
}
