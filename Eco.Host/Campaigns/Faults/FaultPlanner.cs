using System.Collections.Immutable;
using Eco.Host.Campaigns.Workload;
using Eco.Runtime.Simulation;

namespace Eco.Host.Campaigns.Faults;

/// <summary>Draws a run's faults.</summary>
internal static class FaultPlanner
{
    private const int MillisecondsPerFault = 1_500;

    private static readonly ImmutableArray<string> CrashPoints =
    [
        "journal.beforeCommit", "journal.afterCommit", "ack.beforeSend", "ack.afterSend",
    ];

    /// <summary>Draws them, in order of time.</summary>
    public static ImmutableArray<PlannedFault> Derive(CampaignSettings settings, CampaignScenario scenario, Random random)
    {
        int total = scenario.Weights.Sum(entry => entry.Weight);
        if (total == 0)
        {
            return [];
        }

        int end = settings.SafetySeconds * 1_000;
        int count = random.Next(end / MillisecondsPerFault / 2, end / MillisecondsPerFault * 2);
        return
        [
            .. Enumerable.Range(0, count)
                .Select(_ => Draw(settings, Pick(scenario, random.Next(total)), random.Next(end), end, random))
                .OrderBy(fault => fault.At),
        ];
    }

    private static FaultKind Pick(CampaignScenario scenario, int ticket)
    {
        foreach ((FaultKind kind, int weight) in scenario.Weights)
        {
            if ((ticket -= weight) < 0)
            {
                return kind;
            }
        }

        return scenario.Weights[^1].Kind;
    }

    private static PlannedFault Draw(CampaignSettings settings, FaultKind kind, int at, int end, Random random)
    {
        string agent = CampaignLayout.AgentName(random.Next(settings.Agents));
        string server = CampaignLayout.ServerName(random.Next(settings.Servers));
        string any = random.Next(4) == 0 ? server : agent;
        int longest = Math.Max(1, end - at);
        int shortly = Math.Min(longest, random.Next(1, 4_000));
        int lasting = Math.Min(longest, random.Next(100, 12_000));
        return kind switch
        {
            FaultKind.AgentCrash => new PlannedFault(at, kind, agent, random.Next(3) == 0 ? lasting : shortly),
            FaultKind.ServerCrash => new PlannedFault(at, kind, server, shortly),
            FaultKind.CrashPoint => new PlannedFault(at, kind, any, shortly, random.Next(1, 6), CrashPoints[random.Next(CrashPoints.Length)]),
            FaultKind.Reinstall => new PlannedFault(at, kind, agent, 0),
            FaultKind.DiskFull or FaultKind.DiskError or FaultKind.LostOutcome => new PlannedFault(at, kind, any, shortly),
            FaultKind.ClockJump => new PlannedFault(at, kind, any, 0, Jump(random)),
            FaultKind.ClockDrift => new PlannedFault(at, kind, any, 0, random.Next(-200_000, 200_001)),
            FaultKind.Cut => new PlannedFault(at, kind, any, lasting),
            FaultKind.CutOneWay => new PlannedFault(at, kind, any, lasting, random.Next(2), SimulatedBroker.Node),
            FaultKind.Flapping => new PlannedFault(at, kind, any, lasting, 0, SimulatedBroker.Node),
            FaultKind.Swizzle => new PlannedFault(at, kind, agent, lasting, random.Next(2, settings.Agents)),
            FaultKind.Loss or FaultKind.Duplication or FaultKind.Reordering => new PlannedFault(at, kind, agent, lasting, random.Next(5, 60)),
            FaultKind.SlowLink => new PlannedFault(at, kind, agent, lasting, random.Next(1, 65)),
            FaultKind.SlowHost => new PlannedFault(at, kind, agent, shortly, random.Next(1, 40)),
            FaultKind.Pause => new PlannedFault(at, kind, any, lasting),
            FaultKind.Disconnect => new PlannedFault(at, kind, any, 0),
            FaultKind.BadBroker => new PlannedFault(at, kind, server, lasting, random.Next(1, 20)),
            FaultKind.Alarm => new PlannedFault(at, kind, server, shortly),
            FaultKind.Poison => new PlannedFault(at, kind, agent, 0),
            FaultKind.Malformed => new PlannedFault(at, kind, any, 0, random.Next(6)),
            FaultKind.BadIon => new PlannedFault(at, kind, server, 0, random.Next(4)),
            FaultKind.Replay => new PlannedFault(at, kind, any, 0, random.Next(1, 200)),
            _ => throw new InvalidOperationException($"no plan for {kind}"),
        };
    }

    // Seconds: from a step of NTP over a time zone to ten years.
    private static long Jump(Random random) => (random.Next(2) == 0 ? -1 : 1) * random.Next(4) switch
    {
        0 => random.Next(1, 10),
        1 => random.Next(10, 300),
        2 => 3_600L,
        _ => random.NextInt64(1, 10L * 365 * 86_400),
    };
}
