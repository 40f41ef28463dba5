namespace Eco.Runtime.Persistence.Journals;

/// <summary>What a journal has done since it was opened.</summary>
/// <param name="Commits">Transactions that reached the disk.</param>
/// <param name="Requests">Appends, snapshots and claims in them.</param>
/// <param name="Events">Events in them.</param>
/// <param name="MaxRequestsPerCommit">The most that shared one commit.</param>
/// <param name="Fenced">Appends of writers that own their partition no more, or whose sequence number was taken.</param>
/// <param name="Rejected">Requests that were wrong in themselves.</param>
/// <param name="Overloaded">Requests that found the queue full.</param>
/// <param name="Checkpoints">Times the log was copied into the database.</param>
public sealed record JournalStatistics(
    long Commits,
    long Requests,
    long Events,
    long MaxRequestsPerCommit,
    long Fenced,
    long Rejected,
    long Overloaded,
    long Checkpoints)
{
    /// <summary>How many requests shared a commit on average.</summary>
    public double RequestsPerCommit => Commits == 0 ? 0 : (double)Requests / Commits;
}
