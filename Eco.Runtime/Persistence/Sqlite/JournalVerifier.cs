using Eco.Runtime.Persistence.Journals;

namespace Eco.Runtime.Persistence.Sqlite;

/// <summary>Verifies a whole journal: its pages, every entity's chain and rows, the digests, and the head file.</summary>
public static class JournalVerifier
{
    // A running host writes the journal and its head one after the other; between the two they differ by a commit or more.
    private const int HeadAttempts = 100;

    /// <summary>Whether there is a journal, or what lies beside says that there was one: a lost journal must not pass as none.</summary>
    /// <param name="path">The journal's file.</param>
    public static bool IsOrWas(string path) => File.Exists(path) || Lost(path) is not null;

    /// <summary>Verifies, reading only; a host may run meanwhile.</summary>
    /// <param name="path">The journal's file.</param>
    /// <exception cref="JournalOpenException">It cannot be read for another reason than damage.</exception>
    public static JournalVerification Verify(string path)
    {
        if (Lost(path) is { } lost)
        {
            return new JournalVerification(0, 0, 0, 0, [lost]);
        }

        try
        {
            using JournalReader reader = JournalReader.Open(path);
            JournalDamage? head = null;
            for (int attempt = 0; attempt < HeadAttempts; attempt++)
            {
                JournalHeadSlot? before = JournalHead.Read(path);
                head = reader.CompareWithHead(before);
                if (head is null || JournalHead.Read(path) == before)
                {
                    break;
                }
            }

            return reader.Verify(head);
        }
        catch (JournalOpenException e) when (e.Damage is not null)
        {
            return new JournalVerification(0, 0, 0, 0, [e.Damage]);
        }
    }

    /// <summary>
    /// Accepts a journal that is sound in itself but not what its head file says: a restored backup, or what is left after a loss. Owner epochs
    /// go on above those that the head knew, so that what was sent under them stays stale.
    /// </summary>
    /// <param name="path">The journal's file; no host may run on it.</param>
    /// <exception cref="JournalOpenException">It is damaged in itself, or in use.</exception>
    public static void Adopt(string path)
    {
        JournalVerification found = Verify(path);
        if (!found.CanBeAdopted)
        {
            throw new JournalOpenException(path, found.Problems.First(problem => problem is not JournalHeadLost and not JournalTruncated));
        }

        SqliteFile file = SqliteFile.Open(path, JournalSchema.Spec, null);
        try
        {
            StateRow state = JournalRowReader.State(file.Connection, new RowHasher(), System.IO.Path.GetFileName(path));
            long epoch = JournalHead.Read(path)?.OwnerEpoch ?? 0;
            JournalHead.Open(path, state.Commit, state.LastOrdering, epoch, state.Digest).Dispose();
            using var writer = new JournalWriter(file.Connection, path);
            writer.Begin();
            writer.RaiseEpochs(epoch);
            writer.Commit();
            writer.WriteHead();
        }
        catch (Exception e)
        {
            file.DisposeUntouched();
            throw JournalSchema.Spec.Explain(path, e);
        }

        file.Dispose();
    }

    // A head of commit 0 is that of a first start that was cut short: nothing is lost.
    private static JournalDamage? Lost(string path)
    {
        string name = System.IO.Path.GetFileName(path);
        if (File.Exists(path))
        {
            return null;
        }

        if (Directory.Exists(path))
        {
            return new FileCorrupt(name, null, "it is a folder");
        }

        if (JournalHead.Read(path) is { Commit: > 0 } head)
        {
            return new JournalTruncated(head.LastOrdering, 0, "the file is gone, but journal.head is there");
        }

        return File.Exists(path + "-wal") ? new FileCorrupt(name, null, $"the file is gone but {name}-wal is there") : null;
    }
}
