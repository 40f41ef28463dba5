using System.Collections.Immutable;
using Eco.Host.Campaigns.Faults;
using Eco.Runtime.Dispatch;

namespace Eco.Host.Campaigns;

/// <summary>What a run does: its settings and its faults. The same plan gives the same run, in every process.</summary>
/// <param name="Settings">Derived from the seed.</param>
/// <param name="Faults">Derived from the seed, or read from a file.</param>
internal sealed record CampaignPlan(CampaignSettings Settings, ImmutableArray<PlannedFault> Faults)
{
    /// <summary>Derives a seed's plan.</summary>
    public static CampaignPlan Derive(ulong seed, CampaignScenario scenario)
    {
        CampaignSettings settings = CampaignSettings.Derive(seed, scenario);
        return new CampaignPlan(settings, FaultPlanner.Derive(settings, scenario, new SeededRandomSource(seed).Stream("campaign faults")));
    }
}
