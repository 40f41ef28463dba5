using System.Collections.Immutable;
using System.Globalization;
using Eco.Actors.Agents;
using Eco.Runtime.Cluster;
using Eco.Runtime.Dispatch;
using Eco.Runtime.Simulation;

namespace Eco.Host.Campaigns;

/// <summary>All that a run's seed decides beside its faults; printed when the run fails.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Scenario">The scenario's name.</param>
/// <param name="Servers">Server hosts; the first is active at the start.</param>
/// <param name="Partitions">Of the servers' entities.</param>
/// <param name="Agents">Agents, clouds included.</param>
/// <param name="Ions">IONs that are submitted.</param>
/// <param name="SafetySeconds">Virtual time with faults.</param>
/// <param name="StepMilliseconds">Pace of the pipelines.</param>
/// <param name="EmitEvery">Steps between a pipeline's models.</param>
/// <param name="Quorum">Of a merge round.</param>
/// <param name="FoldsLate">Whether late updates count in the next round.</param>
/// <param name="SnapshotEvery">Events between an entity's snapshots.</param>
/// <param name="StatisticsRows">What an agent's statistics buffer holds.</param>
/// <param name="LatencyMilliseconds">Between sites.</param>
/// <param name="JitterMilliseconds">Added to it by chance.</param>
/// <param name="LossPercent">Of all frames, during the whole safety phase.</param>
/// <param name="DuplicationPercent">Of all frames, during the whole safety phase.</param>
/// <param name="ReorderingPercent">Of all frames, during the whole safety phase.</param>
/// <param name="CommitMilliseconds">Of a journal.</param>
/// <param name="DetectionSeconds">The latest that a broker or a client sees that the other is gone.</param>
/// <param name="SilentCrashPercent">How many crashes the broker sees only after that time.</param>
/// <param name="HandOverMilliseconds">What a client may take between two frames that it has prefetched.</param>
/// <param name="ConfirmsUnroutable">Whether frames to nobody are confirmed.</param>
internal sealed record CampaignSettings(
    ulong Seed,
    string Scenario,
    int Servers,
    int Partitions,
    int Agents,
    int Ions,
    int SafetySeconds,
    int StepMilliseconds,
    int EmitEvery,
    int Quorum,
    bool FoldsLate,
    int SnapshotEvery,
    int StatisticsRows,
    int LatencyMilliseconds,
    int JitterMilliseconds,
    int LossPercent,
    int DuplicationPercent,
    int ReorderingPercent,
    int CommitMilliseconds,
    int DetectionSeconds,
    int SilentCrashPercent,
    int HandOverMilliseconds,
    bool ConfirmsUnroutable)
{
    /// <summary>Derives them.</summary>
    public static CampaignSettings Derive(ulong seed, CampaignScenario scenario)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        Random random = new SeededRandomSource(seed).Stream("campaign settings");
        bool badNetwork = random.Next(100) < scenario.BadNetworkPercent;
        return new CampaignSettings(
            seed,
            scenario.Name,
            Servers: random.Next(2, 4),
            Partitions: 4 << random.Next(3),
            Agents: random.Next(18, 22),
            Ions: random.Next(1, 4),
            SafetySeconds: random.Next(20, 33),
            StepMilliseconds: random.Next(4, 9) * 100,
            EmitEvery: random.Next(6, 16),
            Quorum: random.Next(1, 4),
            FoldsLate: random.Next(2) == 0,
            SnapshotEvery: random.Next(3) == 0 ? random.Next(3, 10) : random.Next(20, 200),
            StatisticsRows: random.Next(3) == 0 ? random.Next(2, 12) : 100_000,
            LatencyMilliseconds: random.Next(1, 61),
            JitterMilliseconds: random.Next(0, 31),
            LossPercent: badNetwork ? random.Next(1, 21) : 0,
            DuplicationPercent: badNetwork ? random.Next(0, 21) : 0,
            ReorderingPercent: badNetwork ? random.Next(0, 21) : 0,
            CommitMilliseconds: random.Next(1, 11),
            DetectionSeconds: random.Next(3) == 0 ? random.Next(2, 76) : random.Next(1, 8),
            SilentCrashPercent: random.Next(2) == 0 ? random.Next(1, 51) : 0,
            HandOverMilliseconds: random.Next(2) == 0 ? random.Next(1, 20) : 0,
            ConfirmsUnroutable: random.Next(2) == 0);
    }

    /// <summary>Each setting by name, for a failure's report.</summary>
    public ImmutableArray<(string Name, string Value)> Lines =>
    [
        .. typeof(CampaignSettings).GetConstructors()[0].GetParameters()
            .Select(parameter => (parameter.Name!, Convert.ToString(
                typeof(CampaignSettings).GetProperty(parameter.Name!)!.GetValue(this), CultureInfo.InvariantCulture)!)),
    ];

    /// <summary>The links of the safety phase.</summary>
    public LinkOptions BadLink => GoodLink with
    {
        Loss = LossPercent / 100.0,
        Duplication = DuplicationPercent / 100.0,
        Reordering = ReorderingPercent / 100.0,
    };

    /// <summary>The links of the liveness phase.</summary>
    public LinkOptions GoodLink => LinkOptions.Wan with
    {
        Latency = TimeSpan.FromMilliseconds(LatencyMilliseconds),
        Jitter = TimeSpan.FromMilliseconds(JitterMilliseconds),
    };

    /// <summary>What the broker does even where no fault makes it worse.</summary>
    public SimulatedBrokerFaults Broker => new()
    {
        DetectionAtLeast = TimeSpan.FromSeconds(Math.Min(1, DetectionSeconds)),
        DetectionAtMost = TimeSpan.FromSeconds(DetectionSeconds),
        NoticeAtMost = TimeSpan.FromSeconds(DetectionSeconds),
        SilentCrash = SilentCrashPercent / 100.0,
        HandOverPause = TimeSpan.FromMilliseconds(HandOverMilliseconds),
        ConfirmsUnroutable = ConfirmsUnroutable,
    };

    /// <summary>How agents keep in touch.</summary>
    public AgentOptions Timing => AgentOptions.Default with { HeartbeatEvery = TimeSpan.FromSeconds(1), UnreachableAfter = TimeSpan.FromSeconds(6) };

    /// <summary>How durable messages are sent.</summary>
    public EntityOptions Entities => EntityOptions.Default with { SnapshotEvery = SnapshotEvery };

    /// <summary>Disks.</summary>
    public SimulatedStorageOptions Storage => new()
    {
        CommitLatency = TimeSpan.FromMilliseconds(CommitMilliseconds),
        CommitJitter = TimeSpan.FromMilliseconds(CommitMilliseconds),
        StatisticsBufferRows = StatisticsRows,
    };
}
