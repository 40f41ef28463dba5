using Eco.Runtime.Persistence.Journals;

namespace Eco.Runtime.Persistence.Sqlite;

/// <summary>Compares what a journal has reached with what its head file says was acknowledged.</summary>
internal static class JournalHeadCheck
{
    /// <summary>
    /// Equal commits must have equal digests. One commit more than the head's is a crash between commit and acknowledgement: it stays, if it
    /// was made on what the head knows. Fewer is a loss.
    /// </summary>
    /// <exception cref="JournalDamageException">The two do not fit.</exception>
    public static void Run(JournalHeadSlot? found, StateRow state, string file)
    {
        if (found is not { } head)
        {
            throw new JournalDamageException(new JournalHeadLost("journal.head is missing, or both of its slots are damaged"));
        }

        if (state.Commit < head.Commit)
        {
            throw new JournalDamageException(new JournalTruncated(
                head.LastOrdering,
                state.LastOrdering,
                FormattableString.Invariant($"commit {head.Commit} was acknowledged, {file} ends at commit {state.Commit}")));
        }

        if (state.Commit > head.Commit + 1)
        {
            throw new JournalDamageException(new JournalHeadLost(
                FormattableString.Invariant($"journal.head is of commit {head.Commit}, {file} is at commit {state.Commit}: they are not of the same time")));
        }

        if ((state.Commit == head.Commit ? state.Digest : state.Previous) != head.Digest)
        {
            throw new JournalDamageException(new FileCorrupt(
                file, null, FormattableString.Invariant($"commit {head.Commit} is not the one that was acknowledged (the file is of another journal, or was changed)"))
            {
                IsAnotherHistory = true,
            });
        }
    }
}
