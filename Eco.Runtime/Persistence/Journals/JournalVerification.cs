using System.Collections.Immutable;

namespace Eco.Runtime.Persistence.Journals;

/// <summary>What a verification of a whole journal found.</summary>
/// <param name="Entities">How many entities it has.</param>
/// <param name="Events">How many events were verified.</param>
/// <param name="Commit">The number of its last commit.</param>
/// <param name="LastOrdering">The ordering of its last event.</param>
/// <param name="Problems">What is wrong; empty where all is as acknowledged.</param>
public sealed record JournalVerification(long Entities, long Events, long Commit, long LastOrdering, ImmutableArray<JournalDamage> Problems)
{
    /// <summary>Whether only the head file disagrees: the journal is sound in itself, and can be adopted.</summary>
    public bool CanBeAdopted => Problems.All(problem => problem is JournalHeadLost or JournalTruncated { Found: > 0 } or FileCorrupt { IsAnotherHistory: true });
}
