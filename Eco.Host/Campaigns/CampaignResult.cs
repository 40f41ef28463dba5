using Eco.Host.Campaigns.Faults;

namespace Eco.Host.Campaigns;

/// <summary>What a run came to.</summary>
/// <param name="Plan">What it was to do.</param>
/// <param name="Failure">Which promise it broke; null for none.</param>
/// <param name="Story">The end of the run, for a failure's report.</param>
/// <param name="Events">Events that actors have handled.</param>
/// <param name="Actors">Actors at the end of the safety phase.</param>
/// <param name="VirtualTime">How long it was in the world's own time.</param>
/// <param name="TraceHash">Names the run.</param>
/// <param name="Table">Which faults met which states.</param>
internal sealed record CampaignResult(
    CampaignPlan Plan, string? Failure, string Story, long Events, int Actors, TimeSpan VirtualTime, ulong TraceHash, FaultTable Table);
