using System.Collections.Immutable;

namespace Eco.Host.Chaos;

/// <summary>What the checker has found after a run.</summary>
/// <param name="Confirmed">Messages between agents and servers: committed by the sender, confirmed by the brokers, booked by the receiver.</param>
/// <param name="Lost">What was accepted and has not taken effect.</param>
/// <param name="Duplicates">What has taken effect more than once.</param>
/// <param name="Stale">What was applied although a newer owner, or a newer version, was already known.</param>
/// <param name="Remarks">Each finding in words, at most some of each kind.</param>
internal sealed record ChaosFindings(long Confirmed, long Lost, long Duplicates, long Stale, ImmutableArray<string> Remarks);
